"""How somebody was over days: a summary of each day, self-reports beside it, and what changed."""
