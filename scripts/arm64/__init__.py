"""The Python parts of ``scripts/arm64-check``."""
