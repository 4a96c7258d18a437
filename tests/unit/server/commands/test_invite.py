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
        *(
            (["ward", "patient", f"--hours={hours}"], f"--hours: expected more than 0 and at most 720, got {hours}\n")
            for hours in ("0", "-2", "720.5", "1e+09", "inf", "nan")
        ),
        *(
            (["ward", "patient", f"--uses={uses}"], f"--uses: expected 1 to 1000, got {uses}\n")
            for uses in ("0", "-1", "1001")
        ),
    ],
)
def test_a_refusal_is_one_line_and_status_2(arguments: list[str], words: str) -> None:
    done = RUNNER.invoke(app, ["invite", *arguments])
    assert (done.exit_code, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
