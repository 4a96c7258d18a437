"""Records: one entity's state in a snapshot, full or as a delta to what the observer holds (SPEC.md section 5.3).

Readable above fast: core_ext does the same for thousands, and its tests hold it equal to this.
"""

import struct
from typing import Final

from protocol.errors import MalformedFrame, MalformedRotation
from protocol.fields import Rotation, check_rotation, rotation_from_bytes, rotation_to_bytes
from protocol.ids import (
    FACE_MASK_BYTES,
    FACE_VALUES,
    FINGER_MASK_BYTES,
    FINGER_VALUES,
    HAND_POSITION_MAX,
    HEAD_POSITION_MAX,
    ROTATION_BYTES,
    PositionClass,
    RecordMask,
    RotationClass,
    StateFlag,
)
from protocol.packed import PackedReader
from protocol.pose import (
    HAND_AXIS_BYTES,
    HEAD_AXIS_BYTES,
    fingers_and_face_to_bytes,
    head_position_to_bytes,
    tracked_parts_to_bytes,
)
from protocol.state import UNTRACKED, AvatarState, TrackedPart, check_flags

Triple = tuple[int, int, int]

_FINGER_FLAGS: Final = StateFlag.LEFT_FINGERS | StateFlag.RIGHT_FINGERS
_MASK_ZERO_BITS: Final = 0x40
_CARRIED_BY_FULL: Final = (
    (StateFlag.HEAD, RecordMask.HEAD),
    (StateFlag.LEFT, RecordMask.LEFT),
    (StateFlag.RIGHT, RecordMask.RIGHT),
    (_FINGER_FLAGS, RecordMask.FINGERS),
    (StateFlag.FACE, RecordMask.FACE),
)


def full_record(state: AvatarState) -> bytes:
    """Lay a state out without reference to another: mask byte and parts, without alias and age."""
    mask = RecordMask.FULL | RecordMask.STATE
    for flags, bit in _CARRIED_BY_FULL:
        mask |= bit if state.flags & flags else 0
    return bytes((mask, state.flags, state.voice)) + tracked_parts_to_bytes(state) + fingers_and_face_to_bytes(state)


def delta_record(old: AvatarState, new: AvatarState) -> bytes | None:
    """Lay out what takes a holder of `old` to `new`: mask byte and parts, without alias and age; None if nothing.

    Both are masked for the same tier. Every value takes the smallest class that holds it.
    """
    parts = {
        RecordMask.STATE: b"" if (old.flags, old.voice) == (new.flags, new.voice) else bytes((new.flags, new.voice)),
        RecordMask.HEAD: _part_delta(StateFlag.HEAD, old, new),
        RecordMask.LEFT: _part_delta(StateFlag.LEFT, old, new),
        RecordMask.RIGHT: _part_delta(StateFlag.RIGHT, old, new),
        RecordMask.FINGERS: _fingers_delta(old, new),
        RecordMask.FACE: _values_delta(_face(old), _face(new), FACE_MASK_BYTES),
    }
    mask = sum(bit for bit, part in parts.items() if part)
    return bytes((mask,)) + b"".join(parts.values()) if mask else None


def apply_record(state: AvatarState, data: bytes, offset: int = 0) -> tuple[AvatarState, int]:
    """Apply the record at `offset` of `data` to what an observer holds.

    Returns the state after it and the offset of the first byte after it. Raises MalformedFrame.
    """
    reader = PackedReader(data, MalformedFrame, offset)
    mask = reader.unsigned(1)
    if mask & _MASK_ZERO_BITS:
        raise MalformedFrame(f"record mask 0x{mask:02x}: bit 6 is not zero")
    record = _RecordReader(reader, mask, AvatarState() if mask & RecordMask.FULL else state)
    return record.read(), reader.offset


def _part_of(flag: StateFlag, state: AvatarState) -> TrackedPart | None:
    if not state.flags & flag:
        return None
    return {StateFlag.HEAD: state.head, StateFlag.LEFT: state.left, StateFlag.RIGHT: state.right}[flag]


def _face(state: AvatarState) -> bytes | None:
    return state.face if state.flags & StateFlag.FACE else None


def _fingers(flag: StateFlag, state: AvatarState) -> bytes | None:
    if not state.flags & flag:
        return None
    return state.left_fingers if flag is StateFlag.LEFT_FINGERS else state.right_fingers


