"""A full room stepped by hand, and what one tick of it costs in counts."""
