"""A simulation lab: a team works on a manikin with its hands, others watch."""

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

SIMULATION = RoomType(
    name="simulation",
    features=(Presence, Chat, Props, Panels, Consent, Access, Emergency, Moderation, Safety),
    tick_hz=60,
    capacity=40,
    visible=48,
    radius=20.0,
    hysteresis=2.0,
    tiers=(8.0, 15.0),
)
