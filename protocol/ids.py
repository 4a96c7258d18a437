"""Numbers of the wire: kinds, flags, tiers, close codes, sizes and limits (SPEC.md sections 1, 4, 5, 8 and 9)."""

from enum import IntEnum, IntFlag
from typing import Final

VERSION: Final = 1
SUBPROTOCOL: Final = "polyclinic.v1"
WORLD_PATH: Final = "/world"


class Kind(IntEnum):
    """First byte of every message."""

    HELLO = 0x01
    RESUME = 0x02
    ACK = 0x03
    OPERATION = 0x04
    CLOCK = 0x05
    BYE = 0x06
    BUDGET = 0x07
    REFRESH = 0x08
    POSE = 0x10
    WELCOME = 0x81
    EVENT = 0x82
    RESULT = 0x83
    REFRESHED = 0x84
    CLOCK_REPLY = 0x85
    CORRECTION = 0x86
    SNAPSHOT = 0x90


class CloseCode(IntEnum):
    """Every close code Polyclinic sends, and those of RFC 6455 a peer may see instead."""

    NORMAL = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS = 1005
    ABNORMAL = 1006
    INVALID_PAYLOAD = 1007
    TOO_BIG = 1009
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012

    MOVED = 4000
    SLOW = 4001
    NO_PONG = 4002
    TOKEN_EXPIRED = 4003
    RESYNC_REQUIRED = 4004
    SHARD_FENCED = 4005
    OVERLOADED = 4006
    RATE_LIMITED = 4007
    DURABILITY_UNAVAILABLE = 4009

    AUTHENTICATION_INVALID = 4500
    MALFORMED = 4501
    AUTHENTICATION_TIMEOUT = 4502
    REMOVED = 4503
    CONNECTION_LIMIT = 4504
    VERSION = 4505
    FORBIDDEN = 4507
    REPLAYED = 4508
    SUPERSEDED = 4509
    REVOKED = 4510
    CONSENT_WITHDRAWN = 4511
    MOVEMENT_ABUSE = 4512
    TOO_MANY_ERRORS = 4513
    LOCKED = 4514

    @property
    def reconnect(self) -> bool:
        """Whether a client that was closed with this code comes back."""
        return reconnects(self)


RECONNECT_CODES: Final = range(4000, 4500)
_RECONNECT_BELOW_4000: Final = frozenset(
    {CloseCode.GOING_AWAY, CloseCode.ABNORMAL, CloseCode.INTERNAL_ERROR, CloseCode.SERVICE_RESTART}
)


def reconnects(code: int) -> bool:
    """Whether a client reconnects after `code`, known or not: clients decide by range (section 9)."""
    return code in RECONNECT_CODES or code in _RECONNECT_BELOW_4000


class FrameFlag(IntFlag):
    """Second byte of a snapshot."""

    WIDE = 1
    AGES = 2
    LEAVES = 4
    ENTERS = 8
    MAP = 16
    SOON = 32


class StateFlag(IntFlag):
    """What of an avatar is tracked or present, and what it does."""

    HEAD = 1
    LEFT = 2
    RIGHT = 4
    LEFT_FINGERS = 8
    RIGHT_FINGERS = 16
    FACE = 32
    SEATED = 64
    SIGNING = 128


class EntityKind(IntEnum):
    """What an entity is; the wire spells it by name in its facts."""

    AVATAR = 0
    PROP = 1
    PANEL = 2


class Tier(IntEnum):
    """How much of an entity an observer is shown."""

    FULL = 0
    UPPER = 1
    HEAD = 2
    PRESENCE = 3


STATE_FLAGS_ALL: Final = 0xFF
_SEEN_IN_EVERY_TIER: Final = StateFlag.HEAD | StateFlag.SEATED | StateFlag.SIGNING
TIER_FLAGS: Final[dict[Tier, int]] = {
    Tier.FULL: STATE_FLAGS_ALL,
    Tier.UPPER: _SEEN_IN_EVERY_TIER | StateFlag.LEFT | StateFlag.RIGHT,
    Tier.HEAD: _SEEN_IN_EVERY_TIER,
    Tier.PRESENCE: _SEEN_IN_EVERY_TIER,
}
"""Flags that remain visible in each tier; voice level, posture and signing always do."""

# What a unit of a record stands for in each tier: 2^shift mm of a position, 2^shift counts of a rotation (section 5.3).
TIER_POSITION_SHIFT: Final[dict[Tier, int]] = {Tier.FULL: 0, Tier.UPPER: 2, Tier.HEAD: 3, Tier.PRESENCE: 7}
TIER_ROTATION_SHIFT: Final[dict[Tier, int]] = {Tier.FULL: 0, Tier.UPPER: 2, Tier.HEAD: 3, Tier.PRESENCE: 3}

# Sizes of packed parts, bytes.
ROTATION_BYTES: Final = 4
HEAD_BYTES: Final = 13
HAND_BYTES: Final = 10
FINGER_VALUES: Final = 20
FACE_VALUES: Final = 52
POSE_HEADER_BYTES: Final = 9
POSE_BYTES_MAX: Final = POSE_HEADER_BYTES + HEAD_BYTES + 2 * HAND_BYTES + 2 * FINGER_VALUES + FACE_VALUES
FRAME_HEADER_BYTES: Final = 10
FRAME_SOON_HEADER_BYTES: Final = 4
SOON_MAX: Final = 255
"""Ticks and milliseconds that may have passed since the last frame when a header says what has passed."""
ALIASES_NARROW_MAX: Final = 255
MAP_NARROW_BYTES_MAX: Final = 32
MAP_WIDE_BYTES_MAX: Final = 8192
"""A bit for each alias that a u8, a u16 can be."""
AGE_UNIT_MS: Final = 4
AGE_MAX: Final = 255

