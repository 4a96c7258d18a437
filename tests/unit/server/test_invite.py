"""The command line's side; over a real server it is tested in tests/integration/identity."""

import pytest
from typer.testing import CliRunner

from server.main import app

RUNNER = CliRunner()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ward", "patient", "--admin", "http://127.0.0.1:1"], "no server answers"),
        (["ward", "patient", "--admin", "https://127.0.0.1:1"], "expected an address"),
        (["ward"], "expected ROOM and ROLE"),
    ],
)
def test_a_refusal_is_one_line_and_status_2(arguments: list[str], words: str) -> None:
    done = RUNNER.invoke(app, ["invite", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
