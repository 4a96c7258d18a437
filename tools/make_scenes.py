"""Make the sample facility's scenes and the models of its props: glTF 2.0, one binary file each, with its light baked.

The output is meant to be the same on every machine: `make generated` compares all of it with the files that are kept,
and a test, in less time, the smallest scene and the models. From the root:

    python -m tools.make_scenes            write server/facility/scenes/*.glb and scenes/models/*.glb, delete others
    python -m tools.make_scenes --check    exit 1 if a file differs or is left over
"""

from __future__ import annotations

import argparse
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tools.scenes.glb import Document
from tools.scenes.models import MODELS
from tools.scenes.rooms import ROOMS

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from tools.scenes.piece import Piece
    from tools.scenes.room import Room

SCENES_DIRECTORY: Final = Path(__file__).resolve().parent.parent / "server" / "facility" / "scenes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, or with `--check` tell whether they are what this would write."""
    parser = argparse.ArgumentParser(description="Make the sample facility's scenes and models.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a file differs")
    parser.add_argument("--directory", type=Path, default=SCENES_DIRECTORY)
    parser.add_argument("--only", help="make the one of this name")
    options = parser.parse_args(arguments)
    files = dict(_files())
    known = [Path(name).stem for name in files]
    if options.only and options.only not in known:
        parser.error(f"no scene or model is called {options.only}; there are {', '.join(known)}")
    stale = []
    for name, make in files.items():
        if options.only and options.only != Path(name).stem:
            continue
        path = options.directory / name
        data = make()
        if options.check:
            if not path.is_file() or path.read_bytes() != data:
                stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    # A directory that somebody names may hold scenes of their own.
    whole = not options.only and options.directory == SCENES_DIRECTORY
    left_over = _left_over(options.directory, files) if whole else []
    for name in left_over if not options.check else ():
        (options.directory / name).unlink()
    if stale:
        print(f"differ from what tools/make_scenes.py writes: {', '.join(stale)}")
    if left_over:
        print(f"{'no longer made' if options.check else 'deleted'}: {', '.join(left_over)}")
    return 1 if options.check and (stale or left_over) else 0


def _left_over(directory: Path, files: Collection[str]) -> list[str]:
    there = {path.relative_to(directory).as_posix() for path in directory.rglob("*.glb")}
    return sorted(there - set(files))


def _files() -> Iterator[tuple[str, Callable[[], bytes]]]:
    for name, build in ROOMS.items():
        yield f"{name}.glb", partial(_scene, build)
    for name, make in MODELS.items():
        yield f"models/{name}.glb", partial(_model, name, make)


def _scene(build: Callable[[], Room]) -> bytes:
    return build().document().written()


def _model(name: str, make: Callable[[], Piece]) -> bytes:
    document = Document(name)
    document.shown(name, make().parts)
    return document.written()


if __name__ == "__main__":
    sys.exit(main())
