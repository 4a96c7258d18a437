"""What is on its way to one session: events until they are acknowledged, replies until they are sent."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from protocol.errors import MalformedMessage
from protocol.ids import (
    OPERATION_ID_BYTES,
    OPERATIONS_KEPT,
    UNACKNOWLEDGED_BYTES_MAX,
    UNACKNOWLEDGED_EVENTS_MAX,
)

if TYPE_CHECKING:
    from server.world.event import EncodedEvent

HELD_BYTES_MAX: Final = 256 * 1024
"""Of all that one client makes this process hold: events and replies on their way, answers to its operations, what its
socket does not take, parts of what it sends. Past it the client is closed as slow. What the kernel holds in the
socket's buffers comes on top (`listener.SEND_BUFFER_BYTES`, `RECEIVE_BUFFER_BYTES`)."""

ANSWERS_BYTES_MAX: Final = 64 * 1024
"""Of that, what the answers to operations may take: the oldest go, where they are long. A client asks again within
moments, and of operations that are kept the room knows 4,096."""

KEPT_OVERHEAD_BYTES: Final = 64
"""Of memory for each message that is kept: CPython's object and where it is listed. Replies of 20 bytes count."""

UNSENT_OVERHEAD_BYTES: Final = 128
"""The same for each message that waits to be sent, with its number."""

TEXT_OVERHEAD_BYTES: Final = 320
"""The same for a text of answers: its bytes, what stands for it, and its place in a dict."""

POINTER_BYTES: Final = 8


class Outbox:
    """The events plane of one session, in order.

    Nothing waits in a transport: messages wait here until the socket takes them, and events stay after that until they
    are acknowledged, for a resume. All of it together has a bound; past it `overflowed` is true, everything is let go,
    and the session cannot go on without a resync (`restart`).
    """

    __slots__ = ("_bytes", "_first", "_kept", "_newest", "_sent", "_unsent", "overflowed")

    def __init__(self) -> None:
        self.overflowed = False
        self._kept: deque[bytes] = deque()
        """Events that are not acknowledged, oldest first."""
        self._first = 1
        """Number of the oldest event kept, or of the next one."""
        self._newest = 0
        self._sent = 0
        """Number of the last event that the socket took, in this connection or an earlier one."""
        self._unsent: deque[tuple[int, bytes]] = deque()
        """Number of the event, 0 for a reply, and the message."""
        self._bytes = 0

    @property
    def size(self) -> int:
        """Bytes of all messages held."""
        return self._bytes

    @property
    def held(self) -> int:
        """Bytes of memory, about: the messages and what it takes to keep them."""
        return self._bytes + KEPT_OVERHEAD_BYTES * len(self._kept) + UNSENT_OVERHEAD_BYTES * len(self._unsent)

    @property
    def last_delivered(self) -> int:
        """Number of the last event before the next one to be sent: what `welcome.event` says."""
        return next((number - 1 for number, _ in self._unsent if number), self._newest)

    def add_event(self, event: EncodedEvent) -> None:
        """Give an event its number and keep it until it is acknowledged."""
        if self.overflowed:
            return
        self._newest += 1
        message = event.message(self._newest)
        self._kept.append(message)
        self._unsent.append((self._newest, message))
        self._account(len(message))

    def add_reply(self, message: bytes) -> None:
        """Send a message once, after all that was added before it; a resume does not repeat it."""
        if self.overflowed:
            return
        self._unsent.append((0, message))
        self._account(len(message))

    def take(self) -> bytes | None:
        """Give out the next message to be sent, if there is one."""
        if not self._unsent:
            return None
        number, message = self._unsent.popleft()
        if number:
            self._sent = max(number, self._sent)
        else:
            self._bytes -= len(message)
        return message

    def acknowledge(self, number: int) -> None:
        """Let go of events up to `number`. Raises `MalformedMessage` for one that was never sent."""
        if number > self._sent:
            raise MalformedMessage(f"that event was not sent, the last one was {self._sent}")
        while self._first <= number:
            self._bytes -= len(self._kept.popleft())
            self._first += 1

    def hold(self) -> None:
        """Keep events for a resume: the socket is gone, and with it the replies."""
        self._bytes -= sum(len(message) for number, message in self._unsent if not number)
        self._unsent.clear()

    def resume(self, last_event: int) -> bool:
        """Send again what came after `last_event`; False when that is not all kept any more.

        Raises `MalformedMessage` for an event that was never sent.
        """
        if self.overflowed or last_event < self._first - 1:
            return False
        self.acknowledge(last_event)
        self.hold()
        self._unsent.extend(enumerate(self._kept, self._first))
        return True

    def overflow(self) -> None:
        """Let everything go: the client takes too little of what it is sent."""
        self._let_go()
        self.overflowed = True

    def restart(self) -> None:
        """Let go of every event so far, for a client that begins anew; the numbers go on."""
        self._let_go()
        self.overflowed = False
        self._sent = self._newest
        self._first = self._newest + 1

    def _account(self, size: int) -> None:
        self._bytes += size
        if self._bytes > UNACKNOWLEDGED_BYTES_MAX or len(self._kept) > UNACKNOWLEDGED_EVENTS_MAX:
            self.overflow()

    def _let_go(self) -> None:
        self._kept.clear()
        self._unsent.clear()
        self._bytes = 0


