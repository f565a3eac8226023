"""The commands: each parses its options, asks one function, and writes the answer."""
