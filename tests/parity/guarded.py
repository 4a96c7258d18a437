"""The steps of a world that decide who sees whom, who as they are, and what body the others see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.parity.fields import fields

if TYPE_CHECKING:
    from core_ext import Interest
    from tests.parity.eyes import Eyes
    from tests.parity.reference import Entity, ReferenceTable
    from tests.parity.tape import Tape


class Guarded:
    """What a `World` has beside everything else."""

    STEPS: tuple[tuple[int, str], ...] = (
        (4, "guard"),
        (3, "clear"),
        (1, "choose_fingers"),
        (4, "withdraw"),
        (3, "purpose"),
    )
    tape: Tape
    interest: Interest
    reference: ReferenceTable

    def pick(self) -> Entity | None:
        raise NotImplementedError

    def pick_eyes(self) -> Eyes | None:
        raise NotImplementedError

    def guard(self) -> None:
        entity = self.pick()
        if entity is not None:
            entity.circle = self.tape.choose(0, 1, 2, 6, 1 << 63)
            entity.scales = self.tape.choose(870, 973, 1178), self.tape.choose(900, 1075)
            self.interest.set_circle(entity.slot, entity.circle)
            self.interest.set_mask(entity.slot, *entity.scales)
            self.compare_masked(entity)

    def clear(self) -> None:
        eyes = self.pick_eyes()
        if eyes is not None:
            clearance = self.tape.choose(0, 1, 2, 3, 4, 1 << 63)
            # Whatever it is, it holds everybody's bit.
            eyes.reference.clearance = clearance | 1
            self.interest.set_clearance(eyes.number, clearance)

    def withdraw(self) -> None:
        entity = self.pick()
        if entity is not None:
            entity.withdrawn = self.tape.choose(0, 0, 1, 2, 3, 128)
            self.interest.set_withdrawn(entity.slot, entity.withdrawn)

    def purpose(self) -> None:
        eyes = self.pick_eyes()
        if eyes is not None:
            eyes.reference.purposes = self.tape.choose(0, 1, 2, 3, 128)
            self.interest.set_purposes(eyes.number, eyes.reference.purposes)

    def choose_fingers(self) -> None:
        shown = self.tape.byte() % 2 > 0
        self.reference.masked_fingers = shown
        self.interest.show_masked_fingers(shown)

    def compare_masked(self, entity: Entity) -> None:
        assert self.interest.masked(entity.slot) == fields(self.reference.masked(entity))