def _part_delta(flag: StateFlag, old_state: AvatarState, new_state: AvatarState) -> bytes:
    """Class byte, position and rotation of a head or a hand; nothing when it is the same or no longer tracked."""
    old, new = _part_of(flag, old_state), _part_of(flag, new_state)
    if new is None or new == old:
        return b""
    position_class, position = _position_delta(old, new, absolute_is_i24=flag is StateFlag.HEAD)
    rotation_class, rotation = _rotation_delta(old, new)
    return bytes((rotation_class << 4 | position_class,)) + position + rotation


def _position_delta(old: TrackedPart | None, new: TrackedPart, *, absolute_is_i24: bool) -> tuple[int, bytes]:
    if old is not None:
        steps = [value - held for value, held in zip(new.position, old.position, strict=True)]
        if not any(steps):
            return PositionClass.UNCHANGED, b""
        if all(-(2**7) <= step < 2**7 for step in steps):
            return PositionClass.ADD_I8, struct.pack("<3b", *steps)
        if all(-(2**15) <= step < 2**15 for step in steps):
            return PositionClass.ADD_I16, struct.pack("<3h", *steps)
    absolute = head_position_to_bytes(new.position) if absolute_is_i24 else struct.pack("<3h", *new.position)
    return PositionClass.ABSOLUTE, absolute


def _rotation_delta(old: TrackedPart | None, new: TrackedPart) -> tuple[int, bytes]:
    if old is not None and old.largest == new.largest:
        steps = [value - held for value, held in zip(new.rotation[1:], old.rotation[1:], strict=True)]
        if not any(steps):
            return RotationClass.UNCHANGED, b""
        if all(-(2**7) <= step < 2**7 for step in steps):
            return RotationClass.ADD_I8, struct.pack("<3b", *steps)
    return RotationClass.ABSOLUTE, rotation_to_bytes(new.rotation)


def _fingers_delta(old: AvatarState, new: AvatarState) -> bytes:
    """Mask and values of each hand whose fingers are present; nothing when neither hand's changed."""
    hands = {flag: _fingers(flag, new) for flag in (StateFlag.LEFT_FINGERS, StateFlag.RIGHT_FINGERS)}
    deltas = {flag: _values_delta(_fingers(flag, old), values, FINGER_MASK_BYTES) for flag, values in hands.items()}
    if not any(deltas.values()):
        return b""
    return b"".join(delta or bytes(FINGER_MASK_BYTES) for flag, delta in deltas.items() if new.flags & flag)


def _values_delta(old: bytes | None, new: bytes | None, mask_bytes: int) -> bytes:
    """Mask of the values that changed, then those; all of them for what was not there before."""
    if new is None or new == old:
        return b""
    changed = [index for index, value in enumerate(new) if old is None or old[index] != value]
    mask = sum(1 << index for index in changed)
    return mask.to_bytes(mask_bytes, "little") + bytes(new[index] for index in changed)


