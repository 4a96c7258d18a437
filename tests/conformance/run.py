"""The Autobahn test suite's cases 1 to 7 and 10 against the frames' code of the real server: `make conformance`.

    python tests/conformance/run.py VENV_PYTHON CASES_FOLDER

Writes `artefacts/conformance.md` and `.json`; exit status 1 if a case failed, or if the same cases find nothing wrong
with a server that leaves RFC 6455 unchecked.
"""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "artefacts"
FOLDER = Path(__file__).parent
SUBPROTOCOL = "polyclinic.v1"
CASES_LEAST = 247
"""Of the suite's version in use; fewer would mean that some were not found."""

PASSED = {"OK", "NON-STRICT", "INFORMATIONAL"}
CLOSED_WELL = {"OK", "INFORMATIONAL"}


def run_cases(python: str, cases: str, *arguments: str) -> list[dict[str, Any]]:
    """Run all cases against an echo server of its own; what came of each."""
    # What the two libraries say of each fault that they are shown, which is many lines.
    with (ARTEFACTS / "conformance.log").open("a") as log:
        return _run_cases(python, cases, log, *arguments)


def _run_cases(python: str, cases: str, log: TextIO, *arguments: str) -> list[dict[str, Any]]:
    server = subprocess.Popen(
        [sys.executable, str(FOLDER / "echo_server.py"), *arguments], stdout=subprocess.PIPE, stderr=log, text=True
    )
    assert server.stdout is not None
    try:
        word, _, address = server.stdout.readline().strip().partition(" ")
        if word != "ready":
            raise RuntimeError("the echo server did not start")
        command = [python, str(FOLDER / "wstest.py"), cases, address, SUBPROTOCOL]
        ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=log, text=True)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    return [json.loads(line) for line in ran.stdout.splitlines()]


def failed(outcome: dict[str, Any]) -> bool:
    """Say whether a case failed, by what was answered or by how the connection ended."""
    return outcome["behavior"] not in PASSED or outcome["close"] not in CLOSED_WELL


def table(outcomes: list[dict[str, Any]], unguarded_failures: int) -> str:
    """Write what came of each case as a table."""
    counts = Counter(outcome["behavior"] for outcome in outcomes)
    failures = sum(map(failed, outcomes))
    return "\n".join(
        [
            "# Autobahn test suite, cases 1 to 7 and 10",
            "",
            f"{len(outcomes)} cases, {failures} failed: "
            + ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
            + f". A server that leaves RFC 6455 unchecked fails {unguarded_failures} of them.",
            "",
            "| case | result | close | what is done |",
            "|---|---|---|---|",
            *(f"| {one['case']} | {one['behavior']} | {one['close']} | {one['about']} |" for one in outcomes),
            "",
        ]
    )


def main(python: str, cases: str) -> int:
    """Run, write down, judge."""
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / "conformance.log").write_text("")
    outcomes = run_cases(python, cases)
    unguarded_failures = sum(map(failed, run_cases(python, cases, "--unguarded")))
    (ARTEFACTS / "conformance.md").write_text(table(outcomes, unguarded_failures))
    (ARTEFACTS / "conformance.json").write_text(json.dumps(outcomes, indent=1))
    failures = [outcome for outcome in outcomes if failed(outcome)]
    for outcome in failures:
        sys.stderr.write(f"{outcome['case']}: {outcome['behavior']}, {outcome['close']}: {outcome['about']}\n")
        sys.stderr.write(f"    {outcome['result']} {outcome['reason']}\n")
    counts = Counter(outcome["behavior"] for outcome in outcomes)
    sys.stderr.write(f"{len(outcomes)} cases, {len(failures)} failed; {dict(sorted(counts.items()))}\n")
    sys.stderr.write(f"without checks: {unguarded_failures} failed\n")
    return 1 if failures or len(outcomes) < CASES_LEAST or not unguarded_failures else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
