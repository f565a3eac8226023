# `make demo` and `make test` need only python3, venv and make; everything else they install into .venv.
PYTHON ?= python3
BIN := .venv/bin

# The program alone, as a user would install it.
.venv/installed: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

# What the tests need, on top of it.
.venv/installed-test: .venv/installed
	$(BIN)/python -m pip install --quiet --group test
	touch $@

# The same with the oldest supported duckdb.
.venv-oldest/installed: pyproject.toml
	$(PYTHON) -m venv .venv-oldest
	.venv-oldest/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-oldest/bin/python -m pip install --quiet --editable . --group test 'duckdb==1.5.5'
	touch $@

# With the prices of others, which a user does not need.
.venv-prices/installed: pyproject.toml Makefile
	$(PYTHON) -m venv .venv-prices
	.venv-prices/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-prices/bin/python -m pip install --quiet --editable . 'genai-prices==0.2.3'
	touch $@

# Set up, run the main job on generated traffic, show the result.
.PHONY: demo
demo: .venv/installed
	$(BIN)/usage demo

# Lint, types, import contracts and every test.
.PHONY: test
test: lint
	$(BIN)/python -m pytest

# The tests for the loop of edits: without laws of every file of the corpus, zones and reports in terminals.
.PHONY: test-fast
test-fast: .venv/installed-test
	$(BIN)/python -m pytest -m 'not slow'

# The tests on the oldest supported duckdb.
.PHONY: test-oldest
test-oldest: .venv-oldest/installed
	.venv-oldest/bin/python -m pytest

# Lint, types and import contracts.
.PHONY: lint
lint: .venv/installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Write docs/ again from the program (a test fails when they are stale).
.PHONY: docs
docs: .venv/installed-test
	$(BIN)/python -m pytest tests/test_docs.py --update-golden

# Write the golden outputs again; read the difference before you commit it.
.PHONY: golden
golden: .venv/installed-test
	$(BIN)/python -m pytest --update-golden

# Write the price list that is made of genai-prices again; read the difference before you commit it.
.PHONY: prices
prices: .venv-prices/installed
	.venv-prices/bin/python -m tools.genai_prices

# Remember the present prices as released: from then on they are only ever closed. A part of every release.
.PHONY: released-prices
released-prices: .venv/installed-test
	$(BIN)/python -m tools.released_prices

# All that the corpus stores, as text: compare it before and after a change of the import, on both ends of duckdb.
.PHONY: dump
dump: .venv/installed-test .venv-oldest/installed
	$(BIN)/python -m tools.dump_corpus dump-newest.txt
	.venv-oldest/bin/python -m tools.dump_corpus dump-oldest.txt

# 100,000 broken records of every source between good ones, and lines of 50 and 128 MB; the tests run a small part of it.
.PHONY: fuzz
fuzz: .venv/installed-test
	$(BIN)/python -m fuzz

# What docs/reliability.md counts: kills at file calls on both ends of duckdb, a crowd at one database, full disks.
.PHONY: reliability
reliability: .venv/installed-test .venv-oldest/installed
	$(BIN)/python -m fuzz.crashes
	.venv-oldest/bin/python -m fuzz.crashes
	$(BIN)/python -m fuzz.crowd
	$(BIN)/python -m fuzz.full_disk

# Speed and size against bare DuckDB and a yardstick, as ratios taken in one run.
.PHONY: bench
bench: .venv/installed-test
	$(BIN)/python -m bench

# A reduced part of it, for continuous integration: figures to look at, on machines too noisy to judge by.
.PHONY: bench-report
bench-report: .venv/installed-test
	$(BIN)/python -m bench --lines 20000 --stored 25000 --no-limits
