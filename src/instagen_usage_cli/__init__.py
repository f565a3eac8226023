"""See, trust and steer what you spend on language models."""
