"""The command line: `polyclinic load` and `python -m loadtest`."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from loadtest import report as reports
from loadtest.comparison import comparison_page, figure, measure, model_sets, moved
from loadtest.errors import LoadTestError
from loadtest.frontdesk import FrontDesk
from loadtest.motion.recorded import SUFFIX
from loadtest.motion.traces import read_traces
from loadtest.page import report_page
from loadtest.plan import Request
from loadtest.progress import watcher
from loadtest.scenario import for_room, load_scenario, shipped
from loadtest.swarm import Swarm
from protocol.ids import POSES_PER_SECOND_MAX

CANNOT_RUN = 2
"""Exit status when the test could not be run at all; 1 is a test that found errors."""

_RECORDED = f"Directory of recorded motion (.npz and {SUFFIX}), searched deeply"

app = typer.Typer(
    help="Fill a server with avatars that move like people, and check everything it sends them.",
    invoke_without_command=True,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)


@app.callback()
def load(  # noqa: PLR0917 - typer makes options of them
    context: typer.Context,
    server: Annotated[str, typer.Option(help="Address of the front desk.")] = "http://127.0.0.1:8080",
    avatars: Annotated[int, typer.Option(min=1, max=20_000, help="How many at a time.")] = 200,
    seconds: Annotated[float, typer.Option(min=1, max=86_400, help="Length of the measured window.")] = 20.0,
    room: Annotated[str | None, typer.Option(help="The named room that everybody joins.")] = None,
    scenario: Annotated[str | None, typer.Option(help=f"{', '.join(shipped())}, or a TOML file.")] = None,
    traces: Annotated[Path | None, typer.Option(help=f"{_RECORDED}, instead of the model's.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write the report to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a page with plots to this file.")] = None,
    seed: Annotated[int, typer.Option(help="Of motion, places and talk.")] = 1,
    sample_every: Annotated[
        int | None, typer.Option(min=1, help="Every nth bot checks values; all check structure and canaries.")
    ] = None,
    hz: Annotated[
        float | None,
        typer.Option(min=1, max=POSES_PER_SECOND_MAX, help="Poses a second; the room's ticks if not given."),
    ] = None,
    role: Annotated[str | None, typer.Option(help="Role of the avatars; the facility's first if not given.")] = None,
    joins: Annotated[float, typer.Option(min=1, max=1000, help="Joins a second at the start.")] = 100.0,
) -> None:
    """Load a server with avatars and report how it bore it."""
    if context.invoked_subcommand is not None:
        return
    with _one_line_errors():
        if room is None and scenario is None:
            raise LoadTestError("expected --room or --scenario; --help tells more")
        request = Request(
            server=server,
            avatars=avatars,
            seconds=seconds,
            scenario=load_scenario(scenario) if scenario is not None else for_room(room or ""),
            scenario_name=scenario if scenario is not None else "room",
            room=room,
            traces=traces,
            role=role,
            seed=seed,
            sample_every=sample_every,
            hz=hz,
            joins_per_second=joins,
        )
        if traces is not None:
            # Before a single avatar joins: a directory without motion is the caller's slip.
            read_traces(traces)
        found = _run(request, json, html)
    raise typer.Exit(0 if found.errors == 0 else 1)


@app.command()
def motion(
    traces: Annotated[Path, typer.Option(help=f"{_RECORDED}.")],
    html: Annotated[Path, typer.Option(help="The page to write.")],
    seed: Annotated[int, typer.Option(help="Of the model.")] = 1,
) -> None:
    """Compare the motion model with recordings, in a page with plots."""
    with _one_line_errors():
        _write(html, comparison_page(traces, seed).encode())
        Console(stderr=True).print(f"wrote {html}", highlight=False)


@app.command()
def schema() -> None:
    """Print the JSON schema of the report."""
    sys.stdout.write(reports.json_schema().decode())


class _one_line_errors:  # noqa: N801 - reads like a statement
    """Ends the program with status 2 and one line when the test cannot run."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, LoadTestError):
            sys.stderr.write(f"load test: {error}\n")
            raise typer.Exit(CANNOT_RUN) from error


def _run(request: Request, json: Path | None, html: Path | None) -> reports.Report:
    started = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    shown = watcher(Console(stderr=True))
    swarm = Swarm(request, FrontDesk(request.server), shown)
    try:
        outcome = uvloop.run(swarm.run())
    finally:
        shown.close()
    ours = moved(swarm.parts, request.hz or outcome.tick_hz)
    recorded = any(part.recorded for part in swarm.parts)
    found = reports.build(request, outcome, ours.statistics, started, recorded=recorded)
    if json is not None:
        _write(json, reports.encode(found))
    if html is not None:
        known = (
            model_sets(request.seed)[:2]
            if request.traces is None
            else [measure("all recordings", read_traces(request.traces))]
        )
        _write(
            html,
            report_page(found, figure("Share of time in which head and hands are faster", [ours, *known])).encode(),
        )
    reports.show(found, Console())
    return found


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise LoadTestError(f"{path}: cannot be written: {error.strerror}") from error
