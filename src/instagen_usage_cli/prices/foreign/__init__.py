"""Price lists of others, as lines of ours: LiteLLM's model_prices_and_context_window.json, and models.dev's api.json.

Both say what holds today and have no history, so their lines hold from the day on which they are taken over. What a
line cannot say exactly is left out, and named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from instagen_usage_cli import errors
from instagen_usage_cli.prices import lines
from instagen_usage_cli.prices.foreign import json_text, litellm, models_dev
from instagen_usage_cli.prices.foreign.offers import Converted, LeftOut, Origin, WrongError, convert

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

__all__ = ["Converted", "LeftOut", "read"]

UNKNOWN = (
    "it is neither a price list (CSV), nor LiteLLM's model_prices_and_context_window.json, nor models.dev's api.json"
)


def read(path: Path, *, on: date) -> Converted:
    """The prices in the file `path`, whose kind is recognised by its content; a foreign list holds from the day `on`.

    Raises `BadPrices`, with the file and the line.
    """
    text = _text(path)
    if text is None or not text.lstrip().startswith(("{", "[")):
        return Converted("csv", tuple(lines.read(path)), (), ())
    content = json_text.parse(path, text)
    origin = Origin(path.name, on)
    try:
        if isinstance(content, dict) and models_dev.is_models_dev(content):
            return convert(path, "models.dev", models_dev.find_offers(content, origin))
        if isinstance(content, dict) and litellm.is_litellm(content):
            return convert(path, "litellm", litellm.find_offers(content, origin))
    except WrongError as wrong:
        raise errors.BadPrices(path=path, line=json_text.line_of(text, wrong.keys), why=wrong) from wrong
    raise errors.BadPrices(path=path, line=1, why=UNKNOWN)


def _text(path: Path) -> str | None:
    """The text of the file, or None if it cannot be read as text."""
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        return None
