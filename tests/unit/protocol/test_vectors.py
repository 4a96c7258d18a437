"""Every vector of protocol/vectors/, read as a stranger would and held against codec and snapshot."""

import json
import math
from pathlib import Path
from typing import Any

import pytest

from protocol import codec, fields, hands
from protocol.errors import MalformedFrame, MalformedPose, MalformedRotation, WireError
from protocol.ids import Tier
from protocol.masking import Mask, mask_state
from protocol.schema import SCHEMA_HASH, describe
from protocol.snapshot import (
    NOTHING_HELD,
    AvatarState,
    Moment,
    ObserverView,
    Pose,
    RecordState,
    TrackedPart,
    apply_record,
    decode_pose,
    delta_record,
    encode_pose,
    full_record,
    is_full,
    show_in_tier,
)

VECTORS = Path(__file__).resolve().parents[3] / "protocol" / "vectors"
Vector = dict[str, Any]
CLOSE_MALFORMED = 4501


def load(file: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((VECTORS / f"{file}.json").read_text(encoding="utf-8"))
    return loaded


def vectors(file: str, name: str) -> list[Any]:
    """The vectors of a list, each as a test's parameter."""
    return [pytest.param(vector, id=vector["name"]) for vector in load(file)[name]]


def part_of(told: list[int] | None) -> TrackedPart:
    return TrackedPart() if told is None else TrackedPart(*told)


def state_of(told: Vector) -> AvatarState:
    return AvatarState(
        flags=told["flags"],
        voice=told["voice"],
        head=part_of(told["head"]),
        left=part_of(told["left"]),
        right=part_of(told["right"]),
        left_fingers=bytes.fromhex(told["left_fingers"] or "00" * 20),
        right_fingers=bytes.fromhex(told["right_fingers"] or "00" * 20),
        face=bytes.fromhex(told["face"] or "00" * 52),
    )


def body_of(told: Any) -> Any:
    """A body with its binary as bytes again."""
    match told:
        case {"hex": data}:
            return bytes.fromhex(data)
        case dict():
            return {key: body_of(entry) for key, entry in told.items()}
        case list():
            return [body_of(entry) for entry in told]
    return told


def holding(records: list[str]) -> RecordState:
    """What a client holds of an entity after these records."""
    held = NOTHING_HELD
    for record in records:
        held, _ = apply_record(held, bytes.fromhex(record))
    return held


def test_names_are_unique_in_their_file() -> None:
    for file in VECTORS.glob("*.json"):
        lists = (value for value in load(file.stem).values() if isinstance(value, list))
        names = [vector["name"] for entries in lists for vector in entries if isinstance(vector, dict)]
        assert len(names) == len(set(names)), file.name


def test_the_schema_is_ours() -> None:
    told = load("schema")
    assert told["hash"] == SCHEMA_HASH
    assert json.dumps(told["description"], sort_keys=True, separators=(",", ":")) == describe()


@pytest.mark.parametrize("vector", vectors("quantities", "scaled"))
def test_quantities(vector: Vector) -> None:
    quantise = {
        "position_mm": lambda value: fields.quantise(value, 1000),
        "voice": fields.quantise_unit,
        "weight": fields.quantise_unit,
        "flexion": fields.quantise_flexion,
        "spread": fields.quantise_spread,
    }[vector["quantity"]]
    assert quantise(vector["value"]) == vector["result"]


@pytest.mark.parametrize("vector", vectors("quantities", "rotations"))
def test_rotations(vector: Vector) -> None:
    x, y, z, w = vector["quaternion"]
    packed = fields.pack_rotation((x, y, z, w))
    assert list(packed) == vector["packed"]
    assert fields.rotation_to_bytes(packed).hex() == vector["hex"]
    assert fields.rotation_from_bytes(bytes.fromhex(vector["hex"])) == packed
    assert fields.unpack_rotation(packed) == pytest.approx(vector["unpacked"], abs=1e-6)


@pytest.mark.parametrize("vector", vectors("quantities", "invalid_rotations"))
def test_invalid_rotations(vector: Vector) -> None:
    with pytest.raises(MalformedRotation):
        fields.rotation_from_bytes(bytes.fromhex(vector["hex"]))


@pytest.mark.parametrize("vector", vectors("quantities", "tiers"))
def test_tiers(vector: Vector) -> None:
    shown = show_in_tier(state_of(vector["state"]), Tier[vector["tier"].upper()])
    assert shown == state_of(vector["shown"])


@pytest.mark.parametrize("vector", vectors("quantities", "masked"))
def test_masked(vector: Vector) -> None:
    assert mask_state(state_of(vector["state"]), Mask(**vector["mask"])) == state_of(vector["masked"])


@pytest.mark.parametrize("vector", vectors("hands", "hands"))
def test_hands(vector: Vector) -> None:
    joints = hands.joints_from_flexion(bytes.fromhex(vector["values"]), vector["side"])
    assert len(joints) == len(vector["joints"])
    for joint, told in zip(joints, vector["joints"], strict=True):
        assert joint == pytest.approx(told, abs=1e-6)
    assert hands.flexion_from_joints(vector["joints"], vector["side"]).hex() == vector["values"]


@pytest.mark.parametrize("vector", vectors("messages", "valid"))
def test_valid_messages(vector: Vector) -> None:
    data = bytes.fromhex(vector["hex"])
    decode = codec.decode_client if vector["from"] == "client" else codec.decode_server
    message = decode(data)
    assert data[0] == vector["kind"]
    told = codec.convert_body(body_of(vector["body"]), type(message))
    assert message == told
    assert (codec.encode(message) == data) is vector["canonical"]


@pytest.mark.parametrize("vector", vectors("messages", "invalid"))
def test_invalid_messages(vector: Vector) -> None:
    decode = codec.decode_client if vector["from"] == "client" else codec.decode_server
    with pytest.raises(WireError) as caught:
        decode(bytes.fromhex(vector["hex"]))
    assert caught.value.close_code == vector["close"]


@pytest.mark.parametrize("vector", vectors("messages", "facts"))
def test_facts(vector: Vector) -> None:
    data = bytes.fromhex(vector["hex"])
    facts = codec.decode_facts(data)
    assert facts == codec.convert_body(vector["body"], type(facts))
    assert codec.encode_facts(facts) == data


@pytest.mark.parametrize("vector", vectors("pose", "valid"))
def test_valid_poses(vector: Vector) -> None:
    told = vector["pose"]
    pose = Pose(state_of(told["state"]), told["sequence"], told["sampled_at"])
    assert decode_pose(bytes.fromhex(vector["hex"])) == pose
    assert encode_pose(pose).hex() == vector["hex"]


@pytest.mark.parametrize("vector", vectors("pose", "invalid"))
def test_invalid_poses(vector: Vector) -> None:
    with pytest.raises(MalformedPose) as caught:
        decode_pose(bytes.fromhex(vector["hex"]))
    assert caught.value.close_code == vector["close"]


@pytest.mark.parametrize("vector", vectors("record", "valid"))
def test_valid_records(vector: Vector) -> None:
    data = bytes.fromhex(vector["hex"])
    held = holding(vector["before"])
    after, end = apply_record(held, data)
    assert (after.state, end) == (state_of(vector["after"]), len(data))
    assert full_record(after).hex() == vector["full"]
    encoded = (full_record(after), after) if is_full(data) else delta_record(held, after.state)
    assert (encoded == (data, after)) is vector["canonical"]


@pytest.mark.parametrize("vector", vectors("record", "invalid"))
def test_invalid_records(vector: Vector) -> None:
    held = holding(vector["before"])
    with pytest.raises(MalformedFrame):
        apply_record(held, bytes.fromhex(vector["hex"]))


@pytest.mark.parametrize("vector", vectors("frame", "valid"))
def test_valid_frames(vector: Vector) -> None:
    view = ObserverView()
    for frame in vector["frames"]:
        before = view.last
        changes = view.apply(bytes.fromhex(frame["hex"]))
        assert before is None or Moment(changes.tick, changes.time).may_follow(before)
        assert (changes.tick, changes.time) == (frame["tick"], frame["time"])
        assert [held.entity for held in changes.left] == frame["left"]
        assert {str(update.held.alias): update.age_ms for update in changes.updated} == frame["ages"]
        assert sorted(view.entities) == [told["alias"] for told in frame["holds"]]
        for told in frame["holds"]:
            held = view.entities[told["alias"]]
            assert (held.entity, held.facts.hex()) == (told["entity"], told["facts"])
            assert held.state == state_of(told["state"])


@pytest.mark.parametrize("vector", vectors("frame", "invalid"))
def test_invalid_frames(vector: Vector) -> None:
    view = ObserverView()
    for before in vector["before"]:
        view.apply(bytes.fromhex(before))
    with pytest.raises(MalformedFrame):
        view.apply(bytes.fromhex(vector["hex"]))


def test_floats_of_the_vectors_are_finite() -> None:
    for vector in load("hands")["hands"]:
        assert all(math.isfinite(value) for joint in vector["joints"] for value in joint)
