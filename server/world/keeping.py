"""What a room must not lose: an operation that is kept is answered, and seen by others, only once it is on the disk.

A feature judges an operation and, if it is to be kept, returns a `Keep`: the value, the result, and what to do then.
The room hands the value to its keeper and goes on; when it is kept, the feature acts and the result goes out, in the
order of keeping. Meanwhile operations that are about the same key, as `Feature.key_of` says, wait, since they would be
judged by what is about to change; everything else goes ahead.

An operation is known by who asked and by its id, over a restart too: one that comes again gets its first result.
Guests are nobody the server would know again, so theirs go by the id alone, 16 random bytes.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from msgspec import ValidationError, convert

from server.identity.subjects import is_guest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from msgspec import Struct

    from protocol.messages import Result
    from server.world.member import Participant

    Then = Callable[[], None]

Key = TypeVar("Key")
Value = TypeVar("Value")

RESULTS_KNOWN = 4_096
"""Kept operations of a room that are known again, the newest."""


class Outcome(Enum):
    """What became of an edit."""

    KEPT = "kept"
    """On the disk."""
    REFUSED = "refused"
    """Surely not kept; the next one may be."""
    LOST = "lost"
    """Nobody knows, and nothing more is kept until the server starts anew: nobody may be told anything."""


@dataclass(frozen=True, slots=True)
class Keep:
    """What a feature answers to an operation that is to be kept."""

    key: str
    """The value before it under the same key is replaced; empty: a line, which follows those before it."""
    value: Struct | Mapping[str, object]
    then: Callable[[float], None]
    """Called with the time once it is kept: to change the room, and to tell others."""
    body: Mapping[str, object] = field(default_factory=dict)
    """Of the result."""
    otherwise: Then | None = None
    """Called when it is surely not kept."""
    personal: bool = False
    """Whether the value is the words of who asked, and is erased with them."""


class Edit(NamedTuple):
    """What is handed to the keeper."""

    room: str
    feature: str
    key: str
    value: Struct | Mapping[str, object]
    identity: str
    op: bytes
    """Empty: the room did this of itself."""
    result: Result | None
    author: str = ""
    """The subject of who asked; empty: nobody did."""
    personal: bool = False
    """Whether the value is the author's words, and is erased with them."""


class Line(NamedTuple):
    """A line that was kept."""

    value: object
    age: float
    """Seconds since then."""


class Recalled(NamedTuple):
    """What is kept of a room when it opens; values are msgpack's plain ones."""

    values: Mapping[str, Mapping[str, object]]
    """By feature and key."""
    lines: Mapping[str, Sequence[Line]]
    """By feature, oldest first."""
    results: Sequence[tuple[str, Result]]
    """With who asked, oldest first."""


NOTHING_KEPT = Recalled({}, {}, ())


class Keeper(Protocol):
    """Who keeps edits; the store in earnest."""

    def keep(self, edit: Edit, settled: Callable[[Outcome, float], None]) -> None:
        """Keep an edit; `settled` is told once, with the time, edits in the order in which they came."""


class Forgetful:
    """A keeper that keeps nothing, at once: for rooms that need not outlive the process."""

    def keep(self, edit: Edit, settled: Callable[[Outcome, float], None]) -> None:  # noqa: ARG002 - the protocol's
        """Call it kept."""
        settled(Outcome.KEPT, 0.0)


