"""The whole suite, one benchmark after the other, and the page that shows what they measured.

    python -m tests.bench [--only floor interest ...] [--rounds 3] [--page docs/benchmarks.md]

Each runs as a program of its own (`python -m tests.bench.NAME`), prints its tables, and leaves raw JSON and plots in
artefacts/bench/NAME. What it printed, its plots and its JSON make a section of the page, beside which they are kept
(docs/benchmarks/). Sections of benchmarks that were not run stay as they are on the page. Ends with status 1 when any
of them missed what it is held to.
"""

import argparse
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.support.server_process import ROOT

ARTEFACTS: Final = Path("artefacts/bench")
WIDTH: Final = "118"
"""Columns of the tables: what fits on the page."""


@dataclass(frozen=True)
class Benchmark:
    name: str
    title: str
    about: str
    rounds: bool = False
    """Whether it plays rounds whose medians count."""


SUITE: Final = (
    Benchmark(
        "floor",
        "The floor",
        "Server CPU for one pose in and one frame out, against a C program that does nothing but the sockets and sends"
        " frames of the same number and sizes, in alternating rounds. It is held to 1.3 times the floor.",
        rounds=True,
    ),
    Benchmark(
        "scale",
        "Scaling",
        "3,000 avatars in one room of one process; what an avatar costs from 500 to 3,000 at constant density; and what"
        " avatars, density, rooms and the visible cap do to the cost of a pose and a frame.",
        rounds=True,
    ),
    Benchmark(
        "interest",
        "Who sees whom",
        "The interest step of a tick beside SciPy's cKDTree, which does the same query for everybody.",
    ),
    Benchmark(
        "bytes",
        "Bytes",
        "What an avatar update costs on the wire, on recorded motion, and the error it makes.",
    ),
    Benchmark(
        "disturb",
        "Bad neighbours",
        "500 well-behaved avatars beside one client that never reads, floods, or comes and goes.",
        rounds=True,
    ),
    Benchmark(
        "peers",
        "Beside its peers",
        "Colyseus 0.18 and STYLY-NetSync on the same work in the same run; how each is set up and why that is fair is"
        " in [tests/bench/peers](../tests/bench/peers/README.md).",
        rounds=True,
    ),
)


def run(benchmark: Benchmark, rounds: int | None, log: Path, console: Console) -> bool:
    """Run one, its output to the terminal and to `log`; whether it held what it is held to."""
    console.rule(benchmark.title)
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as kept:
        command = [sys.executable, "-m", f"tests.bench.{benchmark.name}"]
        if rounds is not None and benchmark.rounds:
            command.append(f"--rounds={rounds}")
        environment = {**os.environ, "COLUMNS": WIDTH}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT) as process:
            assert process.stdout is not None
            for line in process.stdout:
                console.print(line.rstrip("\n"), highlight=False, markup=False)
                kept.write(line)
    return process.returncode == 0


def section(benchmark: Benchmark, printed: str, folder: Path) -> str:
    """Write one section of the page, and keep its plots and JSON in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"## {benchmark.title}", "", benchmark.about, "", "```", printed.strip("\n"), "```", ""]
    for plot in sorted((ROOT / ARTEFACTS / benchmark.name).glob("*.png")):
        shutil.copyfile(plot, folder / plot.name)
        lines += [f"![{benchmark.title}: {plot.stem}]({folder.name}/{plot.name})", ""]
    for raw in sorted((ROOT / ARTEFACTS / benchmark.name).glob("*.json")):
        shutil.copyfile(raw, folder / raw.name)
        lines += [f"Raw: [{raw.name}]({folder.name}/{raw.name}).", ""]
    lines += [f"Run it alone: `make bench-{benchmark.name}`.", ""]
    return "\n".join(lines)


def machine() -> str:
    """Say what the figures were measured on."""
    info = Path("/proc/cpuinfo")
    model = re.search(r"model name\s*:\s*(.*)", info.read_text()) if info.is_file() else None
    processor = model.group(1) if model else platform.processor()
    return (
        f"Measured on {len(os.sched_getaffinity(0))} cores of {processor}, Linux {platform.release().split('-')[0]},"
        f" Python {platform.python_version()}: server on one core, load on another. Times on other machines differ;"
        " ratios and counts travel better."
    )


def page_of(sections: dict[str, str]) -> str:
    """Put the page together."""
    head = (
        "# Benchmarks\n\n"
        "Written by `make bench`. Every speed is a ratio to something that ran beside it in the same run, or a count;"
        " medians of alternating rounds. What is held to a figure says `held` or `MISSED`.\n\n"
        f"{machine()}\n"
    )
    return "\n".join([head, *(sections[benchmark.name] for benchmark in SUITE if benchmark.name in sections)])


def sections_of(page: Path) -> dict[str, str]:
    """Read the sections that the page has, by the benchmark's name."""
    if not page.is_file():
        return {}
    names = {benchmark.title: benchmark.name for benchmark in SUITE}
    parts = re.split(r"^(?=## )", page.read_text(), flags=re.MULTILINE)[1:]
    titled = {part.split("\n", 1)[0].removeprefix("## "): part for part in parts}
    return {names[title]: part for title, part in titled.items() if title in names}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=[benchmark.name for benchmark in SUITE])
    parser.add_argument("--rounds", type=int, help="of each benchmark that plays rounds, else its own number")
    parser.add_argument("--page", type=Path, default=ROOT / "docs/benchmarks.md")
    options = parser.parse_args()
    console = Console()
    sections = sections_of(options.page)
    missed = []
    for benchmark in SUITE:
        if options.only and benchmark.name not in options.only:
            continue
        log = ROOT / ARTEFACTS / benchmark.name / "printed.txt"
        if not run(benchmark, options.rounds, log, console):
            missed.append(benchmark.name)
        sections[benchmark.name] = section(benchmark, log.read_text(), options.page.with_suffix(""))
        # After each, so that a run that is cut off has shown what it measured.
        options.page.write_text(page_of(sections))
    console.print(f"wrote {options.page}" + (f"; missed: {', '.join(missed)}" if missed else ""), highlight=False)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
