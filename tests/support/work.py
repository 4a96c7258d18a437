"""What work the server does for something, counted: the functions of its own that are called, in their order."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

SERVER = str(Path(__file__).parents[2] / "server")


class Work:
    """A context manager; `calls` are known at its end. Code that is awaited counts, whoever runs it."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def _note(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(SERVER):
            self.calls.append(frame.f_code.co_qualname if sys.version_info >= (3, 11) else frame.f_code.co_name)

    def __enter__(self) -> Work:
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)


def work_of(do: Callable[[], object]) -> tuple[object, list[str]]:
    """Do something; what came of it, and the work it was."""
    with Work() as work:
        answer = do()
    return answer, work.calls
