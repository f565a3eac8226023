"""No access key in a text that is stored or shown."""

from __future__ import annotations

import re
from functools import cache

from instagen_usage_cli import sql


def without_secrets(text: str) -> str:
    """A text as the SQL of the same name gives it: each access key is the first 12 hex digits of its SHA-256."""
    return _pattern().sub(lambda found: found[0].replace(found[1], _fingerprint(found[1])), text)


def _fingerprint(secret: str) -> str:
    from hashlib import sha256

    key = re.sub("^Bearer +", "", secret)
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()[:12]


@cache
def _pattern() -> re.Pattern[str]:
    """The pattern that stands in SQL, where nearly all texts are."""
    return re.compile("".join(re.findall("'([^']*)'", sql.statement("readers", "values", "secret_pattern"))))
