"""An auditorium: thousands of people, each of whom sees those around, nearest first."""

from server.features.chat import Chat
from server.features.moderation import Moderation
from server.features.presence import Presence
from server.features.safety import Safety
from server.world.room_type import RoomType

AUDITORIUM = RoomType(
    name="auditorium",
    features=(Presence, Chat, Moderation, Safety),
    tick_hz=20,
    capacity=5000,
    visible=32,
    radius=40.0,
    hysteresis=4.0,
    tiers=(4.0, 10.0),
)
