"""The command line, and where the parts of the server are put together.

Only `__main__.py` imports this module, and it is the only one that knows all of them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from random import SystemRandom
from typing import TYPE_CHECKING, Annotated

import structlog
import typer
import uvloop

from protocol.ids import CloseCode
from server.audit.opening import open_audit
from server.audit.telemetry import AuditMetrics
from server.avatars import read_avatars
from server.commands.doubts import REASONS, doubts
from server.commands.register import add_commands
from server.config import NO_PORT, SAMPLE_FACILITY, SAMPLE_WORDS, Facility, load_facility, override_server
from server.doorway.arrivals import Arrivals
from server.errors import AuditStartError, StartError, StoreError
from server.frontdesk.admin import ADMIN_HOST, create_admin
from server.frontdesk.app import create_front_desk
from server.frontdesk.desk import Desk, Phase, Readiness
from server.frontdesk.listener import FrontDeskServer
from server.frontdesk.refusals import WRITE_SECONDS, Refusals
from server.gateway.gateway import Gateway
from server.gateway.telemetry import Telemetry
from server.identity.admission import Admission
from server.identity.origins import Origins
from server.identity.tickets import TicketDesk
from server.identity.tls import prepare_tls
from server.keeper import InvitationKeeper, StoreKeeper, VisitKeeper, recall
from server.ops.crash import leave_no_traces
from server.ops.garbage import CHECK_SECONDS, GarbageCollector
from server.ops.logging import LEVELS, LogCounts, configure_logging, log_loop_fault
from server.ops.metrics import Metrics, WorldCounts
from server.preflight import demand_startable
from server.room_types import ROOM_TYPES, find_room_type
from server.store.motion_writer import MotionWriter
from server.store.sqlite import Store
from server.tick import Clock, Scheduler
from server.world.auditing import NullAuditor
from server.world.directory import ClosedRooms, Directory

if TYPE_CHECKING:
    from collections.abc import Callable

    from server.audit.writer import AuditWriter
    from server.avatars import Avatars

SWEEP_SECONDS = 0.05
"""How often the gateway looks for what is overdue."""

CLOSE_EMPTY_SECONDS = 1.0

FRONT_DESK_STOP_SECONDS = 1.0
"""Of the 2 s that a stop may take, what requests that are being answered get."""

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)

_log: structlog.typing.FilteringBoundLogger = structlog.get_logger("main")

app = typer.Typer(
    name="polyclinic",
    help="Polyclinic, a multiplayer world server for healthcare.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    # A traceback is for the log, in its format; rich's shows local variables, which may hold what somebody said.
    pretty_exceptions_enable=False,
)


@app.command()
def serve(  # noqa: PLR0917 - typer makes options of them
    facility: Annotated[
        Path, typer.Option(help="The facility file (TOML).", show_default=SAMPLE_WORDS)
    ] = SAMPLE_FACILITY,
    host: Annotated[str | None, typer.Option(help="Address that both public ports listen on.")] = None,
    http_port: Annotated[int | None, typer.Option(help="Port of the front desk; 0 picks a free one.")] = None,
    world_port: Annotated[int | None, typer.Option(help="Port of the WebSocket; 0 picks a free one.")] = None,
    admin_port: Annotated[
        int | None, typer.Option(help="Port of the admin interface, on 127.0.0.1; 0 picks a free one, -1 is none.")
    ] = None,
    world_url: Annotated[
        str | None, typer.Option(help="What tickets give as the WebSocket's address, behind a proxy.")
    ] = None,
    origin: Annotated[
        list[str] | None,
        typer.Option(help="An origin whose pages may join, again for each; left out, one's own.", metavar="<str>"),
    ] = None,
    tls_cert: Annotated[str | None, typer.Option(help="Certificate chain (PEM) for both public ports.")] = None,
    tls_key: Annotated[str | None, typer.Option(help="Its key (PEM), if that is in a file of its own.")] = None,
    tls_self_signed: Annotated[
        bool | None, typer.Option("--tls-self-signed", help="Make a certificate, for a first try on a local network.")
    ] = None,
    behind_proxy: Annotated[
        bool | None, typer.Option("--behind-proxy", help="A proxy speaks TLS before this server.")
    ] = None,
    store: Annotated[str | None, typer.Option(help="The SQLite file.")] = None,
    log_level: Annotated[str, typer.Option(help=f"Least level that is logged: {', '.join(LEVELS)}.")] = "info",
) -> None:
    """Serve a facility, until SIGTERM or SIGINT.

    Options override the table `server` of the facility file. When the server takes people it prints one line on
    standard output, `ready http=http://HOST:PORT world=ws://HOST:PORT admin=http://127.0.0.1:PORT` (https and wss in
    TLS; without `admin` if there is no such interface; then `network=` and where others find the front desk, if it
    listens everywhere and behind no proxy; `fingerprint=` at the end if nobody vouches for the certificate); logs are
    JSON on standard error. Exit status: 0 after a graceful stop, 1 if the server cannot start or lost its store, 2 for
    a wrong facility file or option.
    """
    if log_level not in LEVELS:
        raise typer.BadParameter(f"expected one of {', '.join(LEVELS)}, got {log_level!r}", param_hint="--log-level")
    logs = configure_logging(level=log_level)
    leave_no_traces()
    try:
        settled = override_server(
            load_facility(facility, ROOM_TYPES),
            host=host,
            http_port=http_port,
            world_port=world_port,
            admin_port=admin_port,
            world_url=world_url,
            origins=origin or None,
            tls_cert=tls_cert,
            tls_key=tls_key,
            tls_self_signed=tls_self_signed,
            behind_proxy=behind_proxy,
            store=store,
        )
        lost = uvloop.run(run(settled, logs, announce=typer.echo))
        if lost is not None:
            _leave_at_once(lost)
        # On its way out the interpreter looks through all that is alive for garbage, half a second of the two that a
        # stop may take; what is frozen it leaves alone.
        gc.freeze()
    except (StartError, StoreError) as error:
        typer.echo(error.detail, err=True)
        raise typer.Exit(error.exit_status) from None


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def load(context: typer.Context) -> None:
    """Fill a server with simulated avatars and report how it bore it."""
    # Imported here: the server must start without what only the load tester needs.
    from loadtest.cli import app as load_app  # noqa: PLC0415

    load_app(context.args, prog_name="polyclinic load")


add_commands(app)


def _leave_at_once(lost: StoreError) -> None:
    """End the process without closing the store's file, which would sync what a failed sync may have dropped."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(lost.exit_status)


