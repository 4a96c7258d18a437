import ast
import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import structlog
import uvloop

from protocol.ids import CloseCode
from server.ops.logging import FIELDS, FRAMES_MAX, TEXT_MAX, LogCounts, configure_logging, log_loop_fault

ROOT = Path(__file__).parents[4]
SECRET = "Ann Example, born 1970"  # noqa: S105 - a person, not a password


class Colour(Enum):
    RED = "r"


@dataclass
class Said:
    """Whose representation, and that of its methods, has what somebody said."""

    text: str

    def wrong(self) -> None:
        raise ValueError(self.text)


class Log:
    def __init__(self, level: str = "debug") -> None:
        self.stream = io.StringIO()
        self.counts: LogCounts = configure_logging(self.stream, level)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    @property
    def line(self) -> dict[str, Any]:
        (line,) = self.lines
        return line


@pytest.fixture
def log() -> Iterator[Log]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield Log()
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


def test_a_line_is_a_json_object_with_time_level_logger_and_event_first(log: Log) -> None:
    structlog.get_logger("gateway").info("session joined", session="s1", room="lobby")
    assert list(log.line) == ["time", "level", "logger", "event", "session", "room"]
    assert (log.line["level"], log.line["event"], log.line["room"]) == ("info", "session joined", "lobby")
    assert log.line["time"].endswith("Z")
    assert log.counts.lines == {"info": 1}


def test_the_id_of_a_room_opened_on_demand_is_told_as_a_mark_that_lets_nobody_in(log: Log) -> None:
    for visit in ("consult-0123456789abcdef", "consult-0123456789abcdef", "consult-0123456789abcdee"):
        structlog.get_logger().info("session joined", room=visit)
    first, again, other = (line["room"] for line in log.lines)
    assert first == again != other
    assert first.startswith("consult~")
    assert "0123456789abcde" not in log.stream.getvalue()


def test_a_field_that_is_not_on_the_list_is_dropped_and_counted(log: Log) -> None:
    structlog.get_logger().warning("chat refused", room="lobby", name=SECRET, text=SECRET, ticket="eyJ")
    assert SECRET not in log.stream.getvalue()
    assert log.line["dropped"] == 3
    assert log.counts.fields_dropped == 3


@pytest.mark.parametrize(
    "field", ["name", "role", "avatar", "subject", "text", "ticket", "token", "detail", "body", "url"]
)
def test_what_could_name_a_person_is_not_on_the_list(field: str) -> None:
    assert field not in FIELDS


def test_bound_fields_are_held_to_the_list_too(log: Log) -> None:
    structlog.get_logger().bind(subject=SECRET, session="s1").info("resumed")
    assert "subject" not in log.line
    assert log.line["session"] == "s1"


def test_a_loggers_name_is_told(log: Log) -> None:
    structlog.get_logger("gateway").info("closed")
    structlog.get_logger().info("closed")
    assert [line.get("logger") for line in log.lines] == ["gateway", None]


def test_line_breaks_and_control_characters_are_escaped(log: Log) -> None:
    structlog.get_logger().info("closed", reason='a\n{"level":"error"}\x1b[31m\u202eb')
    assert len(log.stream.getvalue().splitlines()) == 1
    assert log.stream.getvalue().isascii()
    assert "\x1b" not in log.stream.getvalue()
    assert log.line["reason"] == 'a\n{"level":"error"}\x1b[31m\u202eb'


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (7, 7),
        (1.5, 1.5),
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (CloseCode.MALFORMED, 4501),
        (Colour.RED, "red"),
        (Path("a/b"), "a/b"),
        ("x" * 500, "x" * TEXT_MAX),
        (b"bytes of somebody", "bytes"),
        ({"name": SECRET}, "dict"),
        ([SECRET], "list"),
        (ValueError(SECRET), "ValueError"),
    ],
)
def test_values_are_plain_and_short(log: Log, value: object, kept: object) -> None:
    structlog.get_logger().info("seen", reason=value)
    assert log.line["reason"] == kept


def test_an_exception_is_told_by_class_and_place_and_not_by_its_message(log: Log) -> None:
    def fails() -> None:
        raise ValueError(SECRET)

    try:
        try:
            fails()
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError:
        structlog.get_logger().exception("feature failed", feature="chat", callback="on_tick")
    assert SECRET not in log.stream.getvalue()
    assert log.line["error"] == "RuntimeError from ValueError"
    assert log.line["where"].startswith("test_logging.py:")
    assert "exc_info" not in log.line


