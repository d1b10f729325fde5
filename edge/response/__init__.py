"""A State becomes a Reply: strategy, templates, polish, and the style in which it is spoken."""
