from structlog.testing import capture_logs

from protocol.ids import CloseCode
from server.gateway.telemetry import Telemetry
from tests.support.gateway_world import GatewayWorld


def test_closes_are_counted_by_the_codes_of_this_wire_and_one_more() -> None:
    telemetry = Telemetry()
    for code in (CloseCode.NORMAL, 4501, 4501, 4777, 3000):
        telemetry.closed(code)
    assert telemetry.closes == {"1000": 1, "4501": 2, "other": 2}


def test_faults_are_counted_by_reason() -> None:
    telemetry = Telemetry()
    telemetry.fault("text", 1003)
    telemetry.fault("text", 1003)
    assert telemetry.faults == {"text": 2}


def test_an_error_is_counted_and_its_telling_left_to_the_log_which_knows_what_may_be_told() -> None:
    telemetry = Telemetry()
    error = ValueError("Mrs Smith")
    with capture_logs() as lines:
        telemetry.error(error)
    assert lines == [{"event": "error", "log_level": "error", "exc_info": error}]
    assert telemetry.errors == 1


def test_the_life_of_a_session_is_logged_without_a_word_of_the_person(world: GatewayWorld) -> None:
    with capture_logs() as lines:
        client = world.connect().join(name="Zebulon")
        token = client.welcomed().resume_token
        client.operation("chat", "say", text="it hurts")
        client.lose_socket()
        again = world.connect().resume(token, 0)
        again.connection.on_message(b"\x04\x81\xa8Zebulon!\x01")
        world.connect().hello("Zebulon's forged ticket")
        world.telemetry.unanswered(3)
    events = [line["event"] for line in lines]
    assert events == [
        "session_joined",
        "session_suspended",
        "connection_closed",
        "session_resumed",
        "fault",
        "session_ended",
        "fault",
        "close_unanswered",
    ]
    allowed = {"event", "log_level", "session", "room", "complete", "reason", "code", "seconds", "count"}
    assert {field for line in lines for field in line} <= allowed
    assert "Zebulon" not in str(lines)
    assert "hurts" not in str(lines)
