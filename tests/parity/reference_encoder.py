"""Frames made of protocol's records: what an entity showed in each class is kept whole, from the first value on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.ids import Tier
from protocol.snapshot import (
    Enter,
    Frame,
    Moment,
    Record,
    RecordState,
    age_units,
    delta_record,
    encode_frame,
    first_held,
    full_record,
    show_in_tier,
)
from tests.parity.reference_interest import Held

if TYPE_CHECKING:
    from tests.parity.reference import Entity
    from tests.parity.reference_interest import Detail, Member, Observer, ReferenceInterest


IDLE_TICKS = 128
OF_OTHER_STREAMS = -2
"""A version that no stream has, nor its predecessor."""


@dataclass
class Stream:
    """The values that one class (tier and period) showed of an entity, oldest first."""

    history: list[RecordState]
    deltas: list[bytes]
    """What led from each to the next."""
    serial: int
    tick: int
    zone: int | None
    sampled_at: int
    masked: bool = False
    facts: int = 0
    """Their version."""


@dataclass(eq=False)
class Audience:
    """Those who may perceive the same and are cleared for the same, and the streams that they share."""

    used_tick: int
    streams: dict[tuple[Entity, Detail], Stream] = field(default_factory=dict)


def map_is_shorter(aliases: list[int], *, width: int) -> bool:
    """Whether a bit for each alias up to the highest takes less than the aliases themselves."""
    return max(aliases, default=0) // 8 + 1 < len(aliases) * width


class ReferenceEncoder:
    """Frames of the tick in progress."""

    def __init__(self, interest: ReferenceInterest) -> None:
        self.interest = interest
        self.audiences: dict[tuple[tuple[int, int], int], Audience] = {}
        self.audience = Audience(0)
        self.tick = self.time = self.serial = 0

    def begin_tick(self, tick: int, now_ms: int) -> None:
        self.tick, self.time = tick, now_ms
        self.serial += 1
        self.interest.note_tick(tick, now_ms)

    def turn_of(self, entity: Entity, detail: Detail, last_tick: int) -> bool:
        """Whether its turn is now, or was since and was missed."""
        phase = 0 if detail.tier == Tier.PRESENCE else entity.entity_id
        return (self.tick + phase) % detail.period == 0 or (self.tick - last_tick) % 2**32 >= detail.period

    def newest(self, entity: Entity, detail: Detail, *, masked: bool) -> Stream:
        """The stream with the value that is to be shown now."""
        tier = Tier(detail.tier)
        state = self.interest.table.masked(entity) if masked else entity.state
        zone = self.interest.table.private_zone(entity)
        streams = self.audience.streams
        stream = streams.get((entity, detail))
        if stream is None or (stream.zone, stream.masked, stream.facts) != (zone, masked, entity.facts_version):
            # From older facts, the other side of a curtain, or another body, no delta leads here: a version that nobody
            # holds comes before it.
            first = first_held(state, tier)
            before = len(stream.history) + 1 if stream else 0
            stream = Stream([first] * (before + 1), [b""] * before, self.serial, self.tick, zone, entity.sampled_at)
            stream.masked, stream.facts = masked, entity.facts_version
            streams[entity, detail] = stream
            return stream
        if stream.serial != self.serial and self.turn_of(entity, detail, stream.tick):
            written = delta_record(stream.history[-1], show_in_tier(state, tier))
            if written is not None:
                stream.deltas.append(written[0])
                stream.history.append(written[1])
            stream.serial, stream.tick = self.serial, self.tick
            stream.zone, stream.sampled_at = zone, entity.sampled_at
        return stream

    def audience_of(self, permitted: tuple[int, int], clearance: int) -> Audience:
        """Those whom the frame is shared with; their streams begin anew if they were not looking for long."""
        audience = self.audiences.get((permitted, clearance))
        if audience is None or (self.tick - audience.used_tick) % 2**32 > IDLE_TICKS:
            audience = self.audiences[permitted, clearance] = Audience(self.tick)
        audience.used_tick = self.tick
        return audience

    def frame(self, observer: Observer, *, ages: bool) -> bytes:
        alive = self.interest.alive(observer)
        self.audience = self.audience_of(self.interest.permitted(observer) if alive else (0, 0), observer.clearance)
        if observer.audience is not self.audience:
            observer.audience = self.audience
            for known in observer.held.values():
                known.version = OF_OTHER_STREAMS
        self.interest.choose_fidelity(observer)
        entering: list[Member] = []
        due: list[Member] = []
        for member in observer.members:
            held = observer.held.get(member.alias)
            if held is not None and held.facts != member.entity.facts_version:
                observer.drop(member.alias)
            if not alive or not self.interest.may_perceive(observer, member.entity):
                observer.drop(member.alias)
            elif member.alias not in observer.held:
                entering.append(member)
            elif self.turn_of(member.entity, member.shown, observer.held[member.alias].sent_tick):
                due.append(member)
        leaves = tuple(sorted(observer.gone))
        observer.gone.clear()
        enters = tuple(Enter(member.alias, member.entity.entity_id, member.entity.facts) for member in entering)
        records = tuple(record for member in entering + due if (record := self.record(observer, member)) is not None)
        wide = self.interest.rules.cap > 255
        mapped = map_is_shorter([record.alias for record in records], width=2 if wide else 1)
        if mapped:
            records = tuple(sorted(records, key=lambda record: record.alias))
        now, last = Moment(self.tick, self.time), observer.last_frame
        observer.last_frame = now
        before = last if last is not None and now.soon_after(last) else None
        return encode_frame(
            Frame(self.tick, self.time, leaves, enters, records, wide=wide, ages=ages, mapped=mapped, before=before)
        )

    def record(self, observer: Observer, member: Member) -> Record | None:
        detail = member.shown
        stream = self.newest(member.entity, detail, masked=member.masked)
        version = len(stream.history) - 1
        held = observer.held.get(member.alias)
        facts = member.entity.facts_version if held is None else held.facts
        observer.held[member.alias] = Held(detail, version, self.tick, facts)
        data = full_record(stream.history[version])
        if held is not None and held.detail == detail:
            if held.version == version:
                return None
            if held.version == version - 1:
                data = stream.deltas[-1]
        return Record(member.alias, data, age_units(self.time, stream.sampled_at))
