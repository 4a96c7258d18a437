"""Make the sample facility's looks: VRM 1.0, one file each.

The output is the same on every machine, and a test compares it with the files that are kept. From the root:

    python -m tools.make_avatars            write server/facility/avatars/*.vrm
    python -m tools.make_avatars --check    exit 1 if a file differs
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.avatars.robin import robin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

AVATARS_DIRECTORY: Final = Path(__file__).resolve().parent.parent / "server" / "facility" / "avatars"

AVATARS: Final[dict[str, Callable[[], bytes]]] = {"vrm-robin": robin}
"""What makes each look."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with `--check` tell whether they are what this would write."""
    parser = argparse.ArgumentParser(description="Make the sample facility's looks.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    parser.add_argument("--directory", type=Path, default=AVATARS_DIRECTORY)
    options = parser.parse_args(arguments)
    stale = []
    for name, make in AVATARS.items():
        path = options.directory / f"{name}.vrm"
        data = make()
        if not options.check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        elif not path.is_file() or path.read_bytes() != data:
            stale.append(path.name)
    if stale:
        print(f"differ from what tools/make_avatars.py writes: {', '.join(stale)}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