async def run(facility: Facility, logs: LogCounts, announce: Callable[[str], None]) -> StoreError | None:
    """Serve until the process is asked to stop; `announce` is given the ready line. Raises what `Server.start` does.

    Returns why nothing was kept any more at the end, if so: then the process has to end by `os._exit`.
    """
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(log_loop_fault)
    asked_to_stop = asyncio.Event()
    for number in STOP_SIGNALS:
        # Whatever the start waits for: nobody is in yet, and what it leaves is what a kill leaves.
        signal.signal(number, lambda *_: os._exit(0))
    async with AsyncExitStack() as stack:
        await demand_startable(facility.settings.server)
        server = Server(facility, logs, await open_audit(facility.settings, stack))
        loop.add_signal_handler(signal.SIGUSR1, server.garbage.ask_for_all)
        await server.start(stack)
        for number in STOP_SIGNALS:
            loop.add_signal_handler(number, asked_to_stop.set)
        announce(server.ready_line)
        await asked_to_stop.wait()
    return server.lost


class Server:
    """The parts of one process, put together."""

    def __init__(self, facility: Facility, logs: LogCounts, auditor: AuditWriter | None = None) -> None:
        self._facility = facility
        self._audit_writer = auditor
        self._auditor = NullAuditor() if auditor is None else auditor
        self._settings = facility.settings.server
        self._http_port = 0
        self._world_port = 0
        self._admin_port: int | None = None
        self._tls = prepare_tls(self._settings)
        self.clock = Clock()
        self.readiness = Readiness()
        self.keeper = StoreKeeper(self.clock.now)
        self.motion = MotionWriter()
        self.directory = Directory(
            facility.settings,
            find_room_type,
            SystemRandom(),
            auditor=self._auditor,
            keeper=self.keeper,
            motion=self.motion,
        )
        self.tickets = TicketDesk(self._settings.ticket_seconds)
        self.origins = Origins(self._settings.origins or ())
        self.admission = Admission.of(facility.settings, self.clock.now)
        self.arrivals = Arrivals(self._settings.limits, self.clock.now, behind_proxy=self._settings.behind_proxy)
        self.refusals = Refusals(self._auditor)
        self.telemetry = Telemetry()
        self.gateway = Gateway(
            self.directory,
            self.tickets,
            self.telemetry,
            self.clock.now,
            resume_seconds=self._settings.resume_seconds,
            origins=self.origins,
            arrivals=self.arrivals,
            second_device=facility.settings.identity.second_device,
            on_locked=self.admission.lock,
        )
        self.metrics = Metrics(self._count, logs, tickets=lambda: self.tickets.issued)
        if auditor is not None:
            self.metrics.registry.register(AuditMetrics(auditor))
        self.scheduler = Scheduler(self.clock, self.gateway.broadcast, self.metrics)
        self.garbage = GarbageCollector(self.metrics.record_pause, self._is_occupied)
        self._closed_rooms = ClosedRooms()
        self.lost: StoreError | None = None
        """Why nothing is kept any more."""

    @property
    def ready_line(self) -> str:
        """What the command line prints when the server takes people."""
        admin = None if self._admin_port is None else f"http://{ADMIN_HOST}:{self._admin_port}"
        host, behind_proxy = self._settings.host, self._settings.behind_proxy
        return self._tls.ready_line(host, self._http_port, self._world_port, admin, behind_proxy=behind_proxy)

    async def start(self, stack: AsyncExitStack) -> None:
        """Open everything, in the order in which the stack will close it again, last first.

        Raises `PortInUse` or `StoreError`; what was open by then is the stack's to close.
        """
        # By place and code: several roles of one entry may be doubted in the same words.
        for code, key in dict.fromkeys((doubt.code, doubt.key) for doubt in doubts(self._facility)):
            _log.warning("facility_doubt", code=code, key=key, reason=REASONS[code])
        store = await Store.open(Path(self._settings.store))
        stack.push_async_callback(store.close)
        store.writer.on_failure.append(self._lose_store)
        stack.push_async_callback(asyncio.to_thread, self.motion.close)
        visits = VisitKeeper(store)
        stack.push_async_callback(visits.finish)
        await self._open_rooms(store, visits)
        self.admission.begin(Path(self._settings.store))
        stack.push_async_callback(self.admission.close)
        stack.callback(self.refusals.write)
        desk = self._desk(store)
        front_desk = FrontDeskServer(create_front_desk(desk), tls=self._tls.context, arrivals=self.arrivals)
        admin = FrontDeskServer(create_admin(self.directory, self.metrics, desk.revoking))
        stack.push_async_callback(self._stop_listening, front_desk, admin)
        self._world_port = await self.gateway.start(self._settings.host, self._settings.world_port, self._tls.context)
        self._http_port = await front_desk.start(self._settings.host, self._settings.http_port)
        self.origins.allow_own(self._settings, self._http_port, secure=self._tls.secure)
        if self._settings.admin_port != NO_PORT:
            self._admin_port = await admin.start(ADMIN_HOST, self._settings.admin_port)
        if (writer := self._audit_writer) is not None and writer.failed:
            raise AuditStartError("the audit log could not be written any more while the server started")
        self._start_ticking(stack)
        self.readiness.phase = Phase.READY
        if writer is not None:
            _log.info("audit_opened", count=writer.records, key=writer.key)
        _log.info(
            "ready",
            host=self._settings.host,
            http=self._http_port,
            world=self._world_port,
            admin=self._admin_port,
        )

    async def _open_rooms(self, store: Store, visits: VisitKeeper) -> None:
        opened = await store.opened_rooms()
        named = [room.id for room in self._facility.settings.rooms]
        self.keeper.attach(store)
        invitations = InvitationKeeper(store)
        self.admission.invitations.attach(await invitations.recall(), invitations)
        self.directory.recall(recall(await store.kept_rooms([*named, *(room.id for room in opened)])))
        for listener in (self.scheduler, self._closed_rooms):
            self.directory.subscribe(listener)
        now = self.clock.now()
        self.directory.open_named(now)
        visits.reopen(self.directory, opened, now)
        self.directory.subscribe(visits)

    def _desk(self, store: Store) -> Desk:
        return Desk(
            directory=self.directory,
            tickets=self.tickets,
            admission=self.admission,
            facility=self._facility,
            avatars=self._read_avatars(),
            metrics=self.metrics,
            clock=self.clock.now,
            readiness=self.readiness,
            keep_room=store.room_opened,
            world_port=lambda: self._world_port,
            auditor=self._auditor,
            origins=self.origins,
            arrivals=self.arrivals,
            secure=self._tls.secure,
            tls_only=self._tls.vouched_for,
            refusals=self.refusals,
            end_sessions=self.gateway.revoke,
        )

    def _read_avatars(self) -> Avatars:
        avatars = read_avatars(self._facility.avatar_folder)
        for refused in avatars.refused:
            _log.warning("avatar_not_offered", file=refused.file, reason=refused.reason)
        return avatars

    def _start_ticking(self, stack: AsyncExitStack) -> None:
        self.scheduler.every(SWEEP_SECONDS, "sweep", self.gateway.sweep)
        self.scheduler.every(CLOSE_EMPTY_SECONDS, "close_empty", self._close_empty)
        self.scheduler.every(CHECK_SECONDS, "collect_garbage", self.garbage.check)
        self.scheduler.every(WRITE_SECONDS, "write_refusals", self.refusals.write)
        self.scheduler.start(asyncio.get_running_loop())
        stack.callback(self.scheduler.stop)
        self.garbage.begin(self.clock.now())
        stack.callback(self.garbage.end)

    async def _stop_listening(self, *desks: FrontDeskServer) -> None:
        if self.readiness.phase is Phase.READY:
            # Else the one line that says why the server cannot start is the only one.
            _log.info("stopping", sessions=sum(self.gateway.session_counts.values()))
        self.readiness.phase = Phase.STOPPING
        await asyncio.gather(
            self.gateway.close_all(CloseCode.SERVICE_RESTART, "service restart"),
            *(desk.stop(FRONT_DESK_STOP_SECONDS) for desk in desks),
        )

    def _lose_store(self) -> None:
        """Let nobody go on who believes to be heard: what is said now would be kept nowhere."""
        _log.error("store_lost", sessions=sum(self.gateway.session_counts.values()))
        self.lost = StoreError("what is done here cannot be kept; the server has to be restarted")
        self.readiness.lost = self.lost
        self.gateway.turn_away(self.lost)

    def _close_empty(self, now: float) -> None:
        self.directory.close_empty(now)

    def _is_occupied(self) -> bool:
        return any(room.members for room in self.directory.rooms.values())

    def _count(self) -> WorldCounts:
        rooms = self.directory.rooms.values()
        traffic = self.telemetry.traffic
        return WorldCounts(
            avatars=sum(len(room.members) for room in rooms),
            sessions=self.gateway.session_counts,
            rooms=Counter(room.type.name for room in rooms),
            poses=traffic.poses_in,
            frames_sent=traffic.snapshots_out,
            bytes_sent=traffic.bytes_out,
            frames_skipped=traffic.snapshots_skipped,
            closes=self.telemetry.closes,
            faults=self.telemetry.faults,
            refused=self.arrivals.refused,
            events=self.telemetry.events,
            held_bytes_most=self.gateway.held_bytes_most,
            tasks=len(asyncio.all_tasks()),
            errors={
                "gateway": self.telemetry.errors,
                "room": self.scheduler.faults,
                "feature": self._closed_rooms.faults + sum(room.features.faults for room in rooms),
            },
            operations=sum((room.features.operations for room in rooms), self._closed_rooms.operations),
            features=sum((room.features.counts for room in rooms), self._closed_rooms.counts),
        )


if __name__ == "__main__":
    app()
