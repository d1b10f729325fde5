"""Whether a driver is awake and looks at the road: a state machine without a clock and without a feeling."""
