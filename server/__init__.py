"""The world server: rooms and their clock, the gateway into them, and the front desk before it."""
