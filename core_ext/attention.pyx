"""How much of each member an observer is shown, and how often: priority, and what budgets and strain leave of it."""

import math

from libc.stdint cimport int32_t, int64_t, uint8_t, uint32_t

from core_ext cimport wire
from core_ext.budget cimport SOCKET_HEADER_BYTES
from core_ext.entity_table cimport WEIGHT_ONE, distance_between, heard_within, perceptible
from core_ext.fidelity cimport Fidelity, show
from core_ext.observers cimport NOT_HELD, Member, Observer
from core_ext.priority cimport (
    PATIENCE,
    PERIOD_LONGEST,
    REASON_NEAR,
    STRETCH_MAX,
    STRETCH_SPARED,
    VIEW_AHEAD,
    VIEW_ASIDE,
    VIEW_BEHIND,
    Detail,
    Edges,
    Terms,
    class_of,
    effective,
    natural,
    raised,
    steadied,
    stretched,
    view_along,
    view_of,
)

cdef enum:
    # A voice counts as long as the pauses between words last; a conversation as long as one listens.
    SPEAKING_MS = 2_000
    CONVERSATION_MS = 10_000
    CONVERSATION_MM = 4_000
    # Distance alone makes nothing rarer than this many times a second, in tenths.
    RATE_LEAST_TENTHS = 25
    # Of a client's budget, in hundredths: what its streams may take, and below what it gets more again. The rest is
    # for those who enter, and for events.
    BUDGET_FULL = 80
    BUDGET_ROOMY = 60
    # Times a second from which frames come soon after each other, so that their headers are short. At exactly so many
    # they are 250 ms apart, and one that is 6 ms late has a long header: 24 bytes a second at most, which are within
    # what BUDGET_FULL leaves of the least budget.
    SOON_HZ = 4
    # Of a frame that is sent, without what it carries: its own header and that of a WebSocket frame; a count comes to
    # it.
    FRAME_COST = wire.FRAME_HEADER_BYTES + SOCKET_HEADER_BYTES
    FRAME_COST_SOON = wire.FRAME_SOON_HEADER_BYTES + SOCKET_HEADER_BYTES

VIEWS = {VIEW_AHEAD: "ahead", VIEW_ASIDE: "aside", VIEW_BEHIND: "behind"}
REASONS = ("near", "prominent", "conversation", "tied")


