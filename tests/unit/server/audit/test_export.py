"""Exported resources are valid FHIR R4 and have what the Basic Audit Log Patterns require."""

import json
from typing import Any

import msgspec
import pytest
from fhir.resources.R4B.auditevent import AuditEvent as FhirAuditEvent
from pydantic import ValidationError

from server.audit.export import to_fhir
from server.audit.record import Record, time_text
from server.world.auditing import Action

LOG = "0f" * 16
SITE = "https://clinic.example"
ACTIONS = ["log_created", "log_opened", "subject_erased", *(action.value for action in Action), "what comes later"]


def exported(record: Record, words: str | None = None) -> dict[str, Any]:
    body = msgspec.json.encode(to_fhir(record, log_id=LOG, site=SITE, words=words))
    # R4B's AuditEvent is R4's, element for element.
    FhirAuditEvent.model_validate_json(body)
    resource = json.loads(body)
    assert isinstance(resource, dict)
    return resource


def some(action: str, **values: Any) -> Record:
    return Record(number=7, time=time_text(1_800_000_000_000_000_000), action=action, **values)


@pytest.mark.parametrize("action", ACTIONS)
def test_each_action_is_valid_and_has_what_the_patterns_require(action: str) -> None:
    event = exported(
        some(action, agent="a" * 32, role="clinician", room="ward", about=("b" * 32,), detail={"about_role": "patient"})
    )
    assert event["type"]["code"]
    assert len(event["subtype"]) == 2
    # Only what this server does not know is told as nothing in particular.
    assert (event["subtype"][0]["code"] == "operation") == (action == "what comes later")
    assert event["action"] in "CRUDE"
    assert (event["recorded"], event["outcome"]) == ("2027-01-15T08:00:00.000000Z", "0")
    assert [agent["requestor"] for agent in event["agent"]] == [False, False, True]
    assert all(agent["who"] and agent["type"] and agent["network"] for agent in event["agent"])
    assert event["agent"][2]["who"]["identifier"]["value"] == "a" * 32
    assert event["source"]["observer"]["identifier"]["value"] == LOG
    patient, room = event["entity"]
    assert (patient["what"]["identifier"]["value"], patient["role"]["code"]) == ("b" * 32, "1")
    assert room["what"]["identifier"]["value"] == "ward"


def test_a_refusal_is_a_failure_with_its_code() -> None:
    event = exported(some(Action.TICKET_REFUSED, outcome="room_full", room="ward"))
    assert (event["outcome"], event["outcomeDesc"]) == ("4", "room_full")


def test_the_server_is_the_requestor_of_what_it_does_itself() -> None:
    event = exported(some("log_opened", detail={"bytes_put_aside": 3}))
    (agent,) = event["agent"]
    assert agent["requestor"]
    (entity,) = event["entity"]
    assert entity["detail"] == [{"type": "bytes_put_aside", "valueString": "3"}]


def test_broken_glass_is_an_alert_with_its_reason() -> None:
    event = exported(some(Action.EMERGENCY_BEGAN, agent="a" * 32, purpose="break_glass"), words="no answer")
    assert event["type"]["code"] == "110113"
    assert event["subtype"][0]["code"] == "110127"
    assert event["purposeOfEvent"][0]["coding"][0]["code"] == "BTG"
    assert {"type": "words", "valueString": "no answer"} in event["entity"][0]["detail"]


@pytest.mark.unguarded
@pytest.mark.parametrize("missing", ["type", "recorded", "agent", "source"])
def test_the_check_fails_for_what_is_no_resource(missing: str) -> None:
    event = exported(some(Action.JOINED, agent="a" * 32))
    del event[missing]
    with pytest.raises(ValidationError):
        FhirAuditEvent.model_validate(event)
