"""The way in by WebSocket: connections, sessions that outlive them, and what is on its way to each client."""

from server.gateway.gateway import Gateway
from server.gateway.telemetry import Telemetry

__all__ = ["Gateway", "Telemetry"]
