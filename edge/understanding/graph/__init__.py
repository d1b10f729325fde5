"""A small graph of what happens to people: event → likely emotions → need → strategies that fit an answer."""
