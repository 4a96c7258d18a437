"""What the benchmarks share: a lean load client, halls to fill, rounds to measure."""
