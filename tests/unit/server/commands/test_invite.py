"""The command line's side; over a real server it is tested in tests/integration/identity."""

import sys

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


@pytest.mark.parametrize("answer", ["{}", "[]", '{"invitations": [{}], "sessions": "x", "link": 1}', "no JSON"])
@pytest.mark.parametrize("arguments", [["ward", "patient"], [], ["--revoke", "0123"]])
def test_an_answer_of_something_else_is_one_line_and_status_2(
    arguments: list[str], answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["server.commands.invite"], "ask_admin", lambda *_: (200, answer.encode()))
    done = RUNNER.invoke(app, ["invite", *arguments])
    words = "invite: the server's answer is not one that this version understands\n"
    assert (done.exit_code, done.stdout, done.stderr) == (2, "", words)
