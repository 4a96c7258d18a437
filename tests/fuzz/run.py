"""Coverage-guided fuzzing of each target with atheris: `make fuzz`, or `python tests/fuzz/run.py [TARGET ...]`.

FUZZ_SECONDS (default 60) is the time for each target. What libFuzzer finds worth keeping grows in
`artefacts/fuzz/TARGET/corpus`, and inputs that broke something are beside it as `crash-*`. Exit status 1 if any did.
"""

import importlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
INPUT_BYTES_MAX = 4096
INPUT_SECONDS_MAX = 5
CHILD = "--child"


def main(names: list[str]) -> int:
    """Fuzz each target in a process of its own: libFuzzer ends the one it runs in."""
    sys.path.insert(0, str(ROOT))
    from tests.support.fuzz_targets import TARGETS  # noqa: PLC0415 - the root must be on the path first

    unknown = [name for name in names if name not in TARGETS]
    if unknown:
        sys.stderr.write(f"no target {', '.join(unknown)}; there are {', '.join(TARGETS)}\n")
        return 2
    seconds = int(os.environ.get("FUZZ_SECONDS", "60"))
    broken = [name for name in names or TARGETS if not survives(name, seconds)]
    sys.stderr.write(f"broken: {', '.join(broken)}\n" if broken else "nothing broke\n")
    return 1 if broken else 0


def survives(name: str, seconds: int) -> bool:
    """Fuzz one target for so long; whether nothing broke."""
    folder = ROOT / "artefacts" / "fuzz" / name
    (folder / "corpus").mkdir(parents=True, exist_ok=True)
    command = [
        sys.executable,
        str(Path(__file__)),
        CHILD,
        name,
        str(folder / "corpus"),
        f"-max_total_time={seconds}",
        f"-artifact_prefix={folder}/",
        f"-max_len={INPUT_BYTES_MAX}",
        f"-timeout={INPUT_SECONDS_MAX}",
    ]
    sys.stderr.write(f"==> {name}, {seconds} s\n")
    return subprocess.run(command, cwd=ROOT, check=False).returncode == 0


def fuzz(name: str, arguments: list[str]) -> None:
    """Fuzz one target until libFuzzer ends the process."""
    # By name: it is installed by `make fuzz` alone, and no type checker need find it.
    atheris = importlib.import_module("atheris")
    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["protocol", "server.frontdesk", "server.identity"]):
        from tests.support.fuzz_targets import TARGETS  # noqa: PLC0415 - instrumented as it is imported

    target = TARGETS[name]
    corpus = Path(arguments[0])
    for number, seed in enumerate(target.seeds()):
        (corpus / f"seed-{number:03}").write_bytes(seed)

    def check(data: bytes) -> None:
        target.check(data)

    atheris.Setup([sys.argv[0], *arguments], check)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == [CHILD]:
        fuzz(sys.argv[2], sys.argv[3:])
    else:
        sys.exit(main(sys.argv[1:]))
