"""How what was understood is said in other languages than English, which is the source of every phrase."""
