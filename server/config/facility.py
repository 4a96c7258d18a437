"""The facility file: parsed once in `server/main.py`, from TOML into frozen structs.

Unknown keys are errors, ranges are checked, and so is what no single key can show (`checks.py`). Every error is one
line, `file: key: expected X, got Y`, and ends the process with status 2. Lengths are metres, angles degrees, times
seconds.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import msgspec
from msgspec import Meta, Struct

from server.config.audit import AuditSettings
from server.config.checks import TypeDefaults, check_facility
from server.config.identity import AdmissionSettings, GuestSettings, IdentitySettings
from server.config.limits import LIMIT_TABLES
from server.config.rights import RightsSettings, roles_of
from server.config.rooms import (
    Name,
    NamedRoomSettings,
    ObjectSettings,
    PortalSettings,
    SpawnSettings,
    VisitSettings,
    ZoneSettings,
)
from server.config.safety import DEFAULT_SAFETY, SafetySettings
from server.config.words import HOST, WORLD_URL, explain
from server.errors import ConfigError
from server.scene import Seat
from server.scene_merge import QuietZone, read_facility_tree

if TYPE_CHECKING:
    from collections.abc import Mapping

SAMPLE_FACILITY = Path(__file__).parents[1] / "facility" / "sample.toml"
"""The facility that is served when none is named."""

SAMPLE_WORDS = "the sample clinic's"
"""How a page of help tells it."""

NO_PORT = -1
"""In the place of a port: do not listen."""

Host = Annotated[str, Meta(pattern=HOST)]
Port = Annotated[int, Meta(ge=0, le=65535)]
AdminPort = Annotated[int, Meta(ge=NO_PORT, le=65535)]


DEFAULT_STORE: Final = "polyclinic.sqlite3"
"""The store where nobody names one: in the folder in which the server is started."""


class ServerSettings(AdmissionSettings, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Where the server listens and what it keeps; `[server]`. The command line overrides it."""

    host: Host = "127.0.0.1"
    """The address both public ports listen on."""
    http_port: Port = 8080
    """The front desk; 0 picks a free one."""
    world_port: Port = 8081
    """The WebSocket; 0 picks a free one."""
    admin_port: AdminPort = 8082
    """The admin interface, on the loopback address whatever `host` says; 0 picks a free one, -1 is none."""
    public_metrics: bool = False
    """Whether whoever reaches the front desk reads `/metrics`; else programs of this machine, behind a proxy nobody.

    The admin interface tells them in any case.
    """
    world_url: Annotated[str, Meta(pattern=WORLD_URL)] | None = None
    """What tickets give as the WebSocket's address, when a proxy stands before it."""
    store: Annotated[str, Meta(min_length=1)] = DEFAULT_STORE
    """The SQLite file, relative to where the server is started."""
    resume_seconds: Annotated[float, Meta(ge=0.0, le=600.0)] = 30.0
    """How long a session whose socket was lost keeps its place."""
    ticket_seconds: Annotated[float, Meta(gt=0.0, le=60.0)] = 60.0
    """How long a join ticket opens the door."""


class FacilitySettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The whole file."""

    name: Name
    """What people call the facility."""
    rights: tuple[RightsSettings, ...]
    """What each role may do in which rooms; the roles named here are those a person may come in."""
    rooms: tuple[NamedRoomSettings, ...]
    """The rooms that are always open."""
    visits: tuple[VisitSettings, ...] = ()
    """The kinds of rooms opened on demand."""
    scenes: str = "scenes"
    """The folder of the scene files, relative to this file."""
    avatars: str | None = None
    """The folder of looks that are VRM 1.0 files, relative to this file; left out, people have the clients' own."""
    server: ServerSettings = ServerSettings()
    """Where the server listens and what it keeps."""
    audit: AuditSettings = AuditSettings()
    """What is written down of who did what."""
    identity: IdentitySettings = IdentitySettings()
    """How it is known who somebody is."""
    safety: SafetySettings = DEFAULT_SAFETY
    """Automatic logoff, and how long who was shown out stays out."""

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles a person may come in."""
        return roles_of(self.rights)


class Facility(Struct, frozen=True, kw_only=True):
    """A facility file that was read, checked and found good."""

    file: Path
    """Where it stands."""
    settings: FacilitySettings
    """What it says."""
    quiet_zones: tuple[QuietZone, ...] = ()
    """The scenes' zones of which nobody says whether they are private."""

    @property
    def scene_folder(self) -> Path:
        """Where the scene files are."""
        return self.file.parent / self.settings.scenes

    @property
    def avatar_folder(self) -> Path | None:
        """Where the looks that are files are, if there are any."""
        return None if self.settings.avatars is None else self.file.parent / self.settings.avatars


def load_facility(file: Path, room_types: Mapping[str, TypeDefaults]) -> Facility:
    """Read a facility file; `room_types` are the types there are, by name.

    Raises `ConfigError` with the one line that says what is wrong.
    """
    tree, quiet = read_facility_tree(file)
    try:
        settings = msgspec.convert(tree, FacilitySettings)
    except msgspec.ValidationError as error:
        raise explain(file, tree, error, _TABLES) from None
    facility = Facility(file=file, settings=settings, quiet_zones=quiet)
    check_facility(facility, room_types)
    return facility


def override_server(facility: Facility, **values: object) -> Facility:
    """Put what the command line says in place of what the file says; `None` leaves the file's value.

    Raises `ConfigError`, with the option's name in the place of the key.
    """
    given = {key: value for key, value in values.items() if value is not None}
    merged = {**msgspec.to_builtins(facility.settings.server), **given}
    try:
        server = msgspec.convert(merged, ServerSettings)
    except msgspec.ValidationError as error:
        wrong = explain(Path("command line"), merged, error, {"": ServerSettings})
        raise ConfigError(wrong.file, f"--{wrong.key.replace('_', '-')}", wrong.expected, wrong.got) from None
    return msgspec.structs.replace(facility, settings=msgspec.structs.replace(facility.settings, server=server))


_TABLES: Mapping[str, type[Struct]] = {
    "": FacilitySettings,
    "server": ServerSettings,
    **LIMIT_TABLES,
    "audit": AuditSettings,
    "identity": IdentitySettings,
    "guests": GuestSettings,
    "rights": RightsSettings,
    "safety": SafetySettings,
    "rooms": NamedRoomSettings,
    "visits": VisitSettings,
    "zones": ZoneSettings,
    "spawns": SpawnSettings,
    "objects": ObjectSettings,
    "portals": PortalSettings,
    "seats": Seat,
}
"""The struct behind each table, by the table's name."""
