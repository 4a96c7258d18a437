"""The facility file, read and checked: what there is, who may do what in it, and where the server listens."""

from server.config.facility import (
    NO_PORT,
    SAMPLE_FACILITY,
    SAMPLE_WORDS,
    Facility,
    FacilitySettings,
    ServerSettings,
    load_facility,
    override_server,
)
from server.config.rooms import (
    Box,
    NamedRoomSettings,
    ObjectSettings,
    Point,
    PortalSettings,
    RoomSettings,
    SpawnSettings,
    VisitSettings,
    ZoneSettings,
)

__all__ = [
    "NO_PORT",
    "SAMPLE_FACILITY",
    "SAMPLE_WORDS",
    "Box",
    "Facility",
    "FacilitySettings",
    "NamedRoomSettings",
    "ObjectSettings",
    "Point",
    "PortalSettings",
    "RoomSettings",
    "ServerSettings",
    "SpawnSettings",
    "VisitSettings",
    "ZoneSettings",
    "load_facility",
    "override_server",
]
