"""The log as FHIR R4 AuditEvent resources, in the shape of IHE's Basic Audit Log Patterns (ITI BALP).

Each has what those patterns require: type, subtype, action, recorded, outcome; the person who acted as the requesting
agent with the two applications between which it went; source; and the entities. No profile is claimed: the patterns for
patients' data speak of REST calls, and what is done in a room is none. People appear by their pseudonyms; network
addresses of people are not kept, and FHIR's word for that (`masked`) stands in their place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from server.audit.operators import LOGIN, OPERATOR
from server.world.auditing import Action

if TYPE_CHECKING:
    from collections.abc import Mapping

    from server.audit.record import Record

Json = dict[str, Any]

DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
REST: Final = "http://hl7.org/fhir/restful-interaction"
LIFECYCLE: Final = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle"
PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
REASON: Final = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
ENTITY_TYPE: Final = "http://terminology.hl7.org/CodeSystem/audit-entity-type"
ENTITY_ROLE: Final = "http://terminology.hl7.org/CodeSystem/object-role"
SOURCE_TYPE: Final = "http://terminology.hl7.org/CodeSystem/security-source-type"
ABSENT: Final = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"

OWN_ACTION: Final = "urn:polyclinic:audit-action"
OWN_ROLE: Final = "urn:polyclinic:role"
OWN_PSEUDONYM: Final = "urn:polyclinic:subject-pseudonym"
OWN_OPERATOR: Final = "urn:polyclinic:operator"
"""An account of the server's machine, by its name."""
OWN_ROOM: Final = "urn:polyclinic:room"
OWN_LOG: Final = "urn:polyclinic:audit-log"

URI: Final = "5"
"""Of FHIR's network-type: the address is a URI."""


IP: Final = "2"
"""Of FHIR's network-type: the address is an IP address."""


class _Kind(NamedTuple):
    type: Json
    subtype: Json
    action: str
    """C, R, U, D or E."""


def _coding(system: str, code: str, display: str) -> Json:
    return {"system": system, "code": code, "display": display}


_ACTIVITY: Final = _coding(DCM, "110100", "Application Activity")
_LOGIN: Final = _Kind(_coding(DCM, "110114", "User Authentication"), _coding(DCM, "110122", "Login"), "E")
_LOGOUT: Final = _Kind(_coding(DCM, "110114", "User Authentication"), _coding(DCM, "110123", "Logout"), "E")
_READ: Final = _Kind(_coding(DCM, "110110", "Patient Record"), _coding(REST, "read", "read"), "R")
_CREATED: Final = _Kind(_ACTIVITY, _coding(REST, "create", "create"), "C")
_UPDATED: Final = _Kind(_ACTIVITY, _coding(REST, "update", "update"), "U")
_ROLES: Final = _coding(DCM, "110137", "User security Attribute Changed")
_ALERT: Final = _coding(DCM, "110113", "Security Alert")
_OPENED: Final = _Kind(_ACTIVITY, _coding(DCM, "110120", "Application Start"), "E")

_DESTROYED: Final = _Kind(_ACTIVITY, _coding(LIFECYCLE, "destroy", "Destroy/Delete Record Lifecycle Event"), "D")

_KINDS: Final[Mapping[str, _Kind]] = {
    "log_created": _OPENED,
    "log_opened": _OPENED,
    "subject_erased": _DESTROYED,
    Action.TICKET_ISSUED: _LOGIN,
    Action.TICKET_REFUSED: _LOGIN,
    Action.STRANGERS_REFUSED: _LOGIN,
    Action.INVITATION_ISSUED: _Kind(_ROLES, _coding(REST, "create", "create"), "C"),
    Action.INVITATION_REVOKED: _Kind(_ROLES, _coding(REST, "delete", "delete"), "D"),
    Action.ACCESS_REVOKED: _Kind(_ROLES, _coding(REST, "delete", "delete"), "D"),
    Action.VISIT_OPENED: _CREATED,
    Action.DEVICE_PAIRED: _LOGIN,
    Action.JOINED: _LOGIN,
    Action.LEFT: _LOGOUT,
    Action.REMOVED: _LOGOUT,
    Action.LOCKED: _LOGOUT,
    Action.MODERATED: _Kind(_ROLES, _coding(REST, "update", "update"), "U"),
    Action.ZONE_ENTERED: _READ,
    Action.ZONE_LEFT: _READ,
    Action.SIGHT_BEGAN: _READ,
    Action.SIGHT_ENDED: _READ,
    Action.CHAT_SAID: _CREATED,
    Action.PROP_HANDLED: _UPDATED,
    Action.PANEL_WRITTEN: _UPDATED,
    Action.CONSENT_GIVEN: _UPDATED,
    Action.CONSENT_WITHDRAWN: _UPDATED,
    Action.CONSENT_OVERRIDDEN: _Kind(_ALERT, _coding(DCM, "110127", "Emergency Override Started"), "E"),
    Action.RECORDING_BEGAN: _CREATED,
    Action.RECORDING_PAUSED: _UPDATED,
    Action.RECORDING_RESUMED: _UPDATED,
    Action.RECORDING_ENDED: _UPDATED,
    Action.CLEARED: _UPDATED,
    Action.CLEARANCE_ENDED: _UPDATED,
    Action.STORE_COPIED: _Kind(
        _coding(DCM, "110106", "Export"), _coding(LIFECYCLE, "archive", "Archive Record Lifecycle Event"), "R"
    ),
    Action.STORE_RESTORED: _Kind(
        _coding(DCM, "110107", "Import"), _coding(LIFECYCLE, "restore", "Restore Record Lifecycle Event"), "C"
    ),
    Action.AUDIT_EXPORTED: _Kind(
        _coding(DCM, "110101", "Audit Log Used"),
        _coding(LIFECYCLE, "disclose", "Disclose Record Lifecycle Event"),
        "R",
    ),
    Action.ERASURE: _DESTROYED,
    Action.EMERGENCY_BEGAN: _Kind(_ALERT, _coding(DCM, "110127", "Emergency Override Started"), "E"),
    Action.EMERGENCY_ENDED: _Kind(_ALERT, _coding(DCM, "110138", "Emergency Override Stopped"), "E"),
}

