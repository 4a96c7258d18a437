"""Who sees whom, how much and how often, by brute force: every entity considered for every observer, and sorted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from protocol.ids import Tier
from protocol.masking import MASKED_HZ_MAX
from tests.parity.reference import distance_squared

if TYPE_CHECKING:
    from protocol.snapshot import Moment
    from tests.parity.reference import Entity, Point, ReferenceTable

NEAR, PROMINENT, CONVERSATION, TIED = "near", "prominent", "conversation", "tied"
REASONS = (NEAR, PROMINENT, CONVERSATION, TIED)
FIXED = -1
"""Key of those who stay whatever their distance."""
AHEAD, ASIDE, BEHIND = 1, 2, 4
PERIOD_LONGEST = 16
CONVERSATION_MAX = 4
CONVERSATION_MM = 4000
CONVERSATION_MS = 10_000
SPEAKING_MS = 2000
WEIGHT_ONE = 4
PATIENCE = 5


@dataclass(frozen=True)
class Rules:
    radius: int
    hysteresis: int
    cap: int
    tiers: tuple[int, int]
    reserved: int
    detailed: int
    refresh: int
    tick_hz: int

    @property
    def slowest(self) -> int:
        """The longest period that distance alone gives: at least 2.5 times a second, ticks."""
        period = 1
        while period < PERIOD_LONGEST and self.tick_hz / (2 * period) >= 2.5:
            period *= 2
        return period

    @property
    def masked_period(self) -> int:
        """The shortest period of who is masked, ticks."""
        period = 1
        while period < PERIOD_LONGEST and self.tick_hz / period > MASKED_HZ_MAX:
            period *= 2
        return period


@dataclass(frozen=True)
class Detail:
    tier: int
    period: int
    """Ticks."""

    def finer(self, other: Detail) -> Detail:
        return Detail(min(self.tier, other.tier), min(self.period, other.period))


UNKNOWN = Detail(0, 0)
"""Of a member that has not been looked at yet."""


@dataclass(frozen=True)
class Terms:
    """What decides how much of an entity an observer is shown."""

    distance: int
    """Squared."""
    view: int
    weight: int
    speaking: bool
    signing: bool

    @property
    def effective(self) -> int:
        """Squared."""
        return self.distance * self.view * 16 // (self.weight**2 * (4 if self.speaking else 1))


@dataclass
class Member:
    entity: Entity
    alias: int
    reason: str = NEAR
    wanted: Detail = UNKNOWN
    """What priority gives it."""
    shown: Detail = UNKNOWN
    """What is left of that on a strained server."""
    patience: int = 0
    """Updates for which less would have done."""
    converses: bool = False
    masked: bool = False


@dataclass
class Held:
    """What the client has of an entity."""

    detail: Detail
    version: int
    sent_tick: int
    facts: int
    """Their version."""


@dataclass
class Observer:
    entity: Entity
    granted: int
    number: int = 0
    clearance: int = 1
    purposes: int = 0
    """What it is there for, a mask; 0: it perceives people whatever they withdrew."""
    members: list[Member] = field(default_factory=list)
    ties: list[Entity] = field(default_factory=list)
    held: dict[int, Held] = field(default_factory=dict)
    """By alias."""
    gone: set[int] = field(default_factory=set)
    """Aliases that the client has yet to be told to forget."""
    updated_tick: int | None = None
    permitted: tuple[int, int] = (0, 0)
    """The private zones that it could perceive at its last update, and what it was there for, masks."""
    audience: object = None
    """Of whose streams the versions are that it holds."""
    last_frame: Moment | None = None
    """When it was sent the last one over this socket."""

    def drop(self, alias: int) -> None:
        if self.held.pop(alias, None):
            self.gone.add(alias)

    def forget(self) -> None:
        self.held.clear()
        self.gone.clear()
        self.last_frame = None


@dataclass(frozen=True)
class Candidate:
    key: int
    entity: Entity
    distance: int
    reason: str


def view_of(facing: tuple[int, int], dx: int, dz: int) -> int:
    """Within 60 degrees of where somebody faces, within 120, or behind; in float64 like the core."""
    x, z = float(facing[0]), float(facing[1])
    along = x * dx + z * dz
    within_60_of_axis = 4.0 * along * along >= (x * x + z * z) * float(dx * dx + dz * dz)
    if along >= 0.0:
        return AHEAD if within_60_of_axis else ASIDE
    return BEHIND if within_60_of_axis else ASIDE


class ReferenceInterest:
    """The interest sets of a room, those of its observers whose turn it is updated by `step`."""

    def __init__(self, table: ReferenceTable, rules: Rules) -> None:
        self.table = table
        self.rules = rules
        self.grid: list[tuple[Entity, Point]] = []
        self.prominent: list[Entity] = []
        self.strain = 0
        self.edges = (0, 0)
        """Of the tiers, squared, for the observer in hand."""
        self.tick = self.now_ms = 0

    def note_tick(self, tick: int, now_ms: int) -> None:
        self.tick, self.now_ms = tick, now_ms
        weighty = [
            entity
            for entity in self.table.entities.values()
            if entity.present and entity.weight > WEIGHT_ONE and (entity.signing or self.speaking(entity))
        ]
        weighty.sort(key=lambda entity: (-entity.signing, -self.speaking(entity), -entity.weight, entity.slot))
        self.prominent = weighty

    def rebuild(self) -> None:
        self.grid = [(entity, entity.position) for entity in self.table.entities.values() if entity.present]

    def step(self, observers: list[Observer]) -> None:
        for observer in observers:
            turn = (self.tick + observer.number) % 2**32 % self.rules.refresh == 0
            updated = observer.updated_tick
            moved = self.alive(observer) and self.permitted(observer) != observer.permitted
            if turn or moved or updated is None or (self.tick - updated) % 2**32 >= self.rules.refresh:
                self.update(observer)

    def speaking(self, entity: Entity) -> bool:
        return entity.heard_within(SPEAKING_MS, self.now_ms)

    def may_perceive(self, observer: Observer, entity: Entity) -> bool:
        if entity is observer.entity or not self.table.here(entity):
            return False
        if any(self.withdrew(one, observer.purposes) for one in (entity, entity.carrier)):
            return False
        zone = self.table.private_zone(entity)
        return zone is None or bool(observer.granted >> zone & 1) or zone == self.table.private_zone(observer.entity)

    def withdrew(self, entity: Entity | None, purposes: int) -> bool:
        """Whether somebody withdrew all that another is there for."""
        return entity is not None and purposes != 0 and entity.withdrawn & purposes == purposes

    def permitted(self, observer: Observer) -> tuple[int, int]:
        """The private zones that an observer may perceive, and what it is there for, masks."""
        own = self.table.private_zone(observer.entity)
        return observer.granted | (0 if own is None else 1 << own), observer.purposes

    def is_masked(self, observer: Observer, entity: Entity) -> bool:
        return not entity.circle & observer.clearance

    def choose_fidelity(self, observer: Observer) -> None:
        """Of an observer that gets a frame: whom it sees masked from now on."""
        for member in observer.members:
            if self.table.entities.get(member.entity.slot) is member.entity and self.mask(observer, member):
                member.shown = self.shown(member)

    def mask(self, observer: Observer, member: Member) -> bool:
        """Mask a member or not; whether that is a change, which is due at once."""
        masked = self.is_masked(observer, member.entity)
        if masked == member.masked:
            return False
        member.masked = masked
        if member.alias in observer.held:
            observer.held[member.alias].sent_tick = (self.tick - PERIOD_LONGEST) % 2**32
        return True

    # --- who ---

    def update(self, observer: Observer) -> None:
        if self.alive(observer) and self.permitted(observer) != observer.permitted:
            # Nothing of what was seen elsewhere stays.
            observer.permitted = self.permitted(observer)
            for member in observer.members:
                observer.drop(member.alias)
            observer.members = []
        chosen = self.chosen(observer) if self.alive(observer) else []
        by_entity = {candidate.entity: candidate for candidate in chosen}
        staying = [member for member in observer.members if member.entity in by_entity]
        for member in observer.members:
            if member not in staying:
                observer.drop(member.alias)
        observer.members = staying
        seen = {member.entity for member in staying}
        for candidate in chosen:
            if candidate.entity not in seen:
                taken = {member.alias for member in observer.members}
                alias = min(set(range(self.rules.cap)) - taken)
                observer.members.append(Member(candidate.entity, alias))
        self.edges = self.drawn_in(chosen)
        for member in observer.members:
            candidate = by_entity[member.entity]
            member.reason = candidate.reason
            self.want(observer, member, candidate.distance)
            self.mask(observer, member)
            member.shown = self.shown(member)
        observer.updated_tick = self.tick

    def alive(self, observer: Observer) -> bool:
        return self.table.entities.get(observer.entity.slot) is observer.entity

    def chosen(self, observer: Observer) -> list[Candidate]:
        """Those of smallest (key, slot)."""
        eye = observer.entity.position
        members = {member.entity for member in observer.members}
        fixed = self.fixed(observer)
        candidates = [
            Candidate(FIXED, entity, distance_squared(entity.position, eye), reason) for entity, reason in fixed.items()
        ]
        for entity in members - fixed.keys():
            distance = distance_squared(entity.position, eye)
            if distance <= (self.rules.radius + self.rules.hysteresis) ** 2:
                candidates.append(Candidate(4 * distance, entity, distance, NEAR))
        for entity, position in self.grid:
            distance = distance_squared(position, eye)
            if entity not in members and entity not in fixed and distance <= self.rules.radius**2:
                candidates.append(Candidate(5 * distance, entity, distance, NEAR))
        permitted = [candidate for candidate in candidates if self.may_perceive(observer, candidate.entity)]
        permitted.sort(key=lambda candidate: (candidate.key, candidate.entity.slot))
        return permitted[: self.rules.cap]

    def fixed(self, observer: Observer) -> dict[Entity, str]:
        """Those who are in the set wherever they are, with the reason."""
        conversing = [member.entity for member in observer.members if member.converses]
        kinds = (
            (TIED, observer.ties, len(observer.ties)),
            (CONVERSATION, conversing, CONVERSATION_MAX),
            (PROMINENT, self.prominent, self.rules.reserved),
        )
        fixed: dict[Entity, str] = {}
        for reason, entities, most in kinds:
            more = [entity for entity in entities if entity not in fixed and self.may_perceive(observer, entity)]
            fixed |= dict.fromkeys(more[:most], reason)
        return dict(list(fixed.items())[: self.rules.cap])

    def importance(self, observer: Observer, member: Member) -> tuple[int, int, int]:
        """Less for who matters more."""
        distance = distance_squared(member.entity.position, observer.entity.position)
        return -REASONS.index(member.reason), distance, member.entity.slot

    # --- how much and how often ---

    def view(self, one: Entity, other: Entity) -> int:
        dx, dz = other.position[0] - one.position[0], other.position[2] - one.position[2]
        return view_of(one.facing, dx, dz)

    def terms(self, observer: Observer, entity: Entity, distance: int) -> Terms:
        view = self.view(observer.entity, entity)
        return Terms(distance, view, entity.weight, self.speaking(entity), entity.signing)

    def want(self, observer: Observer, member: Member, distance: int) -> None:
        """More at once, less only after some updates."""
        terms = self.terms(observer, member.entity, distance)
        wanted = self.natural(terms.effective)
        fresh = member.wanted is UNKNOWN
        if not fresh:
            wanted = self.steadied(wanted, member.wanted, terms.effective)
        wanted = raised(wanted, terms, member.reason)
        member.converses = self.converses(observer.entity, member.entity, terms)
        if fresh or wanted.finer(member.wanted) == wanted:
            member.wanted, member.patience = wanted, 0
            return
        member.patience += 1
        if member.patience >= PATIENCE:
            member.wanted, member.patience = wanted, 0
            return
        member.wanted = wanted.finer(member.wanted)

    def drawn_in(self, chosen: list[Candidate]) -> tuple[int, int]:
        """In a crowd the tiers end nearer: about `detailed` of those chosen are in the first."""
        near, far = (edge**2 for edge in self.rules.tiers)
        places = min(self.rules.cap, self.table.capacity)
        if len(chosen) < places or self.rules.detailed >= places or chosen[-1].key == FIXED:
            return near, far
        nearer = chosen[-1].distance // places * self.rules.detailed
        return (nearer, int(float(far) * float(nearer) / float(near))) if nearer < near else (near, far)

    def natural(self, effective: int) -> Detail:
        near, far = self.edges
        tier = Tier.FULL if effective <= near else Tier.UPPER if effective <= far else Tier.HEAD
        period = 1
        while period < self.rules.slowest and effective // period**2 > near:
            period *= 2
        return Detail(tier, period)

    def steadied(self, wanted: Detail, held: Detail, effective: int) -> Detail:
        """What is finer is kept up to a tenth beyond its edge."""
        near, far = self.edges
        tier, period = wanted.tier, wanted.period
        if held.tier < tier and effective * 100 <= (near if held.tier == Tier.FULL else far) * 121:
            tier = held.tier
        if held.period < period and effective // held.period**2 * 100 <= near * 121:
            period = held.period
        return Detail(tier, period)

    def converses(self, one: Entity, other: Entity, terms: Terms) -> bool:
        heard = any(entity.heard_within(CONVERSATION_MS, self.now_ms) for entity in (one, other))
        face_to_face = terms.view == AHEAD and self.view(other, one) == AHEAD
        return terms.distance <= CONVERSATION_MM**2 and heard and face_to_face

    def shown(self, member: Member) -> Detail:
        """What a strained server leaves of what priority gives it, and a mask of that."""
        detail = member.wanted
        if member.reason == NEAR and detail.tier != Tier.FULL:
            detail = Detail(detail.tier, min(detail.period << self.strain, PERIOD_LONGEST))
        if member.masked and not member.entity.signing:
            detail = Detail(detail.tier, max(detail.period, self.rules.masked_period))
        return detail


def raised(wanted: Detail, terms: Terms, reason: str) -> Detail:
    """Who matters most is shown well from wherever it is."""
    if reason == TIED or (terms.signing and terms.view == AHEAD):
        return Detail(Tier.FULL, 1)
    if reason == CONVERSATION:
        return wanted.finer(Detail(Tier.UPPER, 1))
    if reason == PROMINENT:
        return wanted.finer(Detail(Tier.UPPER, 2))
    return wanted
