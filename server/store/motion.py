"""Motion of a room as files, in the load tester's format (docs/howto/record-motion.md): one for each person.

For operators and researchers, where the facility names a folder and everybody in the room consents. A file's name says
the room, when the recording began (UTC) and a number; no name, role, entity or subject is in it or beside it. Its first
line says whether the person allowed research while it was recorded: who changes that goes on in another file. Motion
tells people apart: files, and the folder if it was not there, are the server's user's alone.
"""

from __future__ import annotations

import json
import os
from contextlib import ExitStack
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TextIO

from protocol.ids import StateFlag

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from protocol.state import StateNumbers

SUFFIX: Final = ".motion.jsonl"
_HEADER: Final[Mapping[str, object]] = {"format": "polyclinic-motion", "version": 1, "device": "headset"}


class MotionFiles:
    """Writes what people show, tick by tick. Any method may raise OSError: nothing is kept from there on."""

    def __init__(self, folder: Path, room: str, wall: int, now: float) -> None:
        """`room` tells rooms apart in files' names; it is not a visit's id, which lets people in.

        The recording began at `wall`, nanoseconds since 1970, and at `now`, seconds as `write` counts them.
        """
        self._folder = folder
        self._stem = f"{room}-{_time_text(wall)}"
        self._began = now
        self._files: dict[tuple[int, bool], TextIO] = {}
        """By entity, and whether it allows research."""

    def write(self, entity: int, state: StateNumbers, now: float, *, research: bool) -> None:
        """Write one person's pose down, who allows research now or does not.

        Faces are left out, which the format has none of.
        """
        flags, voice, head, left, right, left_fingers, right_fingers, _ = state
        flags &= ~StateFlag.FACE
        line: list[int | str] = [max(0, round((now - self._began) * 1000)), int(flags), voice]
        for flag, part in ((StateFlag.HEAD, head), (StateFlag.LEFT, left), (StateFlag.RIGHT, right)):
            line += part if flags & flag else ()
        for flag, values in ((StateFlag.LEFT_FINGERS, left_fingers), (StateFlag.RIGHT_FINGERS, right_fingers)):
            line += [values.hex()] if flags & flag else ()
        file = self._files.get((entity, research)) or self._begin(entity, research=research)
        file.write(json.dumps(line, separators=(",", ":")) + "\n")

    def close(self) -> None:
        """End the recording: what was written is with the system, if it takes it."""
        files, self._files = self._files, {}
        with ExitStack() as stack:
            for file in files.values():
                stack.callback(file.close)

    def _begin(self, entity: int, *, research: bool) -> TextIO:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{self._stem}-{len(self._files)}{SUFFIX}"
        # "x": what was recorded is never written over.
        file = self._files[entity, research] = open(path, "x", encoding="utf-8", opener=_open_for_us_alone)  # noqa: SIM115 - until `close`
        file.write(json.dumps({**_HEADER, "research": research}) + "\n")
        return file


def _time_text(wall: int) -> str:
    moment = datetime.fromtimestamp(wall // 1_000_000_000, UTC)
    return f"{moment:%Y%m%dT%H%M%S}.{wall % 1_000_000_000 // 1_000_000:03d}Z"


def _open_for_us_alone(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