class _RecordReader:
    """Reads one record's parts over the state it changes: an empty one for a full record."""

    def __init__(self, reader: PackedReader, mask: int, held: AvatarState) -> None:
        self._reader = reader
        self._mask = mask
        self._full = bool(mask & RecordMask.FULL)
        self._held = held
        self._flags = held.flags

    def read(self) -> AvatarState:
        voice = self._held.voice
        if self._mask & RecordMask.STATE:
            self._flags = check_flags(self._reader.unsigned(1), MalformedFrame)
            voice = self._reader.unsigned(1)
        elif self._full:
            raise MalformedFrame("a full record without its state")
        head = self._read_part(StateFlag.HEAD, RecordMask.HEAD)
        left = self._read_part(StateFlag.LEFT, RecordMask.LEFT)
        right = self._read_part(StateFlag.RIGHT, RecordMask.RIGHT)
        left_fingers, right_fingers = self._read_fingers()
        return AvatarState(self._flags, voice, head, left, right, left_fingers, right_fingers, self._read_face())

    def _expect(self, flags: int, bit: RecordMask) -> bool:
        """Whether the part of these flags is carried. Raises where the flags leave no choice and the mask differs."""
        carried, present = bool(self._mask & bit), self._flags & flags
        if carried and not present:
            raise MalformedFrame(f"{bit.name} in the record, not in the flags 0x{self._flags:02x}")
        if not carried and present & ~self._held.flags:
            raise MalformedFrame(f"{bit.name} in the flags 0x{self._flags:02x}, not in the record")
        return carried

    def _read_part(self, flag: StateFlag, bit: RecordMask) -> TrackedPart:
        held = _part_of(flag, self._held)
        if not self._expect(flag, bit):
            return held if held is not None and self._flags & flag else UNTRACKED
        is_head = flag is StateFlag.HEAD
        axis_bytes = HEAD_AXIS_BYTES if is_head else HAND_AXIS_BYTES
        part_class = PositionClass.ABSOLUTE | RotationClass.ABSOLUTE << 4 if self._full else self._reader.unsigned(1)
        x, y, z = self._read_position(part_class & 0xF, held, axis_bytes)
        if max(abs(x), abs(y), abs(z)) > (HEAD_POSITION_MAX if is_head else HAND_POSITION_MAX):
            raise MalformedFrame(f"{bit.name} position out of range: {x} {y} {z}")
        return TrackedPart(x, y, z, *self._read_rotation(part_class >> 4, held))

    def _read_position(self, position_class: int, held: TrackedPart | None, axis_bytes: int) -> Triple:
        if position_class == PositionClass.ABSOLUTE:
            return self._reader.signed_triple(axis_bytes)
        if held is None:
            raise MalformedFrame(f"position class {position_class} for a part that was not tracked")
        if position_class == PositionClass.UNCHANGED:
            return held.position
        if position_class in (PositionClass.ADD_I8, PositionClass.ADD_I16):
            return _add(held.position, self._reader.signed_triple(position_class))
        raise MalformedFrame(f"position class {position_class}")

    def _read_rotation(self, rotation_class: int, held: TrackedPart | None) -> Rotation:
        try:
            if rotation_class == RotationClass.ABSOLUTE:
                return rotation_from_bytes(self._reader.take(ROTATION_BYTES))
            if held is None:
                raise MalformedFrame(f"rotation class {rotation_class} for a part that was not tracked")
            if rotation_class == RotationClass.UNCHANGED:
                return held.rotation
            if rotation_class == RotationClass.ADD_I8:
                steps = self._reader.signed_triple(1)
                return check_rotation((held.largest, *_add((held.a, held.b, held.c), steps)))
        except MalformedRotation as error:
            raise MalformedFrame(str(error)) from error
        raise MalformedFrame(f"rotation class {rotation_class}")

    def _read_fingers(self) -> tuple[bytes, bytes]:
        carried = self._expect(_FINGER_FLAGS, RecordMask.FINGERS)
        return (
            self._read_values(StateFlag.LEFT_FINGERS, _fingers(StateFlag.LEFT_FINGERS, self._held), carried=carried),
            self._read_values(StateFlag.RIGHT_FINGERS, _fingers(StateFlag.RIGHT_FINGERS, self._held), carried=carried),
        )

    def _read_face(self) -> bytes:
        carried = self._expect(StateFlag.FACE, RecordMask.FACE)
        return self._read_values(StateFlag.FACE, _face(self._held), carried=carried)

    def _read_values(self, flag: StateFlag, held: bytes | None, *, carried: bool) -> bytes:
        """One hand's fingers or the face; zeros when not present."""
        count, mask_bytes = (
            (FACE_VALUES, FACE_MASK_BYTES) if flag is StateFlag.FACE else (FINGER_VALUES, FINGER_MASK_BYTES)
        )
        if not self._flags & flag:
            return bytes(count)
        if not carried and held is not None:
            return held
        if self._full:
            return self._reader.take(count)
        mask = self._reader.unsigned(mask_bytes)
        if mask >> count:
            raise MalformedFrame(f"value mask 0x{mask:x} beyond {count} values")
        if held is None and mask != (1 << count) - 1:
            raise MalformedFrame(f"{flag.name} newly present with only some of its values")
        values = bytearray(held or bytes(count))
        for index in range(count):
            if mask >> index & 1:
                values[index] = self._reader.unsigned(1)
        return bytes(values)


def _add(held: Triple, steps: Triple) -> Triple:
    return held[0] + steps[0], held[1] + steps[1], held[2] + steps[2]
