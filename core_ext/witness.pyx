"""What all bots of a load test really sent, and what they found in what they were sent.

A pose is noted here before it goes out; what another bot decodes must be one of the poses noted, and the time between
is the pose's age. Faults are counted all the time, everything else in the measured window.
"""

cimport cython
from cpython.bytes cimport PyBytes_FromStringAndSize
from libc.stdint cimport int8_t, int32_t, int64_t, uint32_t
from libc.stdlib cimport calloc, free, realloc
from libc.string cimport memcpy, memset

from core_ext cimport wire
from core_ext.buffer cimport PartState
from core_ext.clock cimport monotonic_ns
from core_ext.pose_ring cimport NO_ZONE, RING_POSES, Sender, SentPose

cdef tuple FAULT_NAMES = (
    "malformed_frame",
    "value_mismatch",
    "unknown_entity",
    "foreign_entity",
    "foreign_canary",
    "private_zone",
    "ghost",
    "stale",
    "tick_order",
    "own_entity",
    "not_binary",
    "fragmented",
    "malformed_facts",
)

cdef int64_t AGE_BIN_NS = 250_000
cdef int SAMPLES_MAX = 20
cdef bytes CANARY_PREFIX = b"cnry-"


cdef inline bint contains(const int32_t* box, const PartState* head, int32_t margin) noexcept nogil:
    return (
        box[0] + margin <= head.x <= box[3] - margin
        and box[1] + margin <= head.y <= box[4] - margin
        and box[2] + margin <= head.z <= box[5] - margin
    )


