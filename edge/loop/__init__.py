"""The mechanics of the loop: mailboxes, lanes, latencies. What is wired to what stands in ``edge.wiring``."""
