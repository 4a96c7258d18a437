"""What is left of this process when it crashes, or a part of it does: a line in the log, and no picture of its memory.

Its memory holds what people say and are called. A core dump would write that to a disk, or hand it to whatever the
system collects crashes with; a traceback ends with an error's words, which may quote it.
"""

from __future__ import annotations

import resource
import sys
import threading
from typing import TYPE_CHECKING, Final

import structlog

if TYPE_CHECKING:
    from sys import UnraisableHookArgs
    from types import TracebackType

CORE_BYTES: Final = 1
"""Too small for a core file, and Linux refuses a dump to a program (a `core_pattern` with a pipe) at this very limit,
but not at 0, since no other limit holds for a pipe (core(5); `vfs_coredump` in Linux's fs/coredump.c)."""


def leave_no_traces() -> None:
    """Forbid core dumps, to this process and those it starts, and tell of an uncaught exception as the log does."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    # Nobody but root raises a limit.
    least = CORE_BYTES if most == resource.RLIM_INFINITY else min(CORE_BYTES, most)
    resource.setrlimit(resource.RLIMIT_CORE, (least, least))
    sys.excepthook = log_crash
    threading.excepthook = log_thread
    sys.unraisablehook = log_unraisable


def log_crash(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Log what nobody caught by its classes and places; for `sys.excepthook`."""
    structlog.get_logger().critical("crash", exc_info=error)


def log_thread(raised: threading.ExceptHookArgs) -> None:
    """Log what ended a thread that nobody waits for; for `threading.excepthook`."""
    if raised.exc_type is not SystemExit:
        structlog.get_logger().error("thread_raised", exc_info=raised.exc_value)


def log_unraisable(raised: UnraisableHookArgs) -> None:
    """Log what was raised where nothing can catch it, as an object was freed for one; for `sys.unraisablehook`.

    Python's own hook shows that object, too, which may be anything.
    """
    structlog.get_logger().error("unraisable", exc_info=raised.exc_value)
