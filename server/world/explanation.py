"""Why an observer gets an entity as it does, in terms and in words: for operators, never for those in the room.

Interest tells the terms it works with, the room what it knows beside them. The words follow the same path from the
distance to the rate (`core_ext/priority.pxd`), one line for each term that has an effect.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, Literal

import msgspec
from msgspec import Struct

from protocol.ids import POSITION_SCALE, Tier
from protocol.masking import MASKED_HZ_MAX

if TYPE_CHECKING:
    from server.world.member import Member

TierName = Literal["full", "upper", "head", "presence"]
Outcome = Literal[
    "shown", "observer_suspended", "subject_suspended", "withdrawn", "not_permitted", "too_far", "no_place", "not_yet"
]

STRETCH_SPARED: Final = 3
"""Steps of a budget that leave those alone who are in a set whatever their distance."""

TIER_NAMES: Final[dict[int, TierName]] = {
    Tier.FULL: "full",
    Tier.UPPER: "upper",
    Tier.HEAD: "head",
    Tier.PRESENCE: "presence",
}

_VIEW_FACTORS: Final = {"ahead": 1.0, "aside": math.sqrt(2.0), "behind": 2.0}
_SPEAKING_FACTOR: Final = 0.5

_REASONS: Final = {
    "tied": "tied to the observer (both hold one thing, or one examines the other): full, each tick, however far",
    "conversation": "in conversation with the observer: at least upper, each tick",
    "prominent": "prominent in the room (speaks or signs, and its role has weight): at least upper, each second tick,"
    " however far",
}

_BECAUSE: Final = {
    "tied": "the two are tied",
    "conversation": "the two converse",
    "prominent": "it is prominent in the room",
}


class Terms(Struct, frozen=True, kw_only=True):
    """What the interest set works with, as `Interest.explain` tells it."""

    present: bool
    """Whether the subject can be perceived at all."""
    permitted: bool
    """Whether the observer may perceive the subject, were it near."""
    distance_mm: int
    """From head to head."""
    effective_mm: int
    """The distance as it counts: longer for what is aside or behind, shorter for who has weight or speaks."""
    view: Literal["ahead", "aside", "behind"]
    weight: float
    speaking: bool
    signing: bool
    members: int
    """Entities in the observer's set."""
    cap: int
    """Entities the set has places for."""
    tiers_mm: tuple[int, int]
    """Where the observer's tiers end, as of its last update: nearer than the room says in a crowd."""
    strain: int
    """Steps by which the server shows what is far less often."""
    stretch: int
    """Steps by which the client's budget does."""
    bytes_per_second: int
    """The client's budget, 0 for none."""
    member: bool
    """Whether the subject is in the observer's set; what follows is None if not."""
    rank: int | None = None
    reason: Literal["near", "prominent", "conversation", "tied"] | None = None
    wanted: tuple[int, int] | None = None
    """What the subject's priority gives it, as of the set's last update: tier, and ticks between two records."""
    shown: tuple[int, int] | None = None
    """What is left of that under a budget and strain, in the same form."""
    rate_hz: float | None = None
    masked: bool = False
    """Whether the observer is not cleared to see the subject as it is."""
    sent_ticks_ago: int | None = None


class Party(Struct, frozen=True, kw_only=True):
    """The observer, or its subject."""

    entity: int
    kind: Literal["avatar", "prop", "panel"]
    name: str
    role: str | None = None
    """None for an object."""
    suspended: bool = False
    """The socket is lost and the place is kept."""


def party_of(member: Member) -> Party:
    """Describe somebody in the room."""
    who = member.participant
    return Party(entity=who.entity, kind="avatar", name=who.name, role=who.role, suspended=member.suspended)


class Sight(Struct, frozen=True, kw_only=True):
    """What a room's rules say of how far one sees, m, and of how often sets are updated."""

    tick_hz: int
    radius: float
    hysteresis: float
    tiers: tuple[float, float]
    refresh: int
    """Ticks within which each set is updated."""


class Explanation(Struct, frozen=True, kw_only=True):
    """The whole answer."""

    room: str
    tick: int
    observer: Party
    subject: Party
    zone: str | None
    """The private zone that the subject is in."""
    withdrawn: bool
    """Whether the subject, or who holds it, withdrew what the observer is there for."""
    sight: Sight
    terms: Terms

    outcome: Outcome
    tier: TierName | None
    """How much is shown, None if nothing."""
    rate_hz: float | None
    """How often at most; what stands still is not sent again."""
    answer: str
    """One sentence."""
    lines: tuple[str, ...]
    """One for each term that has an effect, in the order in which they come in."""


