"""Where a model runs: one protocol, one model card, one loader."""
