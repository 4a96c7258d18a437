import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.config import SAMPLE_FACILITY
from server.identity.subjects import account_subject
from server.main import app

RUNNER = CliRunner()
ISSUER = "https://id.clinic.example"


@pytest.fixture
def facility(tmp_path: Path) -> Path:
    shutil.copytree(SAMPLE_FACILITY.parent, tmp_path, dirs_exist_ok=True)
    file = tmp_path / "clinic.toml"
    named = f'[identity]\nissuer = "{ISSUER}"\naudience = "polyclinic"\nstaff = []\n'
    file.write_text(SAMPLE_FACILITY.read_text().replace("[identity]\n", named))
    return file


def test_the_subject_of_an_account_is_as_its_sessions_have_it(facility: Path) -> None:
    done = RUNNER.invoke(app, ["audit", "subject", "4711", "--facility", str(facility)])
    assert (done.exit_code, done.stdout, done.stderr) == (0, f"{account_subject(ISSUER, '4711')}\n", "")


def test_without_accounts_it_says_so_in_a_line() -> None:
    done = RUNNER.invoke(app, ["audit", "subject", "4711"])
    assert (done.exit_code, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "names no issuer" in done.stderr
