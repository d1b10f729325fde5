"""The face sense: detect, fit, align, classify; it says why when it cannot."""
