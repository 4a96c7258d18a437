"""One entity's records by the writer and the reader that frames use: what studies and tests measure them with."""

cimport cython
from libc.stdint cimport uint8_t
from libc.string cimport memset

from core_ext cimport wire
from core_ext.buffer cimport AvatarState, state_as_tuple
from core_ext.pose_reader cimport read_pose
from core_ext.record_reader cimport Cursor, take_record
from core_ext.record_state cimport Trend, begin_record, show_in_tier
from core_ext.record_writer cimport write_delta, write_full

from protocol.errors import MalformedFrame, MalformedPose


cdef inline object trend_as_tuple(const Trend* trend):
    return (trend.steps[0], trend.steps[1], trend.steps[2]), trend.spread


@cython.final
cdef class RecordCodec:
    """What one observer holds of one entity: written from poses at one end, read from records at the other."""

    def __cinit__(self):
        cdef AvatarState nothing
        memset(&nothing, 0, sizeof(AvatarState))
        begin_record(&self.held, &nothing, wire.TIER_FULL)

    def begin(self, bytes pose not None, int tier):
        """Hold the state of a pose message as one never told of before. Raises MalformedPose, ValueError."""
        cdef AvatarState state
        if not 0 <= tier <= wire.TIER_PRESENCE:
            raise ValueError(f"tier {tier}")
        self.take_pose(pose, &state)
        begin_record(&self.held, &state, tier)

    def full(self):
        """Return the record that says all that is held."""
        cdef uint8_t data[wire.RECORD_BYTES_MAX]
        cdef Py_ssize_t size = write_full(data, &self.held)
        return (<const char*>data)[:size]

    def delta(self, bytes pose not None):
        """Return the record that leads from what is held to the state of a pose message, which is held from here on.

        None when nothing that the tier shows has changed. Raises MalformedPose.
        """
        cdef uint8_t data[wire.RECORD_BYTES_MAX]
        cdef AvatarState state, shown
        cdef Py_ssize_t size
        self.take_pose(pose, &state)
        show_in_tier(&state, self.held.tier, &shown)
        size = write_delta(data, &self.held, &shown)
        return (<const char*>data)[:size] if size else None

    def apply(self, bytes record not None):
        """Hold what a whole record says. Raises MalformedFrame: what is held is worthless after that."""
        cdef Cursor cursor
        cursor.data = <const uint8_t*><const char*>record
        cursor.end = cursor.data + len(record)
        cursor.fault = NULL
        if not take_record(&cursor, False, &self.held):
            raise MalformedFrame(cursor.fault.decode())
        if cursor.data != cursor.end:
            raise MalformedFrame("bytes after the record")

    def state(self):
        """Return what is shown, as the fields of `protocol.state.AvatarState`."""
        return state_as_tuple(&self.held.shown)

    def expects(self):
        """Return tier, (steps, spread) of position and rotation of head, left and right, and spreads of the values."""
        cdef int number
        trends = tuple(
            [
                (trend_as_tuple(&self.held.trends[number].position), trend_as_tuple(&self.held.trends[number].rotation))
                for number in range(3)
            ]
        )
        return self.held.tier, trends, (self.held.spreads[0], self.held.spreads[1], self.held.spreads[2])

    cdef int take_pose(self, bytes pose, AvatarState* state) except -1:
        if not read_pose(<const uint8_t*><const char*>pose, len(pose), state):
            raise MalformedPose(f"not a pose: {pose.hex()}")
        return 0
