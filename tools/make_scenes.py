"""Make the sample facility's scenes: plain clinic rooms as glTF 2.0, one JSON file a room and nothing beside it.

A piece of furniture is a named node with its boxes as children, so that a client can show, hide or replace it by name.
The output is the same on every machine, and a test compares it with the files that are kept. From the root:

    python -m tools.make_scenes            write server/facility/scenes/*.gltf
    python -m tools.make_scenes --check    exit 1 if a file differs
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.scenes.gltf import document, written
from tools.scenes.rooms import ROOMS

if TYPE_CHECKING:
    from collections.abc import Sequence

SCENES_DIRECTORY: Final = Path(__file__).resolve().parent.parent / "server" / "facility" / "scenes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the scenes, or with `--check` tell whether they are what this would write."""
    parser = argparse.ArgumentParser(description="Make the sample facility's scenes.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a file differs")
    parser.add_argument("--directory", type=Path, default=SCENES_DIRECTORY)
    options = parser.parse_args(arguments)
    stale = []
    for room in ROOMS:
        scene = room()
        path = options.directory / f"{scene.name}.gltf"
        text = written(document(scene))
        if options.check:
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                stale.append(path.name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if stale:
        print(f"differ from what tools/make_scenes.py writes: {', '.join(stale)}")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
