"""See, trust and steer what you spend on language models."""

__version__ = "0.1.0"
