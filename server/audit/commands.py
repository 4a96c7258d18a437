"""`polyclinic audit`: verify a copy of the log and export it; `server/erasure.py` adds `erase`. None asks a server."""

from __future__ import annotations

import sqlite3
import sys
from pathlib import Path  # noqa: TC003 - typer reads the annotations
from typing import Annotated

import msgspec
import typer

from server.audit import record as records
from server.audit.export import to_fhir
from server.audit.log import SUBJECT_FILE
from server.audit.subjects import Subjects
from server.audit.verify import LOG_FILE, AuditFault, verify

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
    site: Annotated[str, typer.Option(help="What to call the server: its public address.")] = "urn:polyclinic:server",
    subject: Annotated[str | None, typer.Option(help="Only what this subject did or what was done to it.")] = None,
    words: Annotated[
        bool, typer.Option("--words", help="Decrypt the reasons that people wrote; needs the key store.")
    ] = False,
) -> None:
    """Write the log as FHIR R4 AuditEvent resources, one JSON object a line, to standard output.

    Exit status 1 if the log does not verify or the subject is unknown; what was written until then is not to be used.
    """
    subjects = open_subjects(path) if subject is not None or words else None
    try:
        wanted = None if subject is None or subjects is None else subjects.find(subject)
        if subject is not None and wanted is None:
            typer.echo("no key of this subject is kept", err=True)
            raise typer.Exit(1)
        log_id = verify(path, live=True).log_id
        with (path / LOG_FILE).open("rb") as lines:
            for line in lines:
                record = records.decode(line[records.HASH_HEX + 1 : -1])
                if wanted is not None and wanted not in {record.agent, *record.about}:
                    continue
                told = None
                if words and subjects is not None and record.sealed:
                    told = subjects.unseal(record.sealed, [name for name in (record.agent, *record.about) if name])
                sys.stdout.buffer.write(
                    msgspec.json.encode(to_fhir(record, log_id=log_id, site=site, words=told)) + b"\n"
                )
        sys.stdout.buffer.flush()
    except AuditFault as fault:
        typer.echo(str(fault), err=True)
        raise typer.Exit(1) from None
    except OSError as error:
        raise _unreadable(error) from None
    finally:
        if subjects is not None:
            subjects.close()


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


def _unreadable(error: OSError) -> typer.Exit:
    typer.echo(f"{error.filename}: cannot be opened: {error.strerror}", err=True)
    return typer.Exit(2)
