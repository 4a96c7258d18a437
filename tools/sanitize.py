"""Runs the parity tests on a build with bounds checks and the address and undefined-behaviour sanitizers.

    python tools/sanitize.py [pytest argument ...]

The debug build goes to build/debug, away from the release one in the tree. Exits with the status of pytest, or of the
build.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEBUG = ROOT / "build" / "debug"
TESTS = ("tests/parity", "tests/unit/core_ext")


def build() -> int:
    """Build the extensions into `DEBUG`, beside the Python files of their package; the build's exit status."""
    command = [sys.executable, "setup.py", "--quiet", "build_ext"]
    command += ["--build-lib", str(DEBUG), "--build-temp", str(DEBUG / "objects")]
    status = subprocess.run(command, cwd=ROOT, env=os.environ | {"POLYCLINIC_DEBUG": "1"}, check=False).returncode
    if status == 0:
        for source in (ROOT / "core_ext").glob("*.py"):
            shutil.copy(source, DEBUG / "core_ext")
    return status


def library(name: str) -> str:
    """Path of one of the compiler's runtime libraries. Raises FileNotFoundError when the compiler has none."""
    compiler = os.environ.get("CC", "gcc").split()
    printed = subprocess.run([*compiler, f"-print-file-name={name}"], capture_output=True, text=True, check=True)
    path = Path(printed.stdout.strip())
    if not path.is_absolute():
        raise FileNotFoundError(f"{compiler[0]} has no {name}")
    return str(path.resolve())


def sanitizer_environment() -> dict[str, str]:
    """Environment in which the interpreter, itself not instrumented, can load the debug build."""
    return os.environ | {
        # The sanitizer's allocator has to be there first; libstdc++ so that it finds what it intercepts.
        "LD_PRELOAD": f"{library('libasan.so')}:{library('libstdc++.so.6')}",
        # The interpreter keeps memory until it ends: that is not a leak of ours.
        "ASAN_OPTIONS": "detect_leaks=0:abort_on_error=0:exitcode=99",
        "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1:exitcode=98",
        # Python's own arenas would hide reads past the end of its objects.
        "PYTHONMALLOC": "malloc",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def main(arguments: list[str]) -> int:
    """Build, make sure that it is the debug build that is tested, test."""
    status = build()
    if status != 0:
        return status
    environment = sanitizer_environment() | {"PYTHONPATH": os.pathsep.join((str(DEBUG), str(ROOT)))}
    check = "import core_ext; assert core_ext.BUILD == 'debug', core_ext.__file__"
    status = subprocess.run([sys.executable, "-P", "-c", check], cwd=ROOT, env=environment, check=False).returncode
    if status != 0:
        return status
    # pytest puts its `pythonpath` first: there too the debug build goes before the tree.
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-o",
        f"pythonpath={DEBUG} . clients/python",
        "-p",
        "no:cacheprovider",
    ]
    tests = [] if any(not argument.startswith("-") for argument in arguments) else list(TESTS)
    return subprocess.run([*command, *tests, *arguments], cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
