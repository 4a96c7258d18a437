"""One observer of the two worlds that are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core_ext import FrameDecoder
from protocol.snapshot import ObserverView

if TYPE_CHECKING:
    from tests.parity.reference_interest import Observer


class Eyes:
    """One observer in both worlds, and what its client decodes."""

    def __init__(self, reference: Observer) -> None:
        self.number = reference.number
        self.reference = reference
        self.ages = True
        self.begin_anew()

    def begin_anew(self) -> None:
        self.decoder = FrameDecoder()
        self.view = ObserverView()
        self.sent: list[bytes] = []