def explain(
    *,
    room: str,
    tick: int,
    observer: Party,
    subject: Party,
    zone: str | None,
    withdrawn: bool,
    sight: Sight,
    terms: Terms,
) -> Explanation:
    """Put the terms into words."""
    outcome = _outcome(observer, subject, sight, terms, withdrawn=withdrawn)
    if outcome == "shown":
        lines = [
            *_distance_lines(terms),
            *_detail_lines(terms, sight),
            *_rarer_lines(terms),
            *_sent_lines(terms, sight),
        ]
        if zone is not None:
            lines.insert(0, f"in the private zone {zone}: this observer may perceive it")
    else:
        lines = _hidden_lines(outcome, zone, sight, terms)
    told = terms.shown if outcome == "shown" else None
    tier = TIER_NAMES[told[0]] if told else None
    rate_hz = sight.tick_hz / told[1] if told else None
    if tier is not None and rate_hz is not None:
        answer = f"{observer.name} gets {subject.name} in tier {tier} at {rate_hz:.3g} Hz because {_because(terms)}"
    else:
        answer = f"{observer.name} does not get {subject.name} because {_WHY_NOT[outcome]}"
    return Explanation(
        room=room,
        tick=tick,
        observer=observer,
        subject=subject,
        zone=zone,
        withdrawn=withdrawn,
        sight=sight,
        terms=terms,
        outcome=outcome,
        tier=tier,
        rate_hz=rate_hz,
        answer=answer,
        lines=tuple(lines),
    )


def as_terms(told: object) -> Terms:
    """Take what `Interest.explain` returns."""
    return msgspec.convert(told, Terms)


# What comes of it -----------------------------------------------------------------------------------------------------


def _outcome(observer: Party, subject: Party, sight: Sight, terms: Terms, *, withdrawn: bool) -> Outcome:
    """Find the first thing that keeps the subject from the observer, in the order in which the core asks."""
    if observer.suspended:
        return "observer_suspended"
    if subject.suspended or not terms.present:
        return "subject_suspended"
    if not terms.permitted:
        return "withdrawn" if withdrawn else "not_permitted"
    if terms.member:
        return "shown"
    if terms.distance_mm > sight.radius * POSITION_SCALE:
        return "too_far"
    return "no_place" if terms.members >= terms.cap else "not_yet"


_WHY_NOT: Final[dict[Outcome, str]] = {
    "observer_suspended": "the observer's session is suspended",
    "subject_suspended": "the subject's session is suspended",
    "withdrawn": "what the observer is there for was withdrawn",
    "not_permitted": "it is behind a curtain",
    "too_far": "it is too far away",
    "no_place": "others hold all places in the set",
    "not_yet": "it has only just come into reach",
}


def _because(terms: Terms) -> str:
    parts = [] if terms.reason in {None, "near"} else [_BECAUSE[str(terms.reason)]]
    parts.append(f"it is {_metres(terms.distance_mm)} away and {terms.view}")
    if terms.speaking:
        parts.append("speaks")
    if terms.signing:
        parts.append("signs")
    if terms.weight != 1.0:
        parts.append(f"has a role of weight {terms.weight:g}")
    if terms.wanted != terms.shown:
        if _strain_steps(terms):
            parts.append("the server is strained")
        if _budget_steps(terms):
            parts.append("the client has a budget")
        if terms.masked:
            parts.append("the observer gets it masked")
    return ", ".join(parts)


# Line by line ---------------------------------------------------------------------------------------------------------


def _hidden_lines(outcome: Outcome, zone: str | None, sight: Sight, terms: Terms) -> list[str]:
    if outcome == "observer_suspended":
        return ["the observer's session is suspended: nothing is sent until it resumes"]
    if outcome == "subject_suspended":
        return ["the subject's session is suspended: out of everybody's sight until it resumes"]
    if outcome in {"withdrawn", "not_permitted"}:
        return _not_permitted_lines(outcome, zone)
    distance = f"distance {_metres(terms.distance_mm)}"
    if outcome == "too_far":
        reach = f"into sight up to {sight.radius:g} m, out of it beyond {sight.radius + sight.hysteresis:g} m"
        return [f"{distance}: {reach}"]
    if outcome == "no_place":
        held = f"not in the set: others hold all {terms.cap} places, nearer or there at any distance"
        return [f"{distance}: in reach", held, "a newcomer has to be a tenth nearer than the one whose place it takes"]
    return [f"{distance}: in reach", f"not in the set yet: it is looked through again within {sight.refresh} ticks"]


def _not_permitted_lines(outcome: Outcome, zone: str | None) -> list[str]:
    if outcome == "withdrawn":
        return [
            "it, or who holds it, withdrew what the observer's role is there for: hidden until that is allowed again",
            "for operators only: what somebody consents to is theirs",
        ]
    place = "behind a curtain" if zone is None else f"behind a curtain (private zone {zone})"
    return [f"{place}: not permitted", "for operators only: nothing tells the observer that anybody is there"]


