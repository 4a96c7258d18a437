"""`polyclinic audit`: verify a copy of the log and export it; `server/commands/` adds `subject` and `erase`.

They work on files. A running server is waited for where it has to write down that somebody exported or erased.
"""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import msgspec
import typer

from server.audit import record as records
from server.audit.export import to_fhir
from server.audit.log import KEY_FILE, SUBJECT_FILE
from server.audit.operators import written_down
from server.audit.subjects import Subjects
from server.audit.verify import CHECKPOINT_FILE, LOG_FILE, AuditFault, verify
from server.errors import StartError
from server.typed import typed_text
from server.world.auditing import Action

app = typer.Typer(
    name="audit",
    help="Verify, export and erase from the audit log.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.command("verify")
def verify_copy(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The audit log's folder, or a copy of it.")],
    witness: Annotated[Path | None, typer.Option(help="The witness's copy of the checkpoints.")] = None,
    key: Annotated[str | None, typer.Option(help="The public key (hex) that the log must be signed by.")] = None,
    live: Annotated[
        bool, typer.Option("--live", help="A running or killed server's: the last second may be unsigned.")
    ] = False,
) -> None:
    """Verify an audit log, offline.

    Exit status 0 if all of it holds, 1 with one line that names the place of the first fault: file, record, byte; 2 if
    a file cannot be read.
    """
    _demand_log(path)
    try:
        found = verify(path, witness=witness, key=key, live=live)
    except AuditFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        raise _unreadable(error) from None
    unsigned = found.tree.size - found.signed
    typer.echo(f"{found.tree.size} records, {found.checkpoints} checkpoints, {unsigned} records not signed yet")
    typer.echo(f"log {found.log_id} key {found.key}")
    if witness is not None:
        since = found.signed - found.witnessed
        typer.echo(
            f"the witness saw {found.witnessed} records, the same"
            + (f"; it has not seen the {since} that were signed since" if since else "")
        )


@app.command(short_help="Write the log as FHIR R4 AuditEvent resources.")
def export(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The audit log's folder, or a copy of it.")],
    site: Annotated[
        str, typer.Option(help="What to call the server: its public address.", callback=typed_text)
    ] = "urn:polyclinic:server",
    subject: Annotated[
        str | None, typer.Option(help="Only what this subject did or what was done to it.", callback=typed_text)
    ] = None,
    words: Annotated[
        bool, typer.Option("--words", help="Decrypt the reasons that people wrote; needs the key store.")
    ] = False,
) -> None:
    """Write the log as FHIR R4 AuditEvent resources, one JSON object a line, to standard output.

    It is written down in the log itself, and so among what is exported; of a copy without its signing key nothing can
    be. Exit status 1 if the log does not verify or the subject is unknown; what was written until then is not to be
    used.
    """
    _demand_log(path)
    subjects = open_subjects(path) if subject is not None or words else None
    try:
        wanted = None if subject is None or subjects is None else subjects.find(subject)
        if subject is not None and wanted is None:
            typer.echo(
                "no key of this subject is kept; `polyclinic audit subject` tells the subject of an account", err=True
            )
            raise typer.Exit(1)
        # Before a record is added to it.
        log_id = verify(path, live=True).log_id
        about = () if subject is None else (subject,)
        with written_down(_folder_to_write(path), Action.AUDIT_EXPORTED, {"words": int(words)}, about=about) as told:
            told["records"] = _export(path, log_id, site, wanted, subjects if words else None)
    except StartError as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None
    except AuditFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        if subjects is not None:
            subjects.close()


def _export(path: Path, log_id: str, site: str, wanted: str | None, opening: Subjects | None) -> int:
    """Write the records, of the pseudonym `wanted` if it is given; how many. Raises `OSError`.

    What was sealed is told where `opening` has the keys.
    """
    written = 0
    with (path / LOG_FILE).open("rb") as lines:
        for line in lines:
            if not line.endswith(b"\n"):
                # One that a server is writing.
                break
            record = records.decode(line[records.HASH_HEX + 1 : -1])
            if wanted is not None and wanted not in {record.agent, *record.about}:
                continue
            told = None
            if opening is not None and record.sealed:
                told = opening.unseal(record.sealed, [name for name in (record.agent, *record.about) if name])
            sys.stdout.buffer.write(msgspec.json.encode(to_fhir(record, log_id=log_id, site=site, words=told)) + b"\n")
            written += 1
    sys.stdout.buffer.flush()
    return written


def _folder_to_write(path: Path) -> Path | None:
    """Give the folder of the log in which this export is written down; None for a copy, which says so."""
    if (path / KEY_FILE).is_file():
        return path
    typer.echo(f"{path}: is a copy, without the key that signs it: this export is written down nowhere", err=True)
    return None


def open_subjects(folder: Path) -> Subjects:
    """Open the key store in a log's folder; says why and ends the command with status 1 if it does not serve."""
    file = folder / SUBJECT_FILE
    if not file.is_file():
        typer.echo(f"{file}: there is no such file", err=True)
        raise typer.Exit(1)
    try:
        return Subjects(file)
    except sqlite3.Error as error:
        typer.echo(f"{file}: expected the key store of an audit log, got: {error}", err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        raise _unreadable(error) from None


def _demand_log(path: Path) -> None:
    """Say so where a folder is no log's: a log that lost a file is another matter."""
    try:
        there = any((path / name).exists() for name in (LOG_FILE, CHECKPOINT_FILE))
    except OSError as error:
        raise _unreadable(error) from None
    if not there:
        typer.echo(f"{path}: no audit log is here; a server's is beside its store, as NAME.audit", err=True)
        raise typer.Exit(2)


def _unreadable(error: OSError) -> typer.Exit:
    place = "standard output: cannot be written" if error.filename is None else f"{error.filename}: cannot be opened"
    typer.echo(f"{place}: {error.strerror}", err=True)
    return typer.Exit(2)
