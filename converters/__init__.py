"""The workstation: datasets → train → quantise → verify → package. Imports ``edge``; never the other way round."""
