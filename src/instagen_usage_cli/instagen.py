"""The names of InstaGen, whose prices and logs are meant where nothing else is given."""

from __future__ import annotations

PROVIDER = "instagen"
HOST = "llm.submodel.ai"