class Keeping:
    """The edits of one room that are on their way, and the results that are known."""

    def __init__(self, room_id: str, keeper: Keeper, recalled: Recalled = NOTHING_KEPT) -> None:
        self._room_id = room_id
        self._keeper = keeper
        self._results: OrderedDict[tuple[str, bytes], Result] = OrderedDict()
        self._same: dict[tuple[str, bytes], list[Callable[[float], None]]] = {}
        """For each operation on its way, the same asked again: it is judged anew afterwards, and known then."""
        self._waiting: dict[tuple[str, str], list[Callable[[float], None]]] = {}
        """By feature and key, while any edit of it is on its way, what may be judged after that."""
        self._underway: Counter[tuple[str, str]] = Counter()
        """By feature and key, how many edits are on their way: who does not wait sends one after another."""
        for identity, result in recalled.results:
            self._remember(identity, result)

    def known(self, identity: str, op: bytes) -> Result | None:
        """Find the result of an operation that was kept."""
        return self._results.get((identity, op))

    def repeats(self, identity: str, op: bytes, judge: Callable[[float], None]) -> bool:
        """Whether the operation is on its way already; then `judge` is called with the time after it is settled."""
        same = self._same.get((identity, op))
        if same is not None:
            same.append(judge)
        return same is not None

    def waits(self, feature: str, key: str, judge: Callable[[float], None]) -> bool:
        """Whether an edit of that key is on its way; then `judge` is called with the time after it is settled."""
        waiting = self._waiting.get((feature, key))
        if waiting is not None:
            waiting.append(judge)
        return waiting is not None

    def keep(
        self, feature: str, keep: Keep, asker: Participant, result: Result, settled: Callable[[Outcome, float], None]
    ) -> None:
        """Keep what an operation does. `settled` acts and answers; then what waits is judged, in order."""
        identity = identity_of(asker)
        asked, place = (identity, result.op), (feature, keep.key)
        self._same[asked] = []
        if keep.key:
            self._underway[place] += 1
            self._waiting.setdefault(place, [])

        def settle(outcome: Outcome, now: float) -> None:
            if outcome is Outcome.KEPT:
                self._remember(identity, result)
            settled(outcome, now)
            waiting = [*self._same.pop(asked), *self._let_go(place)]
            for judge in waiting if outcome is not Outcome.LOST else ():
                # The first may send another edit on its way; whoever is judged asks again whether to wait.
                judge(now)

        edit = Edit(
            room=self._room_id,
            feature=feature,
            key=keep.key,
            value=keep.value,
            identity=identity,
            op=result.op,
            result=result,
            author=asker.subject,
            personal=keep.personal,
        )
        self._keeper.keep(edit, settle)

    def _let_go(self, place: tuple[str, str]) -> list[Callable[[float], None]]:
        """Count an edit as settled; what waited for the last of its key."""
        if place not in self._underway:
            return []
        self._underway[place] -= 1
        if self._underway[place]:
            return []
        del self._underway[place]
        return self._waiting.pop(place)

    def keep_unasked(self, feature: str, key: str, value: Struct, author: str, refused: Then) -> None:
        """Keep what the room does of itself, after all that is on its way, or of its `author`, with whom it is erased.

        `refused` is called if it is surely not kept.
        """

        def settle(outcome: Outcome, now: float) -> None:  # noqa: ARG001 - the keeper's
            # Of what is lost nobody need be told here: whoever must know is told by the store.
            if outcome is Outcome.REFUSED:
                refused()

        edit = Edit(self._room_id, feature, key, value, "", b"", None, author=author, personal=bool(author))
        self._keeper.keep(edit, settle)

    def _remember(self, identity: str, result: Result) -> None:
        self._results[identity, result.op] = result
        while len(self._results) > RESULTS_KNOWN:
            self._results.popitem(last=False)


def identity_of(participant: Participant) -> str:
    """Say by whom an operation is known again."""
    return "" if is_guest(participant.subject) else participant.subject


def read_each(kept: Iterable[tuple[Key, object]], declared: type[Value]) -> Iterator[tuple[Key, Value]]:
    """Read values that were kept, each by itself: one that the disk damaged takes no other with it.

    Raises `msgspec.ValidationError` after the last, if there was such a one.
    """
    fault = None
    for key, value in kept:
        try:
            read = convert(value, declared)
        except ValidationError as error:
            fault = error
        else:
            yield key, read
    if fault is not None:
        raise fault


def nothing() -> None:
    """Have nothing to do."""
