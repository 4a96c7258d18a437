"""The entities of one room, and the only way a pose gets into it."""

cimport cython
from libc.stdint cimport int8_t, int16_t, int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc
from libc.string cimport memcpy, memmove, memset

from core_ext cimport wire
from core_ext.buffer cimport AvatarState, PartState, read_u16, read_u32, rotation_valid, state_as_tuple
from core_ext.carrying cimport LOAD_MAX, NOBODY, Carrier, begin_carrying, free_carrying, take_out, take_up
from core_ext.movement cimport begin_movement, facing_of, pay_movement
from core_ext.pose_reader cimport clamp_sample, drop_distant_hands, read_pose

cdef extern from *:
    """
    #ifdef __SANITIZE_ADDRESS__
    #define POLYCLINIC_BUILD "debug"
    #else
    #define POLYCLINIC_BUILD "release"
    #endif
    """
    const char* POLYCLINIC_BUILD

BUILD = POLYCLINIC_BUILD.decode()

cdef enum:
    ENTITIES_MAX = 1 << 20


class TableFull(Exception):
    """Every slot of the table is taken."""


cdef inline int32_t clamp(int32_t value, int32_t low, int32_t high) noexcept nogil:
    return low if value < low else high if value > high else value


@cython.final
cdef class EntityTable:
    """The entities of one room by slot: where they are, what they show, who they are.

    A slot is a small number that is used again after `remove`; the entity id is not. Positions are whole millimetres
    from the room's origin. Methods that take a slot raise IndexError when it is free.
    """

    def __cinit__(self, int capacity, bounds_mm):
        if not 1 <= capacity <= ENTITIES_MAX:
            raise ValueError(f"capacity is 1 to {ENTITIES_MAX}, got {capacity}")
        read_box(bounds_mm, &self.bounds)
        self.capacity = capacity
        self.x = <int32_t*>calloc(capacity, sizeof(int32_t))
        self.y = <int32_t*>calloc(capacity, sizeof(int32_t))
        self.z = <int32_t*>calloc(capacity, sizeof(int32_t))
        self.zone_index = <int8_t*>calloc(capacity, sizeof(int8_t))
        self.kind = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.present = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.used = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.generation = <uint32_t*>calloc(capacity, sizeof(uint32_t))
        self.entity_id = <uint32_t*>calloc(capacity, sizeof(uint32_t))
        self.sampled_at = <uint32_t*>calloc(capacity, sizeof(uint32_t))
        self.facing = <Facing*>calloc(capacity, sizeof(Facing))
        self.weight = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.heard_at = <uint32_t*>calloc(capacity, sizeof(uint32_t))
        self.heard = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.signing = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.silent = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.withdrawn = <uint8_t*>calloc(capacity, sizeof(uint8_t))
        self.states = <AvatarState*>calloc(capacity, sizeof(AvatarState))
        self.movements = <Movement*>calloc(capacity, sizeof(Movement))
        self.facts = <uint8_t**>calloc(capacity, sizeof(uint8_t*))
        self.facts_size = <uint16_t*>calloc(capacity, sizeof(uint16_t))
        self.facts_version = <uint32_t*>calloc(capacity, sizeof(uint32_t))
        self.latest = <Correction*>calloc(capacity, sizeof(Correction))
        self.pending = <int32_t*>calloc(capacity, sizeof(int32_t))
        if (
            not self.x or not self.y or not self.z or not self.zone_index or not self.kind or not self.present
            or not self.used or not self.generation or not self.entity_id or not self.sampled_at or not self.states
            or not self.facing or not self.weight or not self.heard_at or not self.heard or not self.signing
            or not self.movements or not self.facts or not self.facts_size or not self.latest or not self.pending
            or not self.facts_version or not self.silent or not self.withdrawn
            or not begin_carrying(&self.carrying, capacity)
        ):
            raise MemoryError(f"no memory for {capacity} entities")

    def __dealloc__(self):
        cdef int slot
        if self.facts:
            for slot in range(self.capacity):
                free(self.facts[slot])
        free(self.x)
        free(self.y)
        free(self.z)
        free(self.zone_index)
        free(self.kind)
        free(self.present)
        free(self.used)
        free(self.generation)
        free(self.entity_id)
        free(self.sampled_at)
        free(self.facing)
        free(self.weight)
        free(self.heard_at)
        free(self.heard)
        free(self.signing)
        free(self.silent)
        free(self.withdrawn)
        free(self.states)
        free(self.movements)
        free(self.facts)
        free(self.facts_size)
        free(self.facts_version)
        free_carrying(&self.carrying)
        free(self.latest)
        free(self.pending)

    # --- who is in the room ---

    def add(self, uint32_t entity_id, int kind, bytes facts not None, uint32_t now_ms):
        """Take the lowest free slot for an entity, present, with nothing tracked, at the point of the room nearest to
        its origin. `facts` is the msgpack map of SPEC 5.2. Raises TableFull, and ValueError for an unknown kind or
        facts of more than FACTS_BYTES_MAX bytes."""
        cdef int slot = 0
        if kind < wire.ENTITY_AVATAR or kind > wire.ENTITY_PANEL:
            raise ValueError(f"no such kind of entity: {kind}")
        while slot < self.limit and self.used[slot]:
            slot += 1
        if slot == self.capacity:
            raise TableFull(f"all {self.capacity} slots are taken")
        self.keep_facts(slot, facts)
        self.entity_id[slot] = entity_id
        self.kind[slot] = <uint8_t>kind
        self.sampled_at[slot] = now_ms
        self.facing[slot].x = 0
        self.facing[slot].z = -1
        self.weight[slot] = WEIGHT_ONE
        self.heard[slot] = 0
        self.signing[slot] = 0
        self.silent[slot] = 0
        self.withdrawn[slot] = 0
        memset(&self.states[slot], 0, sizeof(AvatarState))
        memset(&self.latest[slot], 0, sizeof(Correction))
        begin_movement(&self.movements[slot], now_ms)
        self.move_to(
            slot,
            clamp(0, self.bounds.low[0], self.bounds.high[0]),
            clamp(0, self.bounds.low[1], self.bounds.high[1]),
            clamp(0, self.bounds.low[2], self.bounds.high[2]),
        )
        self.used[slot] = 1
        self.present[slot] = 1
        self.count += 1
        if slot >= self.limit:
            self.limit = slot + 1
        return slot

    cdef int keep_facts(self, int slot, bytes facts) except -1:
        cdef Py_ssize_t size = len(facts)
        cdef uint8_t* copy
        if size > wire.FACTS_BYTES_MAX:
            raise ValueError(f"facts have at most {wire.FACTS_BYTES_MAX} bytes, got {size}")
        copy = <uint8_t*>malloc(size if size else 1)
        if not copy:
            raise MemoryError("no memory for the facts of an entity")
        memcpy(copy, <const char*>facts, size)
        free(self.facts[slot])
        self.facts[slot] = copy
        self.facts_size[slot] = <uint16_t>size
        return 0

    def set_facts(self, int slot, bytes facts not None):
        """Replace what is told of an entity: who holds the old facts sees it leave and enter with the new ones, in one
        frame. Raises ValueError for facts of more than FACTS_BYTES_MAX bytes, and then nothing changes."""
        self.check_slot(slot)
        self.keep_facts(slot, facts)
        self.facts_version[slot] += 1
        self.facts_changes += 1

    def remove(self, int slot):
        """Free the slot. Whoever saw its entity sees it leave, even if another takes the slot at once. What it carried
        stays where it is, still without a place of its own."""
        self.check_slot(slot)
        take_out(&self.carrying, slot)
        self.empty_hands(slot)
        self.forget_correction(slot)
        free(self.facts[slot])
        self.facts[slot] = NULL
        self.facts_size[slot] = 0
        self.used[slot] = 0
        self.present[slot] = 0
        self.generation[slot] += 1
        self.facts_version[slot] += 1
        self.count -= 1
        while self.limit and not self.used[self.limit - 1]:
            self.limit -= 1

    def set_present(self, int slot, bint present):
        """Whether the entity can be perceived at all; that of a suspended session cannot."""
        self.check_slot(slot)
        self.present[slot] = present

    def set_silent(self, int slot, bint silent):
        """Whether the entity's voice reaches nobody, that of its last pose neither; its hands may still sign."""
        self.check_slot(slot)
        self.silent[slot] = silent
        if silent:
            self.states[slot].voice = 0
            self.heard[slot] = 0

    def set_weight(self, int slot, double weight):
        """How much it matters what the entity does, from 0.25 to 16 in quarters; 1 is everybody. Raises ValueError."""
        self.check_slot(slot)
        if not (0.25 <= weight <= 16.0 and weight * WEIGHT_ONE == <int>(weight * WEIGHT_ONE)):
            raise ValueError(f"a weight is 0.25 to 16 in quarters, got {weight}")
        self.weight[slot] = <uint8_t>(weight * WEIGHT_ONE)

    def place(self, int slot, int32_t x, int32_t y, int32_t z, rotation):
        """Set where an entity is, mm, by the server's own word: a spawn point, an object. Only its head (the one part
        of an object) is tracked then. `rotation` is (largest, a, b, c). Raises ValueError for what the wire cannot
        carry."""
        cdef AvatarState state
        cdef int largest, a, b, c
        cdef int32_t most = wire.HEAD_POSITION_MAX
        self.check_slot(slot)
        largest, a, b, c = rotation
        if not (0 <= largest <= 3 and rotation_valid(a, b, c)):
            raise ValueError(f"not a rotation of the wire: {rotation!r}")
        if not (-most <= x <= most and -most <= y <= most and -most <= z <= most):
            raise ValueError(f"a position has 24 bits, mm: {(x, y, z)!r}")
        memset(&state, 0, sizeof(AvatarState))
        state.flags = wire.STATE_HEAD
        state.head.x = x
        state.head.y = y
        state.head.z = z
        state.head.largest = <uint8_t>largest
        state.head.a = <int16_t>a
        state.head.b = <int16_t>b
        state.head.c = <int16_t>c
        take_out(&self.carrying, slot)
        self.states[slot] = state
        self.signing[slot] = 0
        self.facing[slot] = facing_of(&state.head)
        self.move_to(slot, x, y, z)
        self.note_moved(slot)

    # --- what is carried ---

    def carry(self, int slot, int carrier, bint right):
        """Let the entity in `slot` ride in a hand of the one in `carrier` until `place`, a pose of its own, or `remove`
        of either. It shows nothing of its own then; for interest it is where the hand is, within the room, or where the
        head is while the hand is not tracked; it is in its carrier's zone. Raises ValueError for who carries itself or
        is carried, and for more than 16 that one carries."""
        self.check_slot(slot)
        self.check_slot(carrier)
        if slot == carrier or self.carrying.load[slot] or self.carrying.carriers[carrier].slot != NOBODY:
            raise ValueError(f"what carries is not carried: {slot} by {carrier}")
        if self.carrying.load[carrier] == LOAD_MAX:
            raise ValueError(f"an entity carries at most {<int>LOAD_MAX}")
        take_out(&self.carrying, slot)
        take_up(&self.carrying, slot, carrier, right)
        memset(&self.states[slot], 0, sizeof(AvatarState))
        self.signing[slot] = 0
        self.bring(slot)

    def carrier(self, int slot):
        """The slot of who carries it, -1 for nobody."""
        self.check_slot(slot)
        return self.carrying.carriers[slot].slot

    # Who moved by itself is in nobody's hand, and brings along what is in its own.
    cdef void note_moved(self, int slot) noexcept nogil:
        cdef int i
        if take_out(&self.carrying, slot):
            self.move_to(slot, self.x[slot], self.y[slot], self.z[slot])
        if not self.carrying.load[slot]:
            return
        for i in range(self.carrying.count):
            if self.carrying.carriers[self.carrying.carried[i]].slot == slot:
                self.bring(self.carrying.carried[i])

    # In the zone of who carries it, or a hand through a curtain would tell who is behind it.
    cdef void bring(self, int slot) noexcept nogil:
        cdef const Carrier* by = &self.carrying.carriers[slot]
        cdef const AvatarState* state = &self.states[by.slot]
        cdef const PartState* hand = &state.right if by.right else &state.left
        cdef bint tracked = (state.flags & (wire.STATE_RIGHT if by.right else wire.STATE_LEFT)) != 0
        cdef int32_t x = self.x[by.slot], y = self.y[by.slot], z = self.z[by.slot]
        if tracked:
            x += hand.x
            y += hand.y
            z += hand.z
        self.x[slot] = clamp(x, self.bounds.low[0], self.bounds.high[0])
        self.y[slot] = clamp(y, self.bounds.low[1], self.bounds.high[1])
        self.z[slot] = clamp(z, self.bounds.low[2], self.bounds.high[2])
        self.zone_index[slot] = self.zone_index[by.slot]

    cdef void empty_hands(self, int slot) noexcept nogil:
        cdef int32_t thing
        cdef int i
        for i in range(self.carrying.count - 1, -1, -1):
            thing = self.carrying.carried[i]
            if self.carrying.carriers[thing].slot == slot:
                take_out(&self.carrying, thing)
                self.move_to(thing, self.x[thing], self.y[thing], self.z[thing])

    # --- poses ---

    def apply_pose(self, int slot, bytes data not None, uint32_t now_ms):
        """Check, correct and store one pose message, kind byte included: POSE_STORED, POSE_CORRECTED or
        POSE_MALFORMED."""
        self.check_slot(slot)
        return self.accept_pose(slot, <const uint8_t*><const char*>data, len(data), now_ms)

    cdef int accept_pose(self, int slot, const uint8_t* data, Py_ssize_t size, uint32_t now_ms) noexcept nogil:
        cdef AvatarState state
        cdef int reason
        if slot < 0 or slot >= self.capacity or not self.used[slot]:
            return POSE_MALFORMED
        if not read_pose(data, size, &state):
            return POSE_MALFORMED
        reason = self.believe_head(slot, &state, now_ms)
        drop_distant_hands(&state)
        if self.silent[slot]:
            state.voice = 0
        self.states[slot] = state
        if state.flags & wire.STATE_HEAD:
            self.facing[slot] = facing_of(&state.head)
        self.signing[slot] = (state.flags & wire.STATE_SIGNING) != 0
        if state.voice >= wire.VOICE_HEARD:
            self.heard_at[slot] = now_ms
            self.heard[slot] = 1
        self.sampled_at[slot] = clamp_sample(read_u32(data + 4), now_ms)
        if self.carrying.count:
            self.note_moved(slot)
        self.poses_stored += 1
        if not reason:
            return POSE_STORED
        self.correct(slot, read_u16(data + 2), <uint8_t>reason)
        return POSE_CORRECTED

    # Put the head where it is believed to be, in the state and in the table; the reason of a correction or 0.
    cdef int believe_head(self, int slot, AvatarState* state, uint32_t now_ms) noexcept nogil:
        cdef int reason = 0
        cdef PartState* head = &state.head
        cdef int32_t x, y, z
        if not state.flags & wire.STATE_HEAD:
            return 0
        x = clamp(head.x, self.bounds.low[0], self.bounds.high[0])
        y = clamp(head.y, self.bounds.low[1], self.bounds.high[1])
        z = clamp(head.z, self.bounds.low[2], self.bounds.high[2])
        if x != head.x or y != head.y or z != head.z:
            reason = CORRECTED_BOUNDS
        if not pay_movement(
            &self.movements[slot],
            <int64_t>x - self.x[slot],
            <int64_t>y - self.y[slot],
            <int64_t>z - self.z[slot],
            now_ms,
        ):
            reason = CORRECTED_SPEED
            x = self.x[slot]
            y = self.y[slot]
            z = self.z[slot]
        head.x = x
        head.y = y
        head.z = z
        self.move_to(slot, x, y, z)
        return reason

    cdef void move_to(self, int slot, int32_t x, int32_t y, int32_t z) noexcept nogil:
        self.x[slot] = x
        self.y[slot] = y
        self.z[slot] = z
        self.zone_index[slot] = <int8_t>self.zone_at(x, y, z)

    # --- corrections ---

    cdef void correct(self, int slot, uint16_t sequence, uint8_t reason) noexcept nogil:
        cdef Correction* latest = &self.latest[slot]
        latest.x = self.x[slot]
        latest.y = self.y[slot]
        latest.z = self.z[slot]
        latest.sequence = sequence
        latest.reason = reason
        latest.count += 1
        if not latest.pending:
            latest.pending = 1
            self.pending[self.pending_count] = slot
            self.pending_count += 1

    cdef void forget_correction(self, int slot) noexcept nogil:
        cdef int i = 0
        if not self.latest[slot].pending:
            return
        while self.pending[i] != slot:
            i += 1
        self.pending_count -= 1
        memmove(&self.pending[i], &self.pending[i + 1], (self.pending_count - i) * sizeof(int32_t))
        self.latest[slot].pending = 0

    def take_corrections(self):
        """The newest correction of each slot corrected since the last call, in the order of its first one: (slot,
        sequence of the pose, x, y, z of the head as held, reason)."""
        cdef Correction* latest
        cdef int i
        taken = []
        for i in range(self.pending_count):
            latest = &self.latest[self.pending[i]]
            latest.pending = 0
            taken.append((self.pending[i], latest.sequence, latest.x, latest.y, latest.z, latest.reason))
        self.pending_count = 0
        return taken

    def corrections(self, int slot):
        """How many poses of this entity were corrected since it was added."""
        self.check_slot(slot)
        return self.latest[slot].count

    # --- zones ---

    def set_zones(self, boxes_mm, uint64_t private_mask):
        """Declare the zones as boxes (smallest x y z, largest x y z; mm, edges included). A zone's index is its place
        in the list; bit i of `private_mask` makes zone i private. Raises ValueError, and then nothing changes."""
        cdef Box boxes[64]
        cdef int index
        boxes_mm = list(boxes_mm)
        if len(boxes_mm) > wire.ZONES_MAX:
            raise ValueError(f"a room has at most {wire.ZONES_MAX} zones, got {len(boxes_mm)}")
        if len(boxes_mm) < wire.ZONES_MAX and private_mask >> len(boxes_mm):
            raise ValueError(f"private zones beyond the {len(boxes_mm)} there are: {private_mask:#x}")
        for index, box in enumerate(boxes_mm):
            read_box(box, &boxes[index])
        memcpy(self.zones, boxes, len(boxes_mm) * sizeof(Box))
        self.zone_count = <int>len(boxes_mm)
        self.private_mask = private_mask
        self.assign_zones()

    def assign_zones(self):
        """Put every entity into the first zone that contains its head. Every move does so already for its own."""
        cdef int slot, number
        for slot in range(self.limit):
            self.zone_index[slot] = <int8_t>self.zone_at(self.x[slot], self.y[slot], self.z[slot])
        for number in range(self.carrying.count):
            self.bring(self.carrying.carried[number])

    cdef int zone_at(self, int32_t x, int32_t y, int32_t z) noexcept nogil:
        cdef int index
        cdef const Box* box
        for index in range(self.zone_count):
            box = &self.zones[index]
            if (
                box.low[0] <= x <= box.high[0] and box.low[1] <= y <= box.high[1] and box.low[2] <= z <= box.high[2]
            ):
                return index
        return AT_LARGE

    # --- reading ---

    cdef int check_slot(self, int slot) except -1:
        if slot < 0 or slot >= self.capacity or not self.used[slot]:
            raise IndexError(f"no entity in slot {slot}")
        return 0

    def state(self, int slot):
        """What is stored, as the fields of `protocol.state.AvatarState` in their order: flags, voice, head, left, right
        (x, y, z, largest, a, b, c each), left fingers, right fingers, face; zero where the flags name nothing."""
        self.check_slot(slot)
        return state_as_tuple(&self.states[slot])

    def position(self, int slot):
        """The last place of the head, mm."""
        self.check_slot(slot)
        return self.x[slot], self.y[slot], self.z[slot]

    def zone(self, int slot):
        """Index of the zone the head is in, -1 in the room at large."""
        self.check_slot(slot)
        return self.zone_index[slot]
