"""One bot's WebSocket in C: sends its poses and checks what it is sent."""

cimport cython
from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t
from picows.picows cimport WSFrame, WSListener, WSTransport

from core_ext.frame_decoder cimport FrameDecoder
from core_ext.pose_ring cimport SentPose
from core_ext.witness cimport Witness


@cython.final
cdef class BotPort(WSListener):
    cdef readonly WSTransport transport
    cdef readonly Witness witness
    cdef readonly FrameDecoder decoder
    cdef readonly bint verifying
    cdef readonly bint paused
    cdef readonly int room
    cdef readonly int sender
    cdef public int64_t clock_offset_ms
    cdef object receiver
    cdef bint closed
    cdef bint gone
    cdef bint has_tick
    # Of the last frame.
    cdef uint32_t last_tick
    cdef uint32_t last_ms

    # By alias: the sender, or one of the negative marks of bot_port.pyx; and the number of the pose last matched.
    cdef int32_t* held_senders
    cdef int64_t* held_numbers
    cdef int held_capacity
    # One more than any alias that ever entered.
    cdef int greatest_alias

    cdef bint moving
    cdef const int32_t[:, ::1] rows
    cdef Py_ssize_t cursor
    cdef int direction
    cdef int32_t[3] offset
    cdef uint16_t sequence
    cdef uint8_t[256] buffer

    cdef int on_message(self, const uint8_t* data, Py_ssize_t size) except -1
    cdef int on_snapshot(self, const uint8_t* data, Py_ssize_t size) except -1
    cdef int search_canaries(self, const uint8_t* data, Py_ssize_t size) except -1
    cdef void warm_views(self) noexcept nogil
    cdef void warm_poses(self) noexcept nogil
    cdef int check_moment(self) except -1
    cdef int reserve(self) except -1
    cdef int note_entered(self, int alias) except -1
    cdef int check_record(self, int alias, int64_t now_ns) except -1
    cdef int check_match(self, int alias, int64_t number, int64_t now_ns) except -1
    cdef int check_held(self, int alias, int64_t now_ns) except -1
    cdef void next_pose(self, SentPose* pose) noexcept
    cdef int send_next(self, int64_t now_ns) except -1
