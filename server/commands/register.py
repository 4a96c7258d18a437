"""Every command of `polyclinic` beside `serve` and `load`, and the line that its help says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from server.audit.commands import app as audit_app
from server.commands.backup import backup, restore
from server.commands.check import check
from server.commands.erasure import erase
from server.commands.invite import invite
from server.commands.revoke import revoke
from server.commands.subject import subject
from server.commands.why import why

if TYPE_CHECKING:
    import typer


def add_commands(app: typer.Typer) -> None:
    """Add them in the order in which help lists them."""
    app.command(short_help="Say why somebody gets an avatar as they do.")(why)
    app.command(short_help="Invite somebody without an account into a room.")(invite)
    app.command(short_help="Take somebody's access back, and end their sessions.")(revoke)
    app.command()(backup)
    app.command()(restore)
    audit_app.command(short_help="Tell the subject of an account, as the records have it.")(subject)
    audit_app.command(short_help="Delete what a subject wrote, and the key of its pseudonym.")(erase)
    app.add_typer(audit_app)
    app.command(short_help="Check a facility file, and print what it comes to.")(check)
