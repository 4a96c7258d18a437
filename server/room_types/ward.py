"""A ward: beds behind curtains, visits and rounds."""

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

WARD = RoomType(
    name="ward",
    features=(Presence, Chat, Props, Panels, Consent, Access, Emergency, Moderation, Safety),
    tick_hz=30,
    capacity=60,
    visible=48,
    radius=20.0,
    hysteresis=2.0,
    tiers=(6.0, 12.0),
)
