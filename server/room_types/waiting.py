"""A waiting area: people sit for a long time and talk a little."""

from server.features.access import Access
from server.features.chat import Chat
from server.features.emergency import Emergency
from server.features.moderation import Moderation
from server.features.panels import Panels
from server.features.presence import Presence
from server.features.props import Props
from server.features.safety import Safety
from server.world.room_type import RoomType

WAITING = RoomType(
    name="waiting",
    features=(Presence, Chat, Props, Panels, Access, Emergency, Moderation, Safety),
    tick_hz=30,
    capacity=60,
    visible=48,
    radius=20.0,
    hysteresis=2.0,
    tiers=(5.0, 12.0),
)
