"""Errors by kind."""

import pytest

from core_ext import BotPort, Witness
from loadtest.verification import KINDS, SAMPLES_MAX, Ledger


class Deaf:
    """A receiver that nobody calls."""

    def on_open(self, port: BotPort) -> None: ...

    def on_message(self, data: bytes) -> None: ...

    def on_closed(self, code: int, reason: str) -> None: ...


def test_errors_are_counted_by_kind_in_a_fixed_order() -> None:
    ledger = Ledger(Witness())
    ledger.note("unseen", "two of them", 2)
    ledger.note("event_gap", "5 after 3")
    assert list(ledger.counts().items()) == [("event_gap", 1), ("unseen", 2)]
    assert (ledger.total, ledger.count("unseen"), ledger.count("ghost")) == (3, 2, 0)
    assert ledger.samples() == ["unseen: two of them", "event_gap: 5 after 3"]


def test_what_the_ports_found_counts_as_well_and_comes_first() -> None:
    ledger = Ledger(Witness())
    ledger.note("event_gap", "5 after 3")
    BotPort(ledger.witness, Deaf(), True).feed(b"")
    assert ledger.counts() == {"malformed_frame": 1, "event_gap": 1}
    assert ledger.samples()[0].startswith("malformed_frame: ")


def test_lost_sessions_are_kept_by_close_code() -> None:
    ledger = Ledger(Witness())
    ledger.note_lost("Bot 1", 1012, "")
    ledger.note_lost("Bot 2", 1012, "restart")
    assert ledger.close_codes == {1012: 2}
    assert ledger.samples() == [
        "session_lost: Bot 1: closed with 1012",
        "session_lost: Bot 2: closed with 1012 restart",
    ]


def test_only_the_first_are_kept_in_words() -> None:
    ledger = Ledger(Witness())
    for number in range(100):
        ledger.note("event_gap", str(number))
    assert len(ledger.samples()) == SAMPLES_MAX
    assert ledger.total == 100


def test_a_kind_that_nobody_knows_is_a_slip() -> None:
    with pytest.raises(ValueError, match="no such kind of error: surprise"):
        Ledger(Witness()).note("surprise", "")
    assert len(set(KINDS)) == len(KINDS)
