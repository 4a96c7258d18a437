"""What one observer holds of one entity, see record_codec.pyx."""

cimport cython

from core_ext.buffer cimport AvatarState
from core_ext.record_state cimport RecordState


@cython.final
cdef class RecordCodec:
    cdef RecordState held

    cdef int take_pose(self, bytes pose, AvatarState* state) except -1
