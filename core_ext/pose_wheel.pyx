"""The wheel that spreads the poses of many ports evenly over the period."""

cimport cython
from libc.stdint cimport int64_t

from core_ext.bot_port cimport BotPort
from core_ext.clock cimport monotonic_ns

cdef double GOLDEN_RATIO = 0.6180339887498949


@cython.final
cdef class PoseWheel:
    def __init__(self, double hz, int places):
        if hz <= 0 or places <= 0:
            raise ValueError(f"a wheel needs a rate and places, got {hz} Hz and {places}")
        self.hz = hz
        self.ports = [None] * places
        # Places lie on the wheel by the golden ratio, so that one filled from the first on is evenly full.
        self.slots = [0] * places
        for slot, place in enumerate(sorted(range(places), key=lambda place: place * GOLDEN_RATIO % 1.0)):
            self.slots[place] = slot

    def put(self, int place, BotPort port not None):
        self.ports[self.slots[place]] = port

    def clear(self, int place):
        self.ports[self.slots[place]] = None

    def advance(self, int64_t now_ns):
        """Send for every place that has come due since the last call, each at most once; returns the poses sent."""
        cdef int64_t places = len(self.ports)
        cdef int64_t due
        cdef int sent = 0
        if self.started_ns == 0:
            self.started_ns = now_ns
        due = <int64_t>((now_ns - self.started_ns) * 1e-9 * self.hz * places)
        # Stopped for longer than a turn: what was missed is missed.
        if due - self.position > places:
            self.position = due - places
        while self.position < due:
            port = self.ports[self.position % places]
            if port is not None:
                sent += (<BotPort>port).send_next(monotonic_ns())
            self.position += 1
        return sent
