"""An auditorium: thousands of people, each of whom sees those around, nearest first."""

from server.features.chat import Chat
from server.features.presence import Presence
from server.world.room_type import RoomType

AUDITORIUM = RoomType(
    name="auditorium",
    features=(Presence, Chat),
    tick_hz=20,
    capacity=5000,
    visible=32,
    radius=40.0,
    hysteresis=4.0,
    tiers=(4.0, 10.0),
)
