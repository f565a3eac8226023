"""Broken records between good ones, for every source: see `python -m fuzz --help`."""
