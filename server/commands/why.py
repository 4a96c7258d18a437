"""`polyclinic why`: asks a running server's admin interface why somebody gets an avatar as they do."""

from __future__ import annotations

import sys
import threading
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text
from rich.tree import Tree

from server.commands.admin_client import (
    AdminOption,
    FacilityOption,
    NoAnswer,
    admin_address,
    ask_admin,
    read_answer,
    refusal,
)
from server.config import SAMPLE_FACILITY
from server.typed import typed_text
from server.world.explanation import Explanation

if TYPE_CHECKING:
    from collections.abc import Iterator

CANNOT_TELL: Final = 2
"""Exit status when there is no answer."""

WATCH_SECONDS: Final = 1.0

_PIPE_COLUMNS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked about, and which server is asked."""

    admin: str
    observer: str
    subject: str
    room: str | None = None

    @property
    def target(self) -> str:
        """The path and query of the request."""
        asked = {"observer": self.observer, "subject": self.subject}
        if self.room is not None:
            asked["room"] = self.room
        return f"/v1/admin/why?{urlencode(asked)}"


def why(  # noqa: PLR0917 - typer makes options of them
    observer: Annotated[
        str, typer.Argument(metavar="OBSERVER", help="Who sees: an entity id, or an exact name.", callback=typed_text)
    ],
    subject: Annotated[
        str,
        typer.Argument(
            metavar="SUBJECT", help="Who or what is seen: an entity id, or an exact name.", callback=typed_text
        ),
    ],
    facility: FacilityOption = SAMPLE_FACILITY,
    admin: AdminOption = None,
    room: Annotated[str | None, typer.Option(help="Look for both in this room alone.", callback=typed_text)] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Ask again each second, until Ctrl-C.")] = False,
) -> None:
    """Say why somebody gets an avatar as they do: how far it is, how much of it is shown, how often, and what for.

    Ids are in the room's list: GET /v1/admin/rooms/{room}/people. Exit status: 0, or 2 without an answer (no server
    at the address, nobody of that id or name, two who are in different rooms); one line says why.
    """
    try:
        question = Question(admin_address(facility, admin), observer, subject, room)
        _show_each(_answers(question, watch=watch), json=json, watch=watch)
    except NoAnswer as error:
        typer.echo(f"why: {error}", err=True)
        raise typer.Exit(CANNOT_TELL) from None
    except KeyboardInterrupt:
        # The way to end a watch, and nothing went wrong.
        raise typer.Exit(0) from None


def ask(question: Question) -> bytes:
    """Ask once; the answer as JSON. Raises `NoAnswer`."""
    status, body = ask_admin(question.admin, "GET", question.target)
    if status != HTTPStatus.OK:
        raise NoAnswer(_refusal(question, status, body))
    return body


def picture(told: Explanation) -> Tree:
    """Draw the answer with its terms below it."""
    # `Text`, because a name may have brackets that would be taken for markup.
    tree = Tree(Text(told.answer, style="bold"), guide_style="dim")
    for line in told.lines:
        tree.add(Text(line))
    tree.add(Text(f"room {told.room}, {told.sight.tick_hz} Hz, at tick {told.tick}", style="dim"))
    return tree


def _refusal(question: Question, status: int, body: bytes) -> str:
    detail = refusal(question.admin, status, body)
    said = {"observer": question.observer, "subject": question.subject}
    part = detail.partition(":")[0]
    # The server's words repeat nobody's name, so that none gets into a log; here whoever asks reads their own.
    return f"{part} {said[part]!r}{detail.removeprefix(part)}" if part in said else detail


def _answers(question: Question, *, watch: bool) -> Iterator[bytes]:
    yield ask(question)
    pause = threading.Event()
    while watch:
        pause.wait(WATCH_SECONDS)
        yield ask(question)


def _show_each(answers: Iterator[bytes], *, json: bool, watch: bool) -> None:
    if json:
        for answer in answers:
            sys.stdout.write(answer.decode() + "\n")
            sys.stdout.flush()
        return
    console = Console(highlight=False)
    if not console.is_terminal:
        # A pipe has no width: what reads it wants a line to be a line.
        console.width = _PIPE_COLUMNS
    if not (watch and console.is_terminal):
        for answer in answers:
            console.print(picture(_read(answer)))
        return
    with Live(console=console, auto_refresh=False) as live:
        for answer in answers:
            live.update(picture(_read(answer)), refresh=True)


def _read(answer: bytes) -> Explanation:
    return read_answer(answer, Explanation)
