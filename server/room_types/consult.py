"""A consultation: a few people, close to each other, where a nod must not be late."""

from server.features.access import Access
from server.features.chat import Chat
from server.features.consent import Consent
from server.features.emergency import Emergency
from server.features.moderation import Moderation
from server.features.panels import Panels
from server.features.presence import Presence
from server.features.props import Props
from server.features.safety import Safety
from server.world.room_type import RoomType

CONSULT = RoomType(
    name="consult",
    features=(Presence, Chat, Props, Panels, Consent, Access, Emergency, Moderation, Safety),
    tick_hz=60,
    capacity=8,
    visible=12,
    radius=15.0,
    hysteresis=2.0,
    tiers=(10.0, 15.0),
)
