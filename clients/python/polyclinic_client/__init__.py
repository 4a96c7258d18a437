"""Polyclinic for Python: join a shared clinic room, move in it, and follow what happens there."""

from polyclinic_client.changes import (
    Change,
    Corrected,
    Entered,
    Entity,
    FeatureEvent,
    Handled,
    Left,
    Moved,
    Person,
    Reconnected,
    RosterChanged,
    Said,
    SaidEarlier,
    Wanted,
    Written,
)
from polyclinic_client.errors import ClientError, ClientFailed, Disconnected, JoinRefused, OperationLost
from polyclinic_client.room import Room, join
from protocol.messages import Result

__all__ = [
    "Change",
    "ClientError",
    "ClientFailed",
    "Corrected",
    "Disconnected",
    "Entered",
    "Entity",
    "FeatureEvent",
    "Handled",
    "JoinRefused",
    "Left",
    "Moved",
    "OperationLost",
    "Person",
    "Reconnected",
    "Result",
    "Room",
    "RosterChanged",
    "Said",
    "SaidEarlier",
    "Wanted",
    "Written",
    "join",
]
