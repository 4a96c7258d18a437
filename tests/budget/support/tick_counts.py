"""Counts what one tick of a full room costs, by callgrind: instructions and allocations. No clock is in it.

python -m tests.budget.support.tick_counts            prints what it counts
python -m tests.budget.support.tick_counts --update   writes tests/budget/tick.toml (`make budget-update`)
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from tests.budget.support.counted_ticks import COUNTED
from tests.budget.support.full_room import pose_frames

ROOT: Final = Path(__file__).parents[3]
BUDGET: Final = ROOT / "tests" / "budget" / "tick.toml"
AVATARS: Final = 300
STEPS: Final = ("read", "step", "send")
HEADROOM: Final = 1.15
_ALLOCATORS: Final = re.compile(r"(malloc|calloc|realloc)('\d+)?$")
_HEADING: Final = f"""\
# What one tick of a full auditorium may cost: user-space instructions for each of its {AVATARS} avatars, each of whom
# sends a pose and gets a frame; counted by callgrind over {COUNTED} ticks of always the same motion. A test allows 15 %
# more, so a figure that fell by much is worth writing down, too. Written by `make budget-update`; other compilers count
# otherwise.
#   read  a pose in: recv, frame, checks, the entity table
#   step  the room's own step: features, grid, what is encoded once
#   send  a frame out: interest, assembly, send
"""


@dataclass(frozen=True)
class Counts:
    """Of one step of a tick, whole."""

    instructions: float
    allocations: float


class NoValgrind(Exception):
    """It is not installed; the words say how it would be."""


def count_ticks(avatars: int = AVATARS) -> dict[str, Counts]:
    """Run ticks of a room of so many avatars under callgrind; the mean of each step. Raises `NoValgrind`."""
    if shutil.which("valgrind") is None or not Path("/usr/include/valgrind/callgrind.h").exists():
        raise NoValgrind("instructions are counted by valgrind: make system-packages, or apt-get install valgrind")
    with tempfile.TemporaryDirectory(prefix="polyclinic-budget-") as name:
        folder = Path(name)
        _run(folder, avatars)
        found: dict[str, list[Counts]] = {step: [] for step in STEPS}
        for file in folder.glob("callgrind.out.*"):
            text = file.read_text()
            step = re.search(r"^desc: Trigger: Client Request: (\w+)$", text, re.MULTILINE)
            if step is not None:
                found[step[1]].append(Counts(_instructions(text), allocations_in(text)))
    return {step: _mean(counts) for step, counts in found.items()}


def _run(folder: Path, avatars: int) -> None:
    marks, frames = folder / "marks.so", folder / "frames"
    source = Path(__file__).with_name("marks.c")
    subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(marks), str(source)], check=True)
    frames.write_bytes(msgspec.msgpack.encode(pose_frames(avatars)))
    command = ["valgrind", "--tool=callgrind", "--instr-atstart=no", f"--callgrind-out-file={folder}/callgrind.out"]
    command += [sys.executable, "-m", "tests.budget.support.counted_ticks", str(marks), str(frames)]
    # Every object of Python's is then an allocation of the C library's, whose names callgrind always knows.
    environment = {**os.environ, "PYTHONMALLOC": "malloc", "PYTHONHASHSEED": "0"}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)


def _instructions(text: str) -> int:
    totals = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
    if totals is None:
        raise ValueError("callgrind wrote no totals")
    return int(totals[1])


def allocations_in(text: str) -> int:
    """Count the calls of malloc, calloc and realloc in what callgrind wrote."""
    # A name stands with its number where it comes first, later the number stands alone.
    names: dict[str, str] = {}
    called, count = "", 0
    for line in text.splitlines():
        if match := re.match(r"c?fn=\((\d+)\)(?: (.+))?$", line):
            names.setdefault(match[1], match[2] or "")
            called = names[match[1]]
        elif line.startswith("calls=") and _ALLOCATORS.match(called):
            count += int(line[len("calls=") :].split()[0])
    return count


def _mean(counts: list[Counts]) -> Counts:
    if len(counts) != COUNTED:
        raise ValueError(f"callgrind wrote {len(counts)} of {COUNTED} ticks")
    return Counts(
        sum(each.instructions for each in counts) / COUNTED, sum(each.allocations for each in counts) / COUNTED
    )


def read_budget() -> dict[str, int]:
    """Read the instructions that each avatar may cost in each step."""
    budget: dict[str, int] = tomllib.loads(BUDGET.read_text())["instructions"]
    return budget


def main() -> None:
    """Count, print, and write the budget if asked to."""
    counts = count_ticks()
    each = {step: round(count.instructions / AVATARS) for step, count in counts.items()}
    if "--update" in sys.argv[1:]:
        lines = "".join(f"{step} = {value}\n" for step, value in each.items())
        BUDGET.write_text(f"{_HEADING}[instructions]\n{lines}")
    for step, value in each.items():
        allocations = f"{counts[step].allocations:g} allocations in all"
        sys.stdout.write(f"{step}: {value:,} instructions for each of {AVATARS} avatars, {allocations}\n")


if __name__ == "__main__":
    main()
