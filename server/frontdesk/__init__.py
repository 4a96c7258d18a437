"""The front desk over HTTP: rooms, join tickets, health, metrics, scenes and the web client."""
