"""What a session does of itself while it is live: corrections, and watching for silence."""

from protocol.ids import CORRECTIONS_MAX, PING_SECONDS, SILENCE_SECONDS, CloseCode
from protocol.messages import Correction
from protocol.snapshot import AvatarState, Pose, TrackedPart, encode_pose
from tests.support.gateway_world import ClientDouble, GatewayWorld

# Corrections ----------------------------------------------------------------------------------------------------------


def far_pose(sequence: int) -> bytes:
    state = AvatarState(flags=1, voice=0, head=TrackedPart(500_000, 1_600, 0, 3, 0, 0, 0))
    return encode_pose(Pose(state=state, sequence=sequence, sampled_at=1_000_000))


def corrections(client: ClientDouble) -> list[Correction]:
    return [message for message in client.take() if isinstance(message, Correction)]


def test_a_correction_is_told_once_a_tick_the_newest(world: GatewayWorld) -> None:
    client = world.connect().join()
    (member,) = world.directory.rooms["consult"].members.values()
    table = world.directory.rooms["consult"].table
    for sequence in (1, 2, 3):
        table.apply_pose(member.slot, far_pose(sequence), 1_000_000)
    world.step()
    (told,) = corrections(client)
    assert (told.sequence, told.reason) == (3, "bounds")
    world.step()
    assert corrections(client) == []


def test_a_correction_that_the_socket_did_not_take_gives_way_to_a_newer_one(world: GatewayWorld) -> None:
    client = world.connect().join()
    (member,) = world.directory.rooms["consult"].members.values()
    client.port.writable = False
    member.outlet.correction(1, (0, 0, 0), "speed")
    member.outlet.correction(2, (0, 0, 0), "bounds")
    client.port.writable = True
    client.connection.on_writable()
    assert [told.sequence for told in corrections(client)] == [2]


def test_the_hundredth_correction_within_ten_seconds_closes(world: GatewayWorld) -> None:
    client = world.connect().join()
    (member,) = world.directory.rooms["consult"].members.values()
    table = world.directory.rooms["consult"].table
    for sequence in range(CORRECTIONS_MAX - 1):
        table.apply_pose(member.slot, far_pose(sequence), 1_000_000)
    world.step()
    assert client.close_code() is None
    world.clock.now += 9.9
    table.apply_pose(member.slot, far_pose(200), 1_009_900)
    world.step()
    assert client.close_code() == CloseCode.MOVEMENT_ABUSE
    assert world.directory.rooms["consult"].members == {}


def test_corrections_at_a_rate_below_the_limit_go_on(world: GatewayWorld) -> None:
    client = world.connect().join()
    (member,) = world.directory.rooms["consult"].members.values()
    table = world.directory.rooms["consult"].table
    for sequence in range(300):
        world.clock.now += 0.102
        table.apply_pose(member.slot, far_pose(sequence), int(world.clock.now * 1000))
        world.step()
    assert client.close_code() is None


def test_a_suspended_session_is_told_no_correction(world: GatewayWorld) -> None:
    client = world.connect().join()
    token = client.welcomed().resume_token
    (member,) = world.directory.rooms["consult"].members.values()
    client.lose_socket()
    member.outlet.correction(1, (0, 0, 0), "speed")
    again = world.connect().resume(token, 1)
    assert corrections(again) == []


# Silence --------------------------------------------------------------------------------------------------------------


def test_a_ping_goes_out_every_ten_seconds_as_soon_as_the_socket_takes_it(world: GatewayWorld) -> None:
    client = world.connect().join()
    world.advance(PING_SECONDS - 0.01)
    assert client.port.pings == 0
    world.advance(0.01)
    assert client.port.pings == 1
    client.port.writable = False
    world.advance(PING_SECONDS)
    client.port.writable = True
    world.advance(0.1)
    world.advance(0.1)
    assert client.port.pings == 2


def test_silence_closes_as_no_pong_and_suspends(world: GatewayWorld) -> None:
    client = world.connect().join()
    world.advance(SILENCE_SECONDS - 0.01)
    assert client.close_code() is None
    world.advance(0.01)
    assert client.close_code() == CloseCode.NO_PONG
    assert world.gateway.session_counts["suspended"] == 1


def test_silence_is_counted_across_the_wrap_of_the_clock(world: GatewayWorld) -> None:
    world.clock.now = 4_294_967.0
    client = world.connect().join()
    client.port.last_received_ms += 100
    world.advance(SILENCE_SECONDS)
    assert client.close_code() is None
    world.advance(0.2)
    assert client.close_code() == CloseCode.NO_PONG