_OTHER: Final = _Kind(_ACTIVITY, _coding(REST, "operation", "operation"), "E")

_PURPOSES: Final[Mapping[str, Json]] = {
    "break_glass": _coding(REASON, "BTG", "break the glass"),
    "treat": _coding(REASON, "TREAT", "treatment"),
}

_ENTITY_ROLES: Final[Mapping[str, tuple[str, str]]] = {
    "patient": ("1", "Patient"),
    "clinician": ("15", "Practitioner"),
}


def to_fhir(record: Record, *, log_id: str, site: str, words: str | None = None) -> Json:
    """Turn a record into an AuditEvent; `site` is the address of the server, `words` the text that was sealed."""
    kind = _KINDS.get(record.action, _OTHER)
    own = _coding(OWN_ACTION, record.action, record.action.replace("_", " "))
    resource: Json = {
        "resourceType": "AuditEvent",
        "id": f"{log_id}-{record.number}",
        "type": kind.type,
        "subtype": [kind.subtype, own],
        "action": kind.action,
        "recorded": record.time,
        "outcome": "4" if record.outcome else "0",
    }
    if record.outcome:
        resource["outcomeDesc"] = record.outcome
    purpose = _PURPOSES.get(record.purpose)
    if purpose is not None:
        resource["purposeOfEvent"] = [{"coding": [purpose]}]
    resource["agent"] = _agents(record, site, log_id)
    resource["source"] = {
        "site": site,
        "observer": _server(log_id),
        "type": [_coding(SOURCE_TYPE, "4", "Application Server")],
    }
    resource["entity"] = _entities(record, log_id, words)
    return resource


def _agents(record: Record, site: str, log_id: str) -> list[Json]:
    server = {
        "type": {"coding": [_coding(DCM, "110152", "Destination Role ID")]},
        "who": _server(log_id),
        "requestor": not record.agent and not _accounts(record),
        "network": {"address": site, "type": URI},
    }
    if not record.agent:
        return [server, *(_operator(name, requestor=key == OPERATOR) for key, name in _accounts(record).items())]
    masked = {"extension": [{"url": ABSENT, "valueCode": "masked"}]}
    client = {
        "type": {"coding": [_coding(DCM, "110153", "Source Role ID")]},
        "who": {"display": "the client that the person used"},
        "requestor": False,
        "network": masked,
    }
    person: Json = {
        "type": {"coding": [_coding(PARTICIPATION, "IRCP", "information recipient")]},
        "who": {"identifier": {"system": OWN_PSEUDONYM, "value": record.agent}},
        "requestor": True,
        "network": masked,
    }
    if record.role:
        person["role"] = [{"coding": [_coding(OWN_ROLE, record.role, record.role)]}]
    return [client, server, person]


def _accounts(record: Record) -> dict[str, str]:
    return {key: str(record.detail[key]) for key in (OPERATOR, LOGIN) if key in record.detail}


def _operator(name: str, *, requestor: bool) -> Json:
    """Name an account of the machine: it worked at the machine itself, so there is no network and no other client."""
    return {
        "type": {"coding": [_coding(PARTICIPATION, "IRCP", "information recipient")]},
        "who": {"identifier": {"system": OWN_OPERATOR, "value": name}},
        "requestor": requestor,
        "network": {"address": "127.0.0.1", "type": IP},
    }


def _server(log_id: str) -> Json:
    return {"identifier": {"system": OWN_LOG, "value": log_id}, "display": "Polyclinic"}


def _entities(record: Record, log_id: str, words: str | None) -> list[Json]:
    detail = [{"type": key, "valueString": str(value)} for key, value in sorted(record.detail.items())]
    if words is not None:
        detail.append({"type": "words", "valueString": words})
    if record.room:
        thing = {"identifier": {"system": OWN_ROOM, "value": record.room}}
        role = _coding(ENTITY_ROLE, "4", "Domain Resource")
    else:
        thing = {"identifier": {"system": OWN_LOG, "value": log_id}}
        role = _coding(ENTITY_ROLE, "13", "Security Resource")
    place: Json = {"what": thing, "type": _coding(ENTITY_TYPE, "2", "System Object"), "role": role}
    if detail:
        place["detail"] = detail
    return [*(_person(pseudonym, str(record.detail.get("about_role", ""))) for pseudonym in record.about), place]


def _person(pseudonym: str, role: str) -> Json:
    person: Json = {
        "what": {"identifier": {"system": OWN_PSEUDONYM, "value": pseudonym}},
        "type": _coding(ENTITY_TYPE, "1", "Person"),
    }
    if role in _ENTITY_ROLES:
        person["role"] = _coding(ENTITY_ROLE, *_ENTITY_ROLES[role])
    return person
