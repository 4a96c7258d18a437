"""Snapshot frames. An entity is encoded once a tick and class; an observer's frame is copied together from that."""

from typing import final

from core_ext.frame_writer import FrameWriter

@final
class SnapshotEncoder(FrameWriter):
    """Writes what each observer of a room is sent: leaves, enters and records of its interest set (SPEC 5.2, 5.3).

    The stream to an observer is ordered and reliable, so what it was sent last is what it holds: who holds the value
    before the newest gets the delta that everybody of its class (tier and period) shares, who holds an older one the
    shared full record. A class of period p takes the newest value of an entity when (tick + entity id) % p == 0 (in
    tier presence tick % p, so that a slow client gets one frame), and at once for those who would else get a value
    older than that period. On either side of a curtain a stream begins anew.
    """

    @property
    def frames_written(self) -> int: ...
    @property
    def bytes_written(self) -> int:
        """Of all frames, without WebSocket headers."""

    def begin_tick(self, tick: int, now_ms: int) -> None:
        """Say the tick and the server clock (u32, ms) of the frames to come; entities may be encoded anew from here."""

    def frame(self, observer: int, ages: bool) -> bytes:
        """Write the next frame of this observer from its current members; with the age of each sample if `ages`.

        What it says counts as held by the observer from here on. Empty when the observer's budget leaves it nothing to
        say. Raises IndexError for no observer, RuntimeError before the first `begin_tick` and MemoryError (then nothing
        counts as sent).
        """

    def forget(self, observer: int) -> None:
        """Let the next frame enter everything anew, without leaves, as the first over a socket: the client lost it all.

        Raises IndexError for no observer.
        """