cdef class Attention(Fidelity):
    """What the observers of a room are shown of those they see. The base of `Interest`, which decides whom they see."""

    def __cinit__(self, *_, tier_mm, int detailed=1 << 16, **__):
        near, far = tier_mm
        if near > far:
            raise ValueError(f"the first tier ends before the second, got {tier_mm!r}")
        if detailed < 1:
            raise ValueError(f"detailed is at least 1, got {detailed}")
        self.edges.near = squared(near, "tier_mm[0]")
        self.edges.far = squared(far, "tier_mm[1]")
        self.detailed = detailed
        while self.slowest < PERIOD_LONGEST and self.tick_hz * 10 >= RATE_LEAST_TENTHS << (self.slowest + 1):
            self.slowest += 1

    @property
    def strain(self):
        """Steps by which the server shows far ones less often."""
        return self.strain_steps

    @strain.setter
    def strain(self, int steps):
        if not 0 <= steps <= PERIOD_LONGEST:
            raise ValueError(f"strain is 0 to {PERIOD_LONGEST} steps, got {steps}")
        self.strain_steps = steps

    def explain(self, int observer, int slot):
        """Why the observer gets that entity as it does, from the terms as they are now."""
        cdef Observer* told
        cdef Member* member = NULL
        cdef Terms terms
        cdef int i
        self.check_observer(observer)
        self.table.check_slot(slot)
        told = &self.observers[observer]
        for i in range(told.member_count):
            if told.members[i].slot == slot and told.members[i].generation == self.table.generation[slot]:
                member = &told.members[i]
        terms = self.terms(told, slot, distance_between(self.table, slot, told.slot))
        answer = {
            "present": bool(self.table.present[slot]),
            "permitted": bool(
                self.alive(told) and perceptible(self.table, slot, self.table.generation[slot], self.permitted(told))
            ),
            "distance_mm": math.isqrt(terms.distance_squared),
            "effective_mm": math.isqrt(terms.effective_squared),
            "view": VIEWS[terms.view],
            "weight": <double>self.table.weight[slot] / WEIGHT_ONE,
            "speaking": bool(terms.speaking),
            "signing": bool(terms.signing),
            "members": told.member_count,
            "cap": self.places,
            "tiers_mm": (math.isqrt(told.edges.near), math.isqrt(told.edges.far)),
            "strain": self.strain_steps,
            "stretch": told.stretch,
            "bytes_per_second": told.budget.bytes_per_second if told.budget else 0,
            "member": member is not NULL,
        }
        if member:
            answer.update(
                rank=self.rank(told, member),
                reason=REASONS[member.reason],
                wanted=(member.wanted.tier, 1 << member.wanted.period),
                shown=(member.shown.tier, 1 << member.shown.period),
                rate_hz=self.tick_hz / <double>(1 << member.shown.period),
                masked=bool(member.masked),
                sent_ticks_ago=<uint32_t>(self.tick - member.sent_tick) if member.held_class != NOT_HELD else None,
            )
        return answer

    # Its place among the members by how much they matter, from 1.
    cdef int rank(self, const Observer* observer, const Member* member) noexcept nogil:
        cdef Candidate own = self.candidate(observer, member), other
        cdef int i, rank = 1
        for i in range(observer.member_count):
            if self.table.generation[observer.members[i].slot] == observer.members[i].generation:
                other = self.candidate(observer, &observer.members[i])
                rank += more_important(&other, &own)
        return rank

    cdef Candidate candidate(self, const Observer* observer, const Member* member) noexcept nogil:
        cdef Candidate candidate
        candidate.slot = member.slot
        candidate.reason = member.reason
        candidate.distance = distance_between(self.table, member.slot, observer.slot)
        return candidate

    # Silence that has lasted is forgotten: who was heard long ago is like who never was.
    cdef void forget_voices(self) noexcept nogil:
        cdef int slot
        for slot in range(self.table.limit):
            if self.table.heard[slot] and not heard_within(self.table, slot, self.now_ms, CONVERSATION_MS):
                self.table.heard[slot] = 0

    cdef bint speaks(self, int32_t slot) noexcept nogil:
        return heard_within(self.table, slot, self.now_ms, SPEAKING_MS)

    cdef Terms terms(self, const Observer* observer, int32_t slot, int64_t distance) noexcept nogil:
        cdef Terms terms
        cdef int32_t at = observer.slot
        cdef int weight = self.table.weight[slot]
        terms.distance_squared = distance
        terms.view = view_of(
            &self.table.facing[at],
            <int64_t>self.table.x[slot] - self.table.x[at], <int64_t>self.table.z[slot] - self.table.z[at],
        )
        terms.speaking = self.speaks(slot)
        terms.signing = self.table.signing[slot]
        terms.boost = weight * weight * (4 if terms.speaking else 1)
        terms.effective_squared = effective(terms.distance_squared, terms.view, terms.boost)
        return terms

    # More at once, less only after a while: each change costs a full record, and heads turn away and back.
    cdef void want(self, const Observer* observer, Member* member, const Candidate* chosen) noexcept nogil:
        cdef Terms terms = self.terms(observer, member.slot, chosen.distance)
        cdef Detail wanted = natural(terms.effective_squared, &observer.edges, self.slowest)
        cdef bint fresh = member.fresh
        member.reason = chosen.reason
        member.fresh = 0
        if not fresh:
            wanted = steadied(wanted, member.wanted, terms.effective_squared, &observer.edges)
        wanted = raised(wanted, &terms, member.reason)
        member.converses = self.converses(observer, member.slot, &terms)
        if fresh or (wanted.tier <= member.wanted.tier and wanted.period <= member.wanted.period):
            member.wanted = wanted
            member.patience = 0
            return
        member.patience += 1
        if member.patience >= PATIENCE:
            member.wanted = wanted
            member.patience = 0
            return
        member.wanted.tier = min(member.wanted.tier, wanted.tier)
        member.wanted.period = min(member.wanted.period, wanted.period)

    cdef bint converses(self, const Observer* observer, int32_t slot, const Terms* terms) noexcept nogil:
        cdef int32_t at = observer.slot
        if terms.view != VIEW_AHEAD or terms.distance_squared > <int64_t>CONVERSATION_MM * CONVERSATION_MM:
            return False
        if not (
            heard_within(self.table, slot, self.now_ms, CONVERSATION_MS)
            or heard_within(self.table, at, self.now_ms, CONVERSATION_MS)
        ):
            return False
        return VIEW_AHEAD == view_of(
            &self.table.facing[slot],
            <int64_t>self.table.x[at] - self.table.x[slot], <int64_t>self.table.z[at] - self.table.z[slot],
        )

    cdef void detail_members(self, Observer* observer, Candidate* chosen) noexcept nogil:
        cdef Member* member
        cdef int32_t i
        self.want_all(observer, chosen)
        if self.circle_changes:
            self.choose_fidelity(observer)
        if observer.budget:
            self.order_members(observer, chosen)
            self.fit_budget(observer)
        for i in range(observer.member_count):
            member = &observer.members[i]
            if observer.stretch or self.strain_steps or member.masked:
                show(member, self.shown_detail(member, observer.stretch))
            else:
                show(member, member.wanted)

    cdef void choose_fidelity(self, Observer* observer) noexcept nogil:
        cdef Member* member
        cdef bint masked
        cdef int32_t i
        observer.circle_changes = self.circle_changes
        for i in range(observer.member_count):
            member = &observer.members[i]
            masked = self.is_masked(observer, member.slot)
            if masked != member.masked:
                member.masked = masked
                # It is due at once, whenever its turn is.
                member.sent_tick = self.tick - (1 << PERIOD_LONGEST)
                show(member, self.shown_detail(member, observer.stretch))

    # `want` for each member. Most are like any other, silent, and as far away as they were: for them in short.
    cdef void want_all(self, Observer* observer, const Candidate* chosen) noexcept nogil:
        cdef const int32_t* xs = self.table.x
        cdef const int32_t* zs = self.table.z
        cdef const uint8_t* heard = self.table.heard
        cdef const uint8_t* signing = self.table.signing
        cdef const uint8_t* weights = self.table.weight
        cdef int64_t x = xs[observer.slot], z = zs[observer.slot]
        cdef double ahead_x = self.table.facing[observer.slot].x, ahead_z = self.table.facing[observer.slot].z
        cdef double ahead_squared = ahead_x * ahead_x + ahead_z * ahead_z
        cdef bint quiet = not heard[observer.slot]
        cdef Edges edges = observer.edges
        cdef Member* member
        cdef Detail wanted
        cdef int view
        cdef int32_t slot, i
        for i in range(observer.member_count):
            member = &observer.members[i]
            slot = member.slot
            if (
                quiet and not member.fresh and chosen[i].reason == REASON_NEAR
                and not (heard[slot] | signing[slot]) and weights[slot] == WEIGHT_ONE
            ):
                view = view_along(ahead_x, ahead_z, ahead_squared, xs[slot] - x, zs[slot] - z)
                wanted = natural(chosen[i].distance * view, &edges, self.slowest)
                if wanted.tier == member.wanted.tier and wanted.period == member.wanted.period:
                    member.reason = REASON_NEAR
                    member.converses = 0
                    member.patience = 0
                    continue
            self.want(observer, member, &chosen[i])

    # The most important first: what a budget does not let through is what comes last.
    cdef void order_members(self, Observer* observer, Candidate* chosen) noexcept nogil:
        cdef Candidate candidate
        cdef Member member
        cdef int32_t i, place
        for i in range(1, observer.member_count):
            candidate = chosen[i]
            member = observer.members[i]
            place = i
            while place and more_important(&candidate, &chosen[place - 1]):
                chosen[place] = chosen[place - 1]
                observer.members[place] = observer.members[place - 1]
                place -= 1
            chosen[place] = candidate
            observer.members[place] = member

    cdef Detail shown_detail(self, const Member* member, int stretch) noexcept nogil:
        cdef Detail detail = member.wanted
        if member.reason == REASON_NEAR:
            if self.strain_steps and detail.tier != wire.TIER_FULL:
                detail.period = <uint8_t>min(detail.period + self.strain_steps, <int>PERIOD_LONGEST)
        else:
            stretch = max(stretch - STRETCH_SPARED, 0)
        if stretch:
            detail = stretched(detail, stretch)
        # What is signed is speech, and is read at any rate that priority gives it.
        if member.masked and not self.table.signing[member.slot]:
            detail.period = <uint8_t>max(<int>detail.period, self.masked_period)
        return detail

    # Bytes a second that the observer's streams would take, in 256ths.
    cdef int64_t demand(self, const Observer* observer, int stretch) noexcept nogil:
        cdef int64_t records = 0, frames = 0, hz = self.tick_hz, count_bytes = 2 if self.wide else 1
        cdef Detail detail
        cdef bint together = False
        cdef int i
        for i in range(observer.member_count):
            detail = self.shown_detail(&observer.members[i], stretch)
            records += observer.budget.costs[class_of(detail)] * hz >> detail.period
            if detail.tier == wire.TIER_PRESENCE:
                # All of these come in one frame.
                together = True
            else:
                frames += (hz << 8) >> detail.period
        frames = min(frames, hz << 8) + (((hz << 8) >> PERIOD_LONGEST) if together else 0)
        return records + frames * (count_bytes + (FRAME_COST_SOON if frames >= SOON_HZ << 8 else FRAME_COST))

    # As few steps as the budget lets the streams have; fewer than before only when that leaves some room.
    cdef void fit_budget(self, Observer* observer) noexcept nogil:
        cdef int64_t whole = (<int64_t>observer.budget.bytes_per_second << 8) // 100
        cdef int stretch = observer.stretch
        while stretch and self.demand(observer, stretch - 1) <= whole * BUDGET_ROOMY:
            stretch -= 1
        while stretch < STRETCH_MAX and self.demand(observer, stretch) > whole * BUDGET_FULL:
            stretch += 1
        observer.stretch = <uint8_t>stretch


# By reason, then by distance, then by slot.
cdef inline bint more_important(const Candidate* one, const Candidate* other) noexcept nogil:
    if one.reason != other.reason:
        return one.reason > other.reason
    return one.distance < other.distance or (one.distance == other.distance and one.slot < other.slot)
