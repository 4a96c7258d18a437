"""Compiles the benchmarks' C programs, into build/bench/."""

import subprocess
from pathlib import Path

from tests.support.server_process import ROOT

BENCH = Path(__file__).parents[1]
SWARM = BENCH / "support" / "swarm.c"
FLOOR = BENCH / "floor" / "floor.c"


def compiled(source: Path) -> Path:
    """Compile a C program if it changed, and return it. Raises CalledProcessError with the compiler's words."""
    program = ROOT / "build" / "bench" / source.stem
    program.parent.mkdir(parents=True, exist_ok=True)
    if not program.exists() or program.stat().st_mtime < source.stat().st_mtime:
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source)], check=True)
    return program
