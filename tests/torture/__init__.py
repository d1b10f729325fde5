"""What must arrive, through every fault that can be made: run by hand, ``python -m tests.torture.outbox``."""
