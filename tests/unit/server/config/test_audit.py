"""The table `[audit]`."""

from pathlib import Path

import msgspec
import pytest

from server.config.audit import AuditSettings


def test_the_folder_is_beside_the_store_unless_it_is_named() -> None:
    assert AuditSettings().folder_beside("data/clinic.sqlite3") == Path("data/clinic.audit")
    assert AuditSettings(folder="elsewhere").folder_beside("data/clinic.sqlite3") == Path("elsewhere")


@pytest.mark.parametrize("place", ["https://witness.example/a", "http://127.0.0.1:9/", "/mnt/witness", "witness"])
def test_a_witness_that_serves(place: str) -> None:
    assert msgspec.convert({"witness": place}, AuditSettings).witness == place


@pytest.mark.parametrize("place", ["http://witness.example/a", "http:/x", ""])
def test_a_witness_over_an_open_line_is_none(place: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"witness": place}, AuditSettings)
