"""Training, one module per sense; each ends with a packaged int8 model."""
