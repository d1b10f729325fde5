"""The device in a real Home Assistant, by hand: ``python -m tests.home_assistant`` (needs an environment for it)."""
