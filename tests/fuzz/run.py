"""Coverage-guided fuzzing of each target with atheris: `make fuzz`, or `python tests/fuzz/run.py [TARGET ...]`.

FUZZ_SECONDS (default 60) is the time for each target. It begins with the kept corpus, `tests/fuzz/corpus/TARGET.hex`,
an input a line. What libFuzzer finds worth keeping grows in `artefacts/fuzz/TARGET/corpus`; inputs that broke
something are beside it as `crash-*`, those that took more than 1 ms of the server's own work as `slow-*`. Exit status 1
if there is any.

`python tests/fuzz/run.py --keep [TARGET ...]` writes what was found into the kept corpus.
"""

import importlib
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[2]
INPUT_SECONDS_MAX = 5
CHILD, KEEP = "--child", "--keep"
FRAMES = "tests.support.frame_reference"
"""The compiled core has no coverage to follow; what stands beside it has."""
KEPT_MOST = 400
KEPT_BYTES_MOST = 12 * 1024
"""Of a target's inputs as many are kept, the smallest first: they are read at every test. Large ones are seeds."""
SLOW_MOST = 20


def main(arguments: list[str]) -> int:
    """Fuzz each target in a process of its own: libFuzzer ends the one it runs in."""
    sys.path.insert(0, str(ROOT))
    from tests.support.fuzz_targets import TARGETS  # noqa: PLC0415 - the root must be on the path first

    names = [name for name in arguments if name != KEEP] or list(TARGETS)
    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        sys.stderr.write(f"no target {', '.join(unknown)}; there are {', '.join(TARGETS)}\n")
        return 2
    if KEEP in arguments:
        for name in names:
            keep(name)
        return 0
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    broken = [name for name in names if not survives(name, seconds)]
    sys.stderr.write(f"broken: {', '.join(broken)}\n" if broken else "nothing broke\n")
    return 1 if broken else 0


def survives(name: str, seconds: int) -> bool:
    """Fuzz one target for so long; whether nothing broke and nothing took too long."""
    folder = ROOT / "artefacts" / "fuzz" / name
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    for old in folder.glob("slow-*"):
        old.unlink()
    from tests.support.fuzz_targets import TARGETS  # noqa: PLC0415 - see `main`

    longest = TARGETS[name].longest
    sys.stderr.write(f"==> {name}, {seconds} s, inputs of up to {longest} bytes\n")
    # Without it, libFuzzer would try short inputs for most of the time.
    options = [f"-max_len={longest}", "-len_control=20"]
    options += [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/", f"-timeout={INPUT_SECONDS_MAX}"]
    status = run_child(name, folder / "corpus", *options)
    return status == 0 and not slow_inputs(name, folder)


def run_child(name: str, *arguments: object) -> int:
    """Run libFuzzer on one target; its exit status."""
    command = [sys.executable, __file__, CHILD, name, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def slow_inputs(name: str, folder: Path) -> list[str]:
    """Judge what was found, in this process: what atheris adds to Python for its coverage does not count here."""
    from tests.support.fuzz_work import WORK_SECONDS_MAX, cpu_seconds  # noqa: PLC0415 - see `main`

    log_to_nowhere()
    files = [*folder.glob("slow-*"), *(folder / "corpus").iterdir()]
    times = {file.name: cpu_seconds(name, file.read_bytes()) for file in files}
    slow = [found for found, seconds in times.items() if seconds > WORK_SECONDS_MAX]
    slowest = max(times.values(), default=0.0)
    sys.stderr.write(
        f"{len(times)} inputs kept, the slowest took {slowest * 1000:.3f} ms, {len(slow)} of them too long\n"
    )
    for file in folder.glob("slow-*"):
        if file.name not in slow:
            file.unlink()
    return slow


def keep(name: str) -> None:
    """Write what was found into the kept corpus: libFuzzer has only put aside what reached something new."""
    found = {file.read_bytes() for file in (ROOT / "artefacts" / "fuzz" / name / "corpus").iterdir()}
    smallest = sorted(found, key=lambda data: (len(data), data))[:KEPT_MOST]
    while sum(map(len, smallest)) > KEPT_BYTES_MOST:
        smallest.pop()
    (ROOT / "tests" / "fuzz" / "corpus" / f"{name}.hex").write_text("".join(f"{data.hex()}\n" for data in smallest))


def log_to_nowhere() -> None:
    """Write the log as the server does, which is part of its work, but keep it nowhere."""
    from server.ops.logging import configure_logging  # noqa: PLC0415 - see `main`

    configure_logging(Path(os.devnull).open("w"))  # noqa: SIM115 - as long as the process


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz one target until libFuzzer ends the process."""
    # By name: it is installed by `make fuzz` alone, and no type checker need find it.
    atheris = importlib.import_module("atheris")
    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["protocol", "server.frontdesk", "server.identity", FRAMES]):
        from tests.support.fuzz_targets import TARGETS  # noqa: PLC0415 - instrumented as it is imported
    from tests.support.fuzz_work import WORK_SECONDS_MAX, cpu_seconds  # noqa: PLC0415 - see `main`

    log_to_nowhere()
    target = TARGETS[name]
    corpus = Path(next(argument for argument in reversed(arguments) if not argument.startswith("-")))
    for data in [*target.seeds(), *target.kept()]:
        (corpus / f"kept-{sha256(data).hexdigest()[:16]}").write_bytes(data)
    slow = 0

    def check(data: bytes) -> None:
        nonlocal slow
        target.check(data)
        if slow < SLOW_MOST and cpu_seconds(name, data) > WORK_SECONDS_MAX:
            slow += 1
            (corpus.parent / f"slow-{sha256(data).hexdigest()[:16]}").write_bytes(data)

    atheris.Setup([sys.argv[0], *arguments], check)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        fuzz(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main(sys.argv[1:]))
