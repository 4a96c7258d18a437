"""Benchmarks: the real server on one core, the load tester on the other.

    python -m tests.bench [--seconds 20] [--rounds 3] [--out artefacts/bench]

Each case runs `rounds` times, the cases taking turns, and medians are reported: the machine's noise then falls on all
of them alike. Writes the raw reports and a table; asserts nothing but the load tester's own checks.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.support.server_process import ServerProcess

CASES: dict[str, list[str]] = {
    "lobby 200": ["--avatars=200", "--room=lobby"],
    "consultations 300": ["--scenario=consultations", "--avatars=300"],
    "auditorium 500": ["--avatars=500", "--room=auditorium"],
    "auditorium 1000": ["--avatars=1000", "--room=auditorium"],
}


def run_case(arguments: list[str], seconds: int, report: Path) -> dict[str, Any]:
    """One run against a fresh server; the load tester's report."""
    cores = sorted(os.sched_getaffinity(0))
    with ServerProcess(cores=cores[:1]) as server:
        command = [sys.executable, "-m", "loadtest", f"--server={server.http}", f"--seconds={seconds}"]
        command += [*arguments, f"--json={report}"]
        subprocess.run(["taskset", "-c", str(cores[-1]), *command], check=True)
    result: dict[str, Any] = json.loads(report.read_text())
    return result


def table_of(reports: Mapping[str, list[dict[str, Any]]]) -> Table:
    table = Table(title="medians")
    columns = ("case", "errors", "frames/s", "bytes/update", "age p99 ms", "late p99 ms", "server cores", "bot cores")
    for column in columns:
        table.add_column(column, justify="left" if column == "case" else "right")
    for case, runs in reports.items():

        def median(*path: str, runs: list[dict[str, Any]] = runs) -> float:
            values = []
            for run in runs:
                value: Any = run
                for key in path:
                    value = value[key]
                values.append(float(value))
            return statistics.median(values)

        table.add_row(
            case,
            f"{max(run['errors'] for run in runs)}",
            f"{median('frames_per_second'):.1f}",
            f"{median('bytes_per_update'):.1f}",
            f"{median('pose_age_ms', 'p99'):.1f}",
            f"{median('tick_lateness_ms', 'p99'):.2f}",
            f"{median('server', 'cpu_cores'):.2f}",
            f"{median('bots', 'cpu_cores'):.2f}",
        )
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path, default=Path("artefacts/bench"))
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    reports: dict[str, list[dict[str, Any]]] = {case: [] for case in CASES}
    for turn in range(options.rounds):
        for case, arguments in CASES.items():
            report = options.out / f"{case.replace(' ', '-')}-{turn}.json"
            reports[case].append(run_case(arguments, options.seconds, report))
    (options.out / "bench.json").write_text(json.dumps(reports, indent=1))
    Console().print(table_of(reports))


if __name__ == "__main__":
    main()
