"""What is left of this process when it crashes: a line in the log, and no picture of its memory.

Its memory holds what people say and are called. A core dump would write that to a disk, or hand it to whatever the
system collects crashes with; a traceback ends with an error's words, which may quote it.
"""

import resource
import sys
from types import TracebackType

import structlog


def leave_no_traces() -> None:
    """Forbid core dumps, to this process and those it starts, and tell of an uncaught exception as the log does."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.excepthook = log_crash


def log_crash(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    """Log what nobody caught by its classes and places; for `sys.excepthook`."""
    structlog.get_logger().critical("crash", exc_info=error)
