"""Log lines: one JSON object a line on standard error, of fields that are named here and nowhere else.

No name, role, chat text, ticket or address of a person may reach a log, and a rule that is only written down is broken
sooner or later. So a line keeps the fields of `FIELDS` and loses every other; an exception is told by its class and by
the places it went through, never by its message, which may quote what somebody sent; and a line of another library is
told by its first line, before its arguments are filled in. What was dropped is counted, in the line and in the metrics.
"""

import enum
import hashlib
import logging
import math
import re
import sys
import traceback
from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TextIO

import structlog
from structlog.typing import EventDict, Processor

FIELDS: Final = frozenset(
    {
        # added to every line
        "time", "level", "event", "logger",
        # what went wrong, and where in the code
        "error", "where", "code", "close_code", "reason", "dropped", "left_out",
        # which part of the server
        "feature", "callback", "file", "key", "host", "port", "http", "world", "admin",
        "route", "method", "status", "signal",
        # which room and session, by ids that say nothing of a person
        "room", "room_type", "session", "entity", "slot", "state", "kind", "type", "tick",
        # how many, how much, how long
        "count", "size", "seconds", "complete", "avatars", "sessions", "connections", "rooms", "version", "schema",
    }
)  # fmt: skip
"""Every field a log line may have. Values that a person typed do not belong under any of them."""

TEXT_MAX: Final = 200
"""Characters of a value that are kept."""

FRAMES_MAX: Final = 8
"""Places of an exception's way that are told, the innermost first."""

LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_VISIT: Final = re.compile(r"^(?P<type>[a-z][a-z0-9-]*)-[0-9a-f]{16}$")

_LOOP_WORDS: Final = re.compile(r"[A-Za-z ,.-]*?(?:\bcallback\b|(?=[^A-Za-z ,.-]|$))")
"""Of what an event loop says: up to where it begins to show an object, a callback or another."""

_ROOT: Final = Path(__file__).parents[2]


class LogCounts:
    """What became of the log lines so far; read by the metrics."""

    def __init__(self) -> None:
        self.lines: Counter[str] = Counter()
        """Lines written, by level."""
        self.fields_dropped = 0
        """Fields that were not in `FIELDS`."""
        self.lines_lost = 0
        """Lines the stream did not take, because its reader went away for instance."""


class _LineWriter:
    """The end of the chain: writes lines, and never lets a broken pipe of a log reader stop a room."""

    def __init__(self, stream: TextIO, counts: LogCounts, name: str = "") -> None:
        self.name = name
        self._stream = stream
        self._counts = counts

    def named(self, name: str) -> Self:
        """Give the writer for a logger of that name."""
        return type(self)(self._stream, self._counts, name)

    def msg(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except (OSError, ValueError):  # ValueError: the stream is closed
            self._counts.lines_lost += 1

    debug = info = warning = error = critical = msg


class _StdlibHandler(logging.Handler):
    """Sends what other libraries log through the same chain."""

    def __init__(self, processors: list[Processor], writer: _LineWriter) -> None:
        super().__init__()
        self._processors = processors
        self._writer = writer

    def emit(self, record: logging.LogRecord) -> None:
        fields: Any = {"event": _first_line(record.msg), "logger": record.name, "exc_info": record.exc_info}
        for processor in self._processors:
            fields = processor(self._writer, record.levelname.lower(), fields)
        self._writer.msg(fields)


def configure_logging(stream: TextIO = sys.stderr, level: str = "info") -> LogCounts:
    """Route `structlog` and the standard library's loggers to `stream`; `level` is a key of `LEVELS`.

    Other libraries are heard from `warning` up, whatever the level. Returns the counts of what is logged from now on.
    """
    counts = LogCounts()
    writer = _LineWriter(stream, counts)
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _name_logger,
        _describe_error,
        _AllowedFields(counts),
        structlog.processors.JSONRenderer(sort_keys=False, default=_type_name),
    ]
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=lambda name="": writer.named(name),
        cache_logger_on_first_use=False,
    )
    logging.root.handlers[:] = [_StdlibHandler(processors, writer)]
    logging.root.setLevel(logging.WARNING)
    return counts


def log_loop_fault(_loop: AbstractEventLoop, context: Mapping[str, Any]) -> None:
    """Log a fault nobody caught; for `loop.set_exception_handler`.

    asyncio's own handler writes the representations of callbacks and their arguments, which may be anything. So may
    what the loop says in words: only its beginning is told.
    """
    said = _LOOP_WORDS.match(str(context.get("message", "")))
    structlog.get_logger().error(
        "event loop fault", reason=said[0].rstrip() if said else "", exc_info=context.get("exception")
    )


def _first_line(message: object) -> str:
    """Take a message before its arguments are filled in; an exception that was logged as one is only named."""
    if not isinstance(message, str):
        return type(message).__name__
    return message.partition("\n")[0]


def _name_logger(logger: _LineWriter, _method: str, fields: EventDict) -> EventDict:
    if logger.name:
        fields.setdefault("logger", logger.name)
    return fields


def _describe_error(_logger: object, _method: str, fields: EventDict) -> EventDict:
    error = _exception_of(fields.pop("exc_info", None))
    if error is not None:
        fields["error"] = " from ".join(_class_chain(error))
        fields["where"] = " < ".join(_places(error.__traceback__))
    return fields


def _exception_of(exc_info: object) -> BaseException | None:
    """Find the exception in what loggers pass as `exc_info`: one, a triple, or `True` for the one being handled."""
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        error: BaseException | None = exc_info[1]
        return error
    return sys.exc_info()[1] if exc_info else None


def _class_chain(error: BaseException) -> list[str]:
    names: list[str] = []
    following: BaseException | None = error
    while following is not None and len(names) < FRAMES_MAX:
        names.append(type(following).__name__)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return names


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[::-1][:FRAMES_MAX]
    return [f"{_short_path(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]


def _short_path(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT / "server") else path.name


class _AllowedFields:
    """Keeps the fields of `FIELDS`, in that spirit, with values that are plain and short."""

    def __init__(self, counts: LogCounts) -> None:
        self._counts = counts

    def __call__(self, _logger: object, _method: str, fields: EventDict) -> MutableMapping[str, Any]:
        kept: dict[str, Any] = {key: None for key in ("time", "level", "logger", "event") if key in fields}
        kept |= {key: _plain(key, value) for key, value in fields.items() if key in FIELDS}
        dropped = sum(key not in FIELDS for key in fields)
        if dropped:
            kept["dropped"] = dropped
            self._counts.fields_dropped += dropped
        self._counts.lines[str(fields.get("level"))] += 1
        return kept


def room_mark(room: str) -> str:
    """Tell rooms apart without letting a reader in: the id of a room opened on demand is an invitation."""
    visit = _VISIT.match(room)
    if visit is None:
        return room[:TEXT_MAX]
    return f"{visit['type']}~{hashlib.blake2s(room.encode(), digest_size=4).hexdigest()}"


def _plain(key: str, value: object) -> object:
    if isinstance(value, enum.Enum):
        value = value.value if isinstance(value.value, int) else value.name.lower()
    # `where` is made of our own file and function names: worth its length.
    if value is None or isinstance(value, int) or key == "where":
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, str | Path):
        return room_mark(str(value)) if key == "room" else str(value)[:TEXT_MAX]
    return _type_name(value)


def _type_name(value: object) -> str:
    return type(value).__name__
