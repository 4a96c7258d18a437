"""The command line's side; over a real server it is tested in tests/integration/identity."""

import pytest
from typer.testing import CliRunner

from server.config import SAMPLE_WORDS
from server.identity.subjects import SUBJECT_WORDS
from server.main import app

RUNNER = CliRunner()
SUBJECT = f"account-{'0' * 32}"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([SUBJECT, "--admin", "http://127.0.0.1:1"], "no server answers"),
        ([SUBJECT, "--admin", "https://127.0.0.1:1"], "expected an address"),
        ([], "expected SUBJECT or --account"),
        ([SUBJECT, "--account", "ann"], "expected SUBJECT or --account"),
        (["ann@clinic.example"], "for a sub use --account"),
        (["--account", "ann"], "names no issuer"),
        (["--account", "ann", "--facility", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_a_refusal_is_one_line_and_status_2(arguments: list[str], words: str) -> None:
    done = RUNNER.invoke(app, ["revoke", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


def test_help_says_who_is_meant_as_its_text_does_and_no_path_of_this_machine() -> None:
    told = RUNNER.invoke(app, ["revoke", "--help"]).stdout
    assert "[SUBJECT]" in told
    assert f"[default: ({SAMPLE_WORDS})]" in " ".join(told.split())
    refused = RUNNER.invoke(app, ["revoke", "ann"])
    assert SUBJECT_WORDS in refused.stderr
