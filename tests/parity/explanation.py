"""All that the core can say about a member, against the reference."""

from __future__ import annotations

from math import isqrt
from typing import TYPE_CHECKING, Any

from tests.parity.reference import distance_squared

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.parity.reference_interest import Member, Observer, ReferenceInterest

VIEWS = {1: "ahead", 2: "aside", 4: "behind"}


def compare_explanation(
    told: Mapping[str, Any], interest: ReferenceInterest, observer: Observer, member: Member, rank: int
) -> None:
    entity = member.entity
    held = observer.held.get(member.alias)
    assert told["reason"] == member.reason
    assert told["wanted"] == (member.wanted.tier, member.wanted.period)
    assert told["shown"] == (member.shown.tier, member.shown.period)
    assert told["masked"] == member.masked
    assert told["sent_ticks_ago"] == ((interest.tick - held.sent_tick) % 2**32 if held else None)
    if not interest.alive(observer):
        return
    assert told["rank"] == rank
    distance = distance_squared(observer.entity.position, entity.position)
    terms = interest.terms(observer, entity, distance)
    assert (told["distance_mm"], told["effective_mm"]) == (isqrt(distance), isqrt(terms.effective))
    assert (told["view"], told["weight"]) == (VIEWS[terms.view], terms.weight / 4)
    assert (told["speaking"], told["signing"]) == (terms.speaking, terms.signing)
    assert told["permitted"] == interest.may_perceive(observer, entity)
