"""How bots move: recorded traces, the project's own model, and the statistics that compare the two."""
