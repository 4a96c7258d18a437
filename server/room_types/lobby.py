"""The lobby: where everybody comes in; many people, few of them close."""

from server.features.access import Access
from server.features.chat import Chat
from server.features.moderation import Moderation
from server.features.panels import Panels
from server.features.presence import Presence
from server.features.props import Props
from server.features.safety import Safety
from server.world.room_type import RoomType

LOBBY = RoomType(
    name="lobby",
    features=(Presence, Chat, Props, Panels, Access, Moderation, Safety),
    tick_hz=30,
    capacity=400,
    visible=64,
    radius=25.0,
    hysteresis=3.0,
    tiers=(6.0, 14.0),
)
