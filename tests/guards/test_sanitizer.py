"""What the sanitizers' build is built with finds what it is there to find."""

from __future__ import annotations

import ast
import subprocess
from typing import TYPE_CHECKING

import pytest

from tools.sanitize import ROOT, sanitizer_environment

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.unguarded

FAULTS = {
    "a read past the end": ("malloc(n)", "(int)((unsigned char *)held)[n]", 99),
    "a sum past the largest": ("malloc(n)", "0x7fffffff + (int)n", 98),
    "nothing": ("malloc(n + 1)", "0", 0),
}


def flags() -> list[str]:
    """What `setup.py` compiles the debug build with; running it would compile everything."""
    for step in ast.parse((ROOT / "setup.py").read_text()).body:
        if isinstance(step, ast.Assign) and ast.unparse(step.targets[0]) == "DEBUG_FLAGS":
            told: list[str] = ast.literal_eval(step.value)
            return told
    raise AssertionError("setup.py names no flags of a debug build")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_ends_the_run_with_its_status(fault: str, tmp_path: Path) -> None:
    hold, done, status = FAULTS[fault]
    source = tmp_path / "fault.c"
    source.write_text(
        "#include <stdlib.h>\n"
        f"int main(int n, char **_) {{ volatile void *held = {hold}; volatile int done = {done}; (void)_;"
        " return held == 0 || done == -1; }\n"
    )
    program = tmp_path / "fault"
    subprocess.run(["gcc", *flags(), str(source), "-o", str(program)], check=True)
    run = subprocess.run([str(program)], env=sanitizer_environment(), capture_output=True, check=False)
    assert run.returncode == status, run.stderr.decode()
