"""The benches: that they find what they compare with. What they measure is no business of the tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from bench import imports

from instagen_usage_cli.adapters import ADAPTERS

if TYPE_CHECKING:
    from instagen_usage_cli.adapters import Adapter


@pytest.mark.parametrize("adapter", [each for each in ADAPTERS if not each.mapped], ids=lambda each: each.name)
def test_the_bare_import_of_a_source_takes_the_same_fields(adapter: Adapter) -> None:
    assert len(imports._spec(adapter)) > 2  # noqa: SLF001 - what a bare import is told; more than a list around it
