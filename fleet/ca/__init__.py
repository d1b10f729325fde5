"""The authority of a household or a fleet: who may speak to its broker, and as whom."""