class Answers:
    """The results of a session's last operations, so that an operation that comes again has no second effect.

    A session may last for hours and each keeps a thousand of them, but most say the same: the ids lie in a row of
    bytes, and every text that was said is kept once. Where they do not say the same, as those of things that are
    handled, the oldest are forgotten sooner.
    """

    __slots__ = ("_ids", "_texts", "_texts_of", "held")

    def __init__(self) -> None:
        self.held = 0
        """Bytes of memory, about."""
        self._ids = bytearray()
        self._texts_of: deque[_Text] = deque()
        """By the place of the id, the oldest first."""
        self._texts: dict[tuple[bytes, bytes], _Text] = {}

    def find(self, op: bytes) -> bytes | None:
        """Find the result message that the operation of this id got."""
        at = self._ids.find(op)
        while at % OPERATION_ID_BYTES and at >= 0:
            at = self._ids.find(op, at + 1)
        return None if at < 0 else self._texts_of[at // OPERATION_ID_BYTES].around(op)

    def keep(self, op: bytes, message: bytes) -> None:
        """Remember an operation's result message, in which its id stands."""
        text = self._text(*message.split(op, 1))
        self._ids += op
        self._texts_of.append(text)
        self.held += OPERATION_ID_BYTES + POINTER_BYTES
        while len(self._texts_of) > OPERATIONS_KEPT or self.held > ANSWERS_BYTES_MAX:
            self._forget_oldest()

    def _forget_oldest(self) -> None:
        del self._ids[:OPERATION_ID_BYTES]
        self._let_go(self._texts_of.popleft())
        self.held -= OPERATION_ID_BYTES + POINTER_BYTES

    def _text(self, before: bytes, after: bytes) -> _Text:
        # By both halves: an id may be made of bytes that stand beside it.
        text = self._texts.get((before, after))
        if text is None:
            text = self._texts[before, after] = _Text(before, after)
            self.held += text.held
        text.uses += 1
        return text

    def _let_go(self, text: _Text) -> None:
        text.uses -= 1
        if not text.uses:
            del self._texts[text.before, text.after]
            self.held -= text.held


class _Text:
    """What a result says before and after the id of its operation."""

    __slots__ = ("after", "before", "uses")

    def __init__(self, before: bytes, after: bytes) -> None:
        self.before = before
        self.after = after
        self.uses = 0

    @property
    def held(self) -> int:
        return len(self.before) + len(self.after) + TEXT_OVERHEAD_BYTES

    def around(self, op: bytes) -> bytes:
        return self.before + op + self.after
