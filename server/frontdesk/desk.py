"""What the front desk works with, and how a request's handler gets at it."""

import enum
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import cast

from starlette.requests import Request

from server.avatars import Avatars
from server.config import Facility
from server.doorway.arrivals import Arrivals
from server.errors import AuditUnavailable, RoleUnknown, Stopping, StoreError
from server.frontdesk.inviting import Inviting
from server.frontdesk.refusals import Refusals
from server.frontdesk.revoking import Revoking
from server.identity.admission import Admission
from server.identity.origins import Origins
from server.identity.tickets import TicketDesk
from server.ops.metrics import Metrics
from server.store.writing import OpenedRoom
from server.world.auditing import Auditor, NullAuditor
from server.world.directory import Directory


class Phase(enum.Enum):
    """Where the process is in its life."""

    STARTING = "starting"
    READY = "ready"
    STOPPING = "stopping"


@dataclass(slots=True)
class Readiness:
    """Whether the server takes people; main turns it."""

    phase: Phase = Phase.STARTING
    lost: StoreError | None = None
    """Why nothing is kept any more."""

    def demand(self) -> None:
        """Raise `Stopping`, or that nothing is kept any more, unless the server takes people."""
        if self.phase is Phase.STARTING:
            raise Stopping("the server is still starting; come back in a moment")
        if self.phase is Phase.STOPPING:
            raise Stopping
        if self.lost is not None:
            raise self.lost


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a handler may need."""

    directory: Directory
    tickets: TicketDesk
    admission: Admission
    facility: Facility
    avatars: Avatars
    """The looks that are files."""
    metrics: Metrics
    clock: Callable[[], float]
    """Seconds since the server started."""
    readiness: Readiness
    keep_room: Callable[[OpenedRoom], Awaitable[None]]
    """Keeps a room that was opened on demand, so that it is on the disk when this returns; raises `StoreError`."""
    world_port: Callable[[], int]
    """The port of the WebSocket, known once it listens."""
    secure: bool = False
    """Whether both ports speak TLS."""
    tls_only: bool = False
    """Whether browsers are told never to ask this host in the clear again."""
    origins: Origins = field(default_factory=Origins)
    """Whose pages may ask for anything but to read."""
    arrivals: Arrivals = field(default_factory=Arrivals)
    """Who counts how much comes from where."""
    auditor: Auditor = field(default_factory=NullAuditor)
    """Who writes down what is audited."""
    refusals: Refusals
    """Who writes down who was refused."""
    end_sessions: Callable[[str], int]
    """Ends a subject's sessions and voids its tickets, in memory alone; how many sessions that were."""

    @property
    def inviting(self) -> Inviting:
        """Who issues invitations and takes them back."""
        return Inviting(
            directory=self.directory,
            admission=self.admission,
            auditor=self.auditor,
            origins=self.origins,
            end_sessions=self.end_sessions,
        )

    @property
    def revoking(self) -> Revoking:
        """Who takes access back."""
        return Revoking(self.inviting)

    def demand_ready(self) -> None:
        """Raise `Stopping` or `AuditUnavailable` unless people can be let in."""
        self.readiness.demand()
        if not self.auditor.available:
            raise AuditUnavailable


def known_role(desk: Desk, role: str) -> str:
    """Give a role back that the facility has. Raises `RoleUnknown`."""
    if role not in desk.directory.rights.roles:
        raise RoleUnknown
    return role


def known_room(desk: Desk, asked: str) -> str:
    """Give a room's id back, for the audit log; "" if there is none of that id, by the same steps."""
    return getattr(desk.directory.rooms.get(asked), "id", "")


def desk_of(request: Request) -> Desk:
    """Get what `create_front_desk` put into the application's state."""
    return cast("Desk", request.app.state.desk)
