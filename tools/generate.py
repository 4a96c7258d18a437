"""Write what follows from the wire's definition: core_ext/wire.pxd and protocol/vectors/*.json.

`python -m tools.generate` writes; with `--check` it writes nothing, names what differs and exits with status 1.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tools.wire_pxd import render_wire_pxd

ROOT: Final = Path(__file__).resolve().parent.parent
OUTPUTS: Final[Mapping[str, Callable[[], str]]] = {
    "core_ext/wire.pxd": render_wire_pxd,
}


def differing(root: Path) -> list[str]:
    """Paths under `root`, relative to it, that are missing or not what would be written now."""
    return [
        path
        for path, render in OUTPUTS.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != render()
    ]


def write(root: Path) -> list[str]:
    """Write what differs, and nothing else, so that builds see only real changes. Returns the paths written."""
    paths = differing(root)
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(OUTPUTS[path](), encoding="utf-8")
    return paths


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Run the command line. Returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.generate", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything differs")
    if parser.parse_args(arguments).check:
        paths = differing(root)
        for path in paths:
            print(f"{path} is not what tools/generate.py writes: run `make generate`")
        return 1 if paths else 0
    for path in write(root):
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
