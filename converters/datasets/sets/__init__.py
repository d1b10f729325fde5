"""Public data sets of faces, voices and texts: one module each, which knows the layout as published and the licence."""