@cython.final
cdef class Witness:
    FAULT_KINDS = FAULT_NAMES
    AGE_BIN_SECONDS = AGE_BIN_NS * 1e-9

    def __cinit__(self):
        self.samples = []
        self.unknown = {}
        self.hash_capacity = 1024
        self.hashed_ids = <uint32_t*>calloc(self.hash_capacity, sizeof(uint32_t))
        self.hashed_senders = <int32_t*>calloc(self.hash_capacity, sizeof(int32_t))
        if self.hashed_ids == NULL or self.hashed_senders == NULL:
            raise MemoryError

    def __dealloc__(self):
        cdef int index
        for index in range(self.sender_count):
            free(self.senders[index].ring)
        free(self.senders)
        free(self.rooms)
        free(self.hashed_ids)
        free(self.hashed_senders)

    def add_room(self, bytes canary, bounds_mm, zones_mm, private_zones):
        cdef RoomFacts* room
        cdef int zone, side
        if len(canary) != CANARY_BYTES or not canary.startswith(CANARY_PREFIX):
            raise ValueError(f"a canary is {CANARY_PREFIX.decode()} and 12 hexadecimal digits, got {canary!r}")
        if len(zones_mm) > ZONES:
            raise ValueError(f"a room has at most {ZONES} zones, got {len(zones_mm)}")
        rooms = <RoomFacts*>realloc(self.rooms, (self.room_count + 1) * sizeof(RoomFacts))
        if rooms == NULL:
            raise MemoryError
        self.rooms = rooms
        room = &self.rooms[self.room_count]
        memset(room, 0, sizeof(RoomFacts))
        memcpy(room.canary, <const char*>canary, CANARY_BYTES)
        for side in range(6):
            room.bounds[side] = bounds_mm[side]
        for zone in range(len(zones_mm)):
            for side in range(6):
                room.zones[zone][side] = zones_mm[zone][side]
        room.zone_count = len(zones_mm)
        room.private_zones = private_zones
        self.room_count += 1
        return self.room_count - 1

    def add_sender(self, uint32_t entity, int room, spawn):
        cdef Sender* sender
        cdef SentPose* pose
        if self.sender_count == self.sender_capacity:
            senders = <Sender*>realloc(self.senders, (self.sender_capacity * 2 + 64) * sizeof(Sender))
            if senders == NULL:
                raise MemoryError
            self.senders = senders
            self.sender_capacity = self.sender_capacity * 2 + 64
        sender = &self.senders[self.sender_count]
        memset(sender, 0, sizeof(Sender))
        sender.ring = <SentPose*>calloc(RING_POSES, sizeof(SentPose))
        if sender.ring == NULL:
            raise MemoryError
        sender.room = room
        pose = &sender.ring[0]
        pose.head.x, pose.head.y, pose.head.z = spawn
        pose.flags = wire.STATE_HEAD
        pose.spawn = True
        pose.sent_ns = monotonic_ns()
        self.place_in_zone(room, pose)
        sender.count = 1
        if <uint32_t>(self.sender_count + 1) * 2 > self.hash_capacity:
            self.grow_hash()
        self.insert(entity, self.sender_count)
        self.sender_count += 1
        self.meet(entity, self.sender_count - 1)
        return self.sender_count - 1

    def meet(self, entity, int sender):
        """Judge those who saw the entity before its own bot was told its id."""
        for room, _ in self.unknown.pop(entity, ()):
            if room != self.senders[sender].room:
                self.fault(FOREIGN_ENTITY, f"entity {entity} of another room")
            elif self.measuring:
                self.senders[sender].seen = True

    def hear_of(self, int room, entities):
        """Judge the entities that a bot of this room was told of; those of no bot, or of none yet, are no fault."""
        cdef uint32_t entity
        cdef int32_t sender
        for entity in entities:
            sender = self.find(entity)
            if sender != NOBODY and self.senders[sender].room != room:
                self.fault(FOREIGN_ENTITY, f"told of entity {entity} of another room")

    def sender_left(self, int sender):
        self.senders[sender].left_ns = monotonic_ns()

    def begin(self):
        """Start the measured window: counters from zero, faults kept."""
        cdef int index
        self.measuring = True
        self.frames = self.records = self.snapshot_bytes = self.messages = self.poses = self.checked = self.dated = 0
        self.age_max_ns = 0
        memset(self.ages, 0, sizeof(self.ages))
        for index in range(self.sender_count):
            self.senders[index].seen = False

    def end(self):
        self.measuring = False

    def seen(self, int sender):
        return bool(self.senders[sender].seen)

    def age_histogram(self):
        return PyBytes_FromStringAndSize(<char*>self.ages, sizeof(self.ages))

    def fault_counts(self):
        return {kind: self.faults[index] for index, kind in enumerate(FAULT_NAMES)}

    def judge_unknown(self, double patience):
        """Count as faults the avatars that no bot turned out to be, `patience` seconds after they were seen."""
        cdef int64_t before = monotonic_ns() - <int64_t>(patience * 1e9)
        for entity in [entity for entity, views in self.unknown.items() if views[0][1] < before]:
            for _ in self.unknown.pop(entity):
                self.fault(UNKNOWN_ENTITY, f"entity {entity} carries a canary and is no bot's")

    cdef int32_t find(self, uint32_t entity) noexcept nogil:
        cdef uint32_t place = (entity * 2654435761u) & (self.hash_capacity - 1)
        while self.hashed_senders[place]:
            if self.hashed_ids[place] == entity:
                return self.hashed_senders[place] - 1
            place = (place + 1) & (self.hash_capacity - 1)
        return NOBODY

    cdef void insert(self, uint32_t entity, int32_t sender) noexcept nogil:
        cdef uint32_t place = (entity * 2654435761u) & (self.hash_capacity - 1)
        while self.hashed_senders[place]:
            place = (place + 1) & (self.hash_capacity - 1)
        self.hashed_ids[place] = entity
        self.hashed_senders[place] = sender + 1

    cdef int grow_hash(self) except -1:
        cdef uint32_t* ids = self.hashed_ids
        cdef int32_t* senders = self.hashed_senders
        cdef uint32_t place, capacity = self.hash_capacity
        self.hashed_ids = <uint32_t*>calloc(capacity * 2, sizeof(uint32_t))
        self.hashed_senders = <int32_t*>calloc(capacity * 2, sizeof(int32_t))
        if self.hashed_ids == NULL or self.hashed_senders == NULL:
            raise MemoryError
        self.hash_capacity = capacity * 2
        for place in range(capacity):
            if senders[place]:
                self.insert(ids[place], senders[place] - 1)
        free(ids)
        free(senders)
        return 0

    cdef void date(self, int64_t age_ns) noexcept nogil:
        cdef int64_t bin = age_ns // AGE_BIN_NS
        self.dated += 1
        self.ages[bin if bin < AGE_BINS else AGE_BINS - 1] += 1
        if age_ns > self.age_max_ns:
            self.age_max_ns = age_ns

    cdef int fault(self, int kind, str detail) except -1:
        self.faults[kind] += 1
        if len(self.samples) < SAMPLES_MAX:
            self.samples.append(f"{FAULT_NAMES[kind]}: {detail}")
        return 0

    cdef void place_in_zone(self, int room_index, SentPose* pose) noexcept nogil:
        cdef RoomFacts* room = &self.rooms[room_index]
        cdef int zone
        pose.zone = NO_ZONE
        pose.inner = True
        if not pose.flags & wire.STATE_HEAD:
            return
        for zone in range(room.zone_count):
            if contains(room.zones[zone], &pose.head, 0) and pose.zone == NO_ZONE:
                pose.zone = <int8_t>zone
            if contains(room.zones[zone], &pose.head, -1) and not contains(room.zones[zone], &pose.head, 1):
                pose.inner = False
