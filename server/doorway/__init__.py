"""The two public ports as they are come to: who comes is taken with their address, counted by it, and told why not."""
