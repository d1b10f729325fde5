"""How replies sound and look: style vectors measured, generators trained on them, compared, and the better packaged."""
