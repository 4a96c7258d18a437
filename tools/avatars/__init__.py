"""The generator of the sample facility's looks."""