def _distance_lines(terms: Terms) -> list[str]:
    lines = [f"distance {_metres(terms.distance_mm)}, head to head"]
    lines.append(f"{terms.view}: {_as_far(_VIEW_FACTORS[terms.view])}")
    if terms.weight != 1.0:
        lines.append(f"role weight {terms.weight:g}: {_as_far(1.0 / terms.weight)}")
    if terms.speaking:
        lines.append(f"speaks: {_as_far(_SPEAKING_FACTOR)}")
    if len(lines) > 2 or terms.view != "ahead":  # noqa: PLR2004 - more than the distance and the view
        lines.append(f"effective distance {_metres(terms.effective_mm)}")
    return lines


def _detail_lines(terms: Terms, sight: Sight) -> list[str]:
    """Say what the subject's priority gives it, and what else raises that."""
    if terms.wanted is None:
        return []
    near, far = (millimetres / POSITION_SCALE for millimetres in terms.tiers_mm)
    tier, period = terms.wanted
    beyond = (terms.effective_mm > terms.tiers_mm[0]) + (terms.effective_mm > terms.tiers_mm[1])
    lines = [] if near >= sight.tiers[0] else [f"crowded: tiers end at {near:.1f} and {far:.1f} m, not {_span(sight)}"]
    lines += [
        (f"tier full up to {near:.3g} m", f"tier upper up to {far:.3g} m", f"tier head beyond {far:.3g} m")[beyond],
        f"each tick up to {near:.3g} m, half as often with each doubling, 2.5 Hz at least",
    ]
    if terms.reason in _REASONS:
        lines.append(_REASONS[str(terms.reason)])
    elif terms.signing and terms.view == "ahead":
        lines.append("signs, and the observer looks there: full, each tick")
    elif tier < beyond:
        lines.append(f"tier {TIER_NAMES[tier]} is kept for a while: heads turn away and back")
    elif tier > beyond:
        lines.append(f"tier {TIER_NAMES[tier]} until the set is updated, within {sight.refresh} ticks")
    lines.append(f"so wanted: tier {TIER_NAMES[tier]}, {_each(period)}")
    return lines


def _rarer_lines(terms: Terms) -> list[str]:
    lines = []
    if terms.strain:
        lines.append(f"server strained, level {terms.strain}: {_steps_rarer(_strain_steps(terms))}")
    if terms.bytes_per_second:
        kbits = terms.bytes_per_second * 8 / 1_000
        lines.append(f"the client's budget of {kbits:g} kbit/s: {_steps_rarer(_budget_steps(terms))}")
    if terms.masked:
        lines.append(f"masked, the observer is not cleared: at most {MASKED_HZ_MAX} Hz, unless it signs")
    if terms.wanted and terms.shown and terms.shown[0] > terms.wanted[0]:
        coarser = f"tier {TIER_NAMES[terms.shown[0]]} instead of {TIER_NAMES[terms.wanted[0]]}"
        lines.append(f"nothing rarer is left: {coarser}")
    return lines


def _sent_lines(terms: Terms, sight: Sight) -> list[str]:
    lines = [f"{terms.members} of {terms.cap} places in the set are taken"]
    if terms.shown is not None:
        period = terms.shown[1]
        lines.append(f"period {period} of {sight.tick_hz} Hz: {sight.tick_hz / period:.3g} Hz")
    ago = terms.sent_ticks_ago
    if ago is None:
        lines.append("no record sent yet")
    else:
        lines.append(f"last record {ago} tick{'' if ago == 1 else 's'} ago")
        if terms.shown is not None and ago > 2 * terms.shown[1]:
            lines.append("that is late: the client's socket does not drain, or its budget is spent")
    return lines


# Words ----------------------------------------------------------------------------------------------------------------


def _span(sight: Sight) -> str:
    return f"{sight.tiers[0]:g} and {sight.tiers[1]:g} m"


def _strain_steps(terms: Terms) -> int:
    """Count the steps strain takes from this subject: none if it is shown in full or is there at any distance."""
    if terms.wanted is None or terms.reason != "near" or terms.wanted[0] == Tier.FULL:
        return 0
    return terms.strain


def _budget_steps(terms: Terms) -> int:
    return terms.stretch if terms.reason == "near" else max(terms.stretch - STRETCH_SPARED, 0)


def _steps_rarer(steps: int) -> str:
    return f"{steps} step{'' if steps == 1 else 's'} rarer" if steps else "takes nothing from this one"


def _each(period: int) -> str:
    return "each tick" if period == 1 else f"1 tick in {period}"


def _as_far(factor: float) -> str:
    named = {0.25: "a quarter as far", 0.5: "half as far", 1.0: "as far as it is", 2.0: "twice as far"}
    return named.get(factor, f"{factor:.2g} times as far")


def _metres(millimetres: int) -> str:
    return f"{millimetres / POSITION_SCALE:.1f} m"
