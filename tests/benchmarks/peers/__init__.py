"""Public peers beside ours on the same input: ``scripts/bench-peers``. Each rig runs in the peer's own environment."""
