"""The poses one sender really sent, newest last, and the search for the one an observer decoded.

Plain C without Python. A ring keeps what the wire can tell apart: two poses are equal to an observer when the parts
that its tier shows are the same integers.
"""

from libc.stdint cimport int8_t, int32_t, int64_t, uint8_t
from libc.stdlib cimport llabs

from core_ext cimport wire
from core_ext.buffer cimport PartState
from core_ext.record_state cimport (
    RecordState,
    coarsen,
    position_shift,
    same_part,
    tier_flags,
    voice_level,
    voice_of,
)

cdef enum:
    # Over 2 s at 60 poses a second; a power of two.
    RING_POSES = 128
    NO_MATCH = -1
    NO_ZONE = -1


cdef struct SentPose:
    PartState head
    PartState left
    PartState right
    uint8_t flags
    uint8_t voice
    # The zone of its room it is in; NO_ZONE when in none or without a tracked head.
    int8_t zone
    # Not on the edge of any zone, so that there can be no two opinions about it.
    uint8_t inner
    # The server put the avatar here, rounding its own floats: compare the place only, to 1 mm.
    uint8_t spawn
    int64_t sent_ns


cdef struct Sender:
    SentPose* ring
    # Poses ever sent: the next one's number.
    int64_t count
    # When it said goodbye; 0 while it is there.
    int64_t left_ns
    int32_t room
    uint8_t seen


cdef inline SentPose* pose_at(const Sender* sender, int64_t number) noexcept nogil:
    return &sender.ring[number & (RING_POSES - 1)]


cdef inline int64_t oldest_number(const Sender* sender) noexcept nogil:
    return sender.count - RING_POSES if sender.count > RING_POSES else 0


cdef inline bint shows_part(const PartState* sent, const PartState* held, int tier, int32_t most) noexcept nogil:
    cdef PartState shown = sent[0]
    if tier != wire.TIER_FULL:
        coarsen(&shown, tier, most)
    return same_part(&shown, held)


cdef inline bint at_spawn(const SentPose* sent, const RecordState* held) noexcept nogil:
    cdef const PartState* head = &held.shown.head
    # A millimetre off may be a unit of the tier off.
    cdef int32_t slack = 1 + (1 << position_shift(held.tier) >> 1)
    return (
        held.shown.flags == wire.STATE_HEAD
        and llabs(head.x - sent.head.x) <= slack
        and llabs(head.y - sent.head.y) <= slack
        and llabs(head.z - sent.head.z) <= slack
    )


# Whether an observer that was sent this pose, in the tier it holds, holds exactly this state.
cdef inline bint shows(const SentPose* sent, const RecordState* held) noexcept nogil:
    cdef uint8_t flags = held.shown.flags
    if sent.spawn:
        return at_spawn(sent, held)
    if held.shown.voice != voice_of(voice_level(sent.voice)) or flags != (sent.flags & tier_flags(held.tier)):
        return False
    if flags & wire.STATE_HEAD and not shows_part(&sent.head, &held.shown.head, held.tier, wire.HEAD_POSITION_MAX):
        return False
    if flags & wire.STATE_LEFT and not shows_part(&sent.left, &held.shown.left, held.tier, wire.HAND_POSITION_MAX):
        return False
    return not flags & wire.STATE_RIGHT or shows_part(
        &sent.right, &held.shown.right, held.tier, wire.HAND_POSITION_MAX
    )


# The newest pose that shows `held`, else NO_MATCH.
cdef inline int64_t newest_match(const Sender* sender, const RecordState* held) noexcept nogil:
    cdef int64_t number = sender.count - 1
    cdef int64_t oldest = oldest_number(sender)
    while number >= oldest:
        if shows(pose_at(sender, number), held):
            return number
        number -= 1
    return NO_MATCH


# The first of the run of poses around `number` that all show `held`: an observer cannot tell them apart.
cdef inline int64_t run_start(const Sender* sender, int64_t number, const RecordState* held) noexcept nogil:
    cdef int64_t oldest = oldest_number(sender)
    while number > oldest and shows(pose_at(sender, number - 1), held):
        number -= 1
    return number


# Whether the sender was in the zone at some time since `since_ns`, counting the pose before it.
cdef inline bint was_in_zone(const Sender* sender, int zone, int64_t since_ns) noexcept nogil:
    cdef int64_t number = sender.count - 1
    cdef int64_t oldest = oldest_number(sender)
    cdef SentPose* pose
    while number >= oldest:
        pose = pose_at(sender, number)
        if pose.zone == zone:
            return True
        if pose.sent_ns < since_ns:
            return False
        number -= 1
    return False


# The zone in which the sender has been all the time since `since_ns`, else NO_ZONE.
cdef inline int settled_zone(const Sender* sender, int64_t since_ns) noexcept nogil:
    cdef int64_t number = sender.count - 1
    cdef int64_t oldest = oldest_number(sender)
    cdef int zone
    if number < 0:
        return NO_ZONE
    zone = pose_at(sender, number).zone
    while zone != NO_ZONE:
        if pose_at(sender, number).zone != zone or not pose_at(sender, number).inner:
            return NO_ZONE
        if pose_at(sender, number).sent_ns < since_ns:
            return zone
        number -= 1
        if number < oldest:
            return NO_ZONE
    return NO_ZONE