# Ranges and integer scales (section 4).
POSITION_SCALE: Final = 1000
HEAD_POSITION_MAX: Final = 8_388_607
HAND_POSITION_MAX: Final = 32_767
ROTATION_MAX: Final = 400
UNIT_MAX: Final = 255
"""Of a quantity from 0 to 1 in a pose: voice level, blendshape weights, and fingers."""

# Records (section 5.3).
TIER_BITS: Final = 2
FLAGS_BITS: Final = 8
VOICE_BITS: Final = 4
VALUE_BITS: Final = 6
VALUE_GROUP: Final = 4
WIDTH_BITS: Final = 5
WIDTH_MAX: Final = 24
ROTATION_BITS: Final = 10
YAW_BITS: Final = 7
SPREAD_BITS: Final = 4
SPREAD_MAX: Final = 12
SPREAD_FIRST: Final = 3
PREDICTION: Final = 14
PREDICTION_SHIFT: Final = 4
SHORT_PREFIXES: Final = 4
PREFIX_MAX: Final = 29
CODED_BITS_MAX: Final = 26
_LONGEST_DELTA_BITS: Final = (
    # full, plain, more, flags, voice, and whether each part, each hand's fingers and the face is carried
    (3 + 1 + FLAGS_BITS + 1 + VOICE_BITS + 3 + 3)
    # three coordinates of a head, of two hands, and of three rotations: prefix, its zero and what follows it
    + 3 * (PREFIX_MAX + 1 + 25)
    + 6 * (SHORT_PREFIXES + 17 + 1 + 17)
    + 3 * (1 + 3 * (SHORT_PREFIXES + 11 + 1 + 11))
    # values in groups
    + (2 * FINGER_VALUES + FACE_VALUES) * (SHORT_PREFIXES + 6 + 1 + 6)
    + (2 * FINGER_VALUES + FACE_VALUES) // VALUE_GROUP
)
RECORD_BYTES_MAX: Final = (_LONGEST_DELTA_BITS + 7) // 8
"""Of a record without alias and age: a delta in which everything jumps from end to end. A full record is shorter."""

# Transport (sections 1.1 and 8).
MESSAGE_BYTES_MAX: Final = 65_536
FRAGMENTS_MAX: Final = 16
CONTROL_BYTES_MAX: Final = 125
ASSEMBLY_SECONDS: Final = 5.0
HELLO_SECONDS: Final = 5.0
HELLO_BYTES_MAX: Final = 16_384
PING_SECONDS: Final = 10.0
SILENCE_SECONDS: Final = 25.0

# msgpack bodies (section 3).
MSGPACK_DEPTH_MAX: Final = 8
CONTAINER_ENTRIES_MAX: Final = 256

# Rates and abuse (section 8).
POSES_PER_SECOND_MAX: Final = 240
POSES_BURST: Final = 1_200
MESSAGES_BURST: Final = 100
MESSAGES_PER_SECOND: Final = 50
ERRORS_MAX: Final = 50
ERRORS_SECONDS: Final = 60.0
CORRECTIONS_MAX: Final = 100
CORRECTIONS_SECONDS: Final = 10.0

# A client's own limit, kbit/s (section 5.4).
BUDGET_LEAST: Final = 8
BUDGET_NONE: Final = 1_000_000

# Events and operations (section 6).
ACK_EVENTS: Final = 32
ACK_SECONDS: Final = 1.0
UNACKNOWLEDGED_EVENTS_MAX: Final = 300
UNACKNOWLEDGED_BYTES_MAX: Final = 262_144
OPERATION_ID_BYTES: Final = 16
OPERATIONS_KEPT: Final = 1024
ROSTER_PAGE_MAX: Final = 200
PRESENCE_GATHER_SECONDS: Final = 0.25
CHAT_CHARACTERS_MAX: Final = 500
CHAT_BURST: Final = 5
CHAT_PER_SECOND: Final = 1.0
PANEL_CHARACTERS_MAX: Final = 2_000
PANEL_WRITES_BURST: Final = 20
PANEL_WRITES_PER_SECOND: Final = 10.0
PROP_HAND_REACH_MM: Final = 1000
PROP_HEAD_REACH_MM: Final = 2000
GRIP_MAX_MM: Final = 1000
WISH_SECONDS: Final = 3.0
ACCESS_PEOPLE_MAX: Final = 100
EMERGENCY_TEXT_MAX: Final = 500
EMERGENCY_MINUTES_MAX: Final = 60
CONSENT_ENDING_SECONDS: Final = 30.0

# Poses (section 5.1).
SAMPLE_AGE_MAX_MS: Final = 1000
MOVEMENT_SPEED_MM_S: Final = 3000
MOVEMENT_BUDGET_MM: Final = 6000
JUMPS_MAX: Final = 4
JUMP_REFILL_MS: Final = 2000
HAND_REACH_MM: Final = 8000
VOICE_HEARD: Final = 24
"""Of a voice level: breath and rustling stay below it."""

# Rooms and joining (sections 5.2, 7 and 10).
FACTS_BYTES_MAX: Final = 1024
ZONES_MAX: Final = 64
TICKET_SECONDS_MAX: Final = 60