def test_an_exception_may_be_passed_itself_and_its_way_is_cut(log: Log) -> None:
    def deep(left: int) -> None:
        if left:
            deep(left - 1)
        raise KeyError(SECRET)

    with pytest.raises(KeyError) as caught:
        deep(40)
    structlog.get_logger().error("failed", exc_info=caught.value)
    assert log.line["where"].count("deep") == FRAMES_MAX
    assert log.line["error"] == "KeyError"


def test_places_in_the_server_are_told_with_their_folder(log: Log) -> None:
    try:
        configure_logging(log.stream, "no such level")
    except KeyError:
        structlog.get_logger().exception("failed")
    assert log.line["where"].startswith("server/ops/logging.py:")


def test_exc_info_without_an_exception_adds_nothing(log: Log) -> None:
    structlog.get_logger().error("failed", exc_info=True)
    assert "error" not in log.line


def test_other_libraries_are_heard_from_warning_up_before_their_arguments_are_filled_in(log: Log) -> None:
    logging.getLogger("uvicorn.error").info("Started %s", SECRET)
    logging.getLogger("picows").warning("bad frame from %s\nsecond line", SECRET)
    assert SECRET not in log.stream.getvalue()
    assert (log.line["logger"], log.line["level"], log.line["event"]) == ("picows", "warning", "bad frame from %s")


def test_an_exception_of_another_library_is_told_in_the_same_way(log: Log) -> None:
    error = OSError(SECRET)
    logging.getLogger("uvicorn.error").error(error, exc_info=error)  # as uvicorn does it
    assert SECRET not in log.stream.getvalue()
    assert (log.line["event"], log.line["error"]) == ("OSError", "OSError")


def test_lines_below_the_level_are_not_written() -> None:
    log = Log(level="warning")
    structlog.get_logger().info("quiet")
    structlog.get_logger().error("loud")
    assert [line["event"] for line in log.lines] == ["loud"]
    structlog.reset_defaults()
    logging.root.handlers[:] = []


def test_a_stream_that_is_gone_stops_nothing(log: Log) -> None:
    log.stream.close()
    structlog.get_logger().error("nobody reads this")
    logging.getLogger("uvicorn.error").error("nor this")
    assert log.counts.lines_lost == 2


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
@pytest.mark.parametrize("call", [lambda: int(SECRET), partial(int, SECRET), Said(SECRET).wrong])
def test_a_fault_of_the_event_loop_is_told_without_what_it_was_about(
    log: Log, new_loop: Callable[[], asyncio.AbstractEventLoop], call: Callable[[], object]
) -> None:
    loop = new_loop()
    loop.set_exception_handler(log_loop_fault)
    loop.call_soon(call)
    loop.call_soon(loop.stop)
    loop.run_forever()
    loop.close()
    assert SECRET not in str(log.line)
    assert (log.line["reason"], log.line["error"]) == ("Exception in callback", "ValueError")


def test_what_an_event_loop_says_in_words_is_told(log: Log) -> None:
    loop = asyncio.new_event_loop()
    log_loop_fault(loop, {"message": "Task exception was never retrieved", "exception": ValueError(SECRET)})
    log_loop_fault(loop, {"message": f"an error occurred during closing of <{SECRET}>"})
    loop.close()
    assert [line["reason"] for line in log.lines] == [
        "Task exception was never retrieved",
        "an error occurred during closing of",
    ]


def log_calls(source: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(source.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"debug", "info", "warning", "error", "exception", "critical", "bind"}
            and "log" in ast.unparse(node.func.value).lower()
        ):
            yield node


@pytest.mark.parametrize(
    "source", sorted((ROOT / "server").rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT))
)
def test_every_log_call_of_the_server_says_fixed_words_and_listed_fields(source: Path) -> None:
    for call in log_calls(source):
        where = f"{source.name}:{call.lineno}"
        assert all(isinstance(argument, ast.Constant) for argument in call.args), where
        assert {keyword.arg for keyword in call.keywords} <= FIELDS | {"exc_info"}, where
