"""What a facility file comes to, in words."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.check import MODELS, REASONS, describe, doubts
from server.config import SAMPLE_FACILITY, Facility, load_facility
from server.main import app
from server.room_types import ROOM_TYPES
from tests.unit.server.test_scene import GOOD

HOW_TO = Path(__file__).parents[3] / "docs" / "howto" / "run-a-clinic.md"
FILE = """
name = "My clinic"

[[rights]]
roles = ["patient", "clinician"]
may = ["join"]

[[rights]]
roles = ["clinician"]
zones = ["Couch"]
may = ["see_private"]

[[rights]]
roles = ["visitor"]
rooms = ["hall"]
may = ["join", "see_private"]

[[rooms]]
id = "hall"
name = "Hall"
type = "lobby"
scene = "room.gltf"
portals = [{ to = "quiet", position = [0, 0, 0], yaw = 0 }]

[[rooms.objects]]
name = "Bear"
kind = "prop"
model = "bear"
position = [0, 1, 0]
grabbable = true

[[rooms.objects]]
name = "Screen"
kind = "panel"
model = "big-screen"
position = [0, 1, 0]

[[rooms]]
id = "quiet"
name = "Quiet room"
type = "consult"
scene = "room.gltf"
zones = [
    { name = "Couch", private = true },
    { name = "Corner", private = true, box = [[0, 0, 0], [1, 1, 1]] },
]
portals = [{ to = "hall", position = [0, 0, 0], yaw = 0 }]

[[visits]]
type = "consult"
scene = "room.gltf"
zones = [{ name = "Couch" }]
portals = []
open_max = 7
"""


def block_of(page: str, kind: str) -> str:
    """The one block of a kind in a page."""
    (block,) = re.findall(rf"^```{kind}\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    return str(block)


@pytest.fixture
def facility(tmp_path: Path) -> Facility:
    (tmp_path / "scenes" / "models").mkdir(parents=True)
    (tmp_path / "scenes" / "room.gltf").write_text(json.dumps(copy.deepcopy(GOOD)))
    (tmp_path / "scenes" / "models" / "bear.glb").touch()
    file = tmp_path / "clinic.toml"
    file.write_text(FILE)
    return load_facility(file, ROOM_TYPES)


def test_each_room_is_told_with_what_it_has(facility: Facility) -> None:
    assert [line for line in describe(facility) if not line.startswith("warning")] == [
        "My clinic: 2 rooms, roles patient, clinician, visitor",
        "",
        "hall (lobby): room.gltf, 10 x 4 x 8 m",
        "  people appear in 1 place, 1 seat",
        "  open to every role",
        "  zone Couch: public",
        "  object Bear: prop bear, may be taken",
        "  object Screen: panel big-screen",
        "  portal to quiet",
        "",
        "quiet (consult): room.gltf, 10 x 4 x 8 m",
        "  people appear in 1 place, 1 seat",
        "  open to patient, clinician",
        "  zone Couch: private, perceived from outside by clinician",
        "  zone Corner: private, perceived from outside by nobody",
        "  portal to hall",
        "",
        "visits (consult), at most 7 open: room.gltf, 10 x 4 x 8 m",
        "  people appear in 1 place, 1 seat",
        "  open to patient, clinician",
        "  zone Couch: public",
    ]


def test_what_may_not_be_meant_is_told(facility: Facility) -> None:
    zone, model = doubts(facility)
    assert (zone.code, zone.key) == ("zone_public_by_default", "rooms[0].zones")
    assert "'Couch' is public" in zone.words
    assert (model.code, model.key) == ("model_missing", "rooms[0].objects[1].model")
    assert model.words.endswith("big-screen.glb: 'Screen' is shown as a plain screen")
    assert [line for line in describe(facility) if line.startswith("warning: ")] == [
        f"warning: {doubt.key}: {doubt.words}" for doubt in (zone, model)
    ]


@pytest.mark.parametrize(
    ("identity", "doubted"),
    [
        ("", False),
        ("[identity]\nguests = []", True),
        ("[[identity.guests]]\nroles = []", True),
        ('[[identity.guests]]\nroles = ["patient"]\nrooms = ["hall"]', False),
        ('[identity]\nissuer = "https://id.example"\nclient_id = "clinic"\nguests = []', False),
    ],
)
def test_a_facility_in_which_nobody_can_come_in_is_doubted(facility: Facility, identity: str, doubted: bool) -> None:
    facility.file.write_text(f"{FILE}\n{identity}\n")
    told = {doubt.code: doubt for doubt in doubts(load_facility(facility.file, ROOM_TYPES))}
    assert ("nobody_can_come_in" in told) == doubted
    assert told.keys() <= REASONS.keys()
    if doubted:
        assert told["nobody_can_come_in"].words.startswith("nobody can come in: name an issuer")


@pytest.mark.parametrize("reauthenticate", ["true", "false"])
def test_a_lock_that_opens_to_a_press_where_people_have_accounts_is_doubted(
    facility: Facility, reauthenticate: str
) -> None:
    issuer = '[identity]\nissuer = "https://id.example"\nclient_id = "clinic"\n'
    safety = f"[safety]\nreauthenticate = {reauthenticate}\n"
    for identity, doubted in ((issuer, reauthenticate == "false"), ("", False)):
        facility.file.write_text(f"{FILE}\n{identity}{safety}")
        told = {doubt.code: doubt for doubt in doubts(load_facility(facility.file, ROOM_TYPES))}
        assert ("lock_by_a_press" in told) == doubted
        assert told.keys() <= REASONS.keys()


def test_the_sample_facility_leaves_no_doubt() -> None:
    assert list(doubts(load_facility(SAMPLE_FACILITY, ROOM_TYPES))) == []


def test_the_how_tos_facility_is_what_the_how_to_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = HOW_TO.read_text()
    facility, scene, printed = (block_of(page, kind) for kind in ("toml", "json", "text"))
    (tmp_path / "scenes").mkdir()
    (tmp_path / "scenes" / "lobby.gltf").write_text(scene)
    (tmp_path / "clinic.toml").write_text(facility)
    monkeypatch.chdir(tmp_path)
    loaded = load_facility(Path("clinic.toml"), ROOM_TYPES)
    assert "\n".join(describe(loaded)) + "\n" == printed
    (room,) = loaded.settings.rooms
    assert (room.bounds[0], len(room.seats), room.spawns[0].box[0]) == ((-6.0, 0.0, -5.0), 1, (-2.0, 1.6, 2.0))


def test_the_how_to_names_the_models_there_are() -> None:
    listed = HOW_TO.read_text().split("The sample has the models ")[1].split(";")[0]
    models = sorted(file.stem for file in (SAMPLE_FACILITY.parent / "scenes" / MODELS).glob("*.glb"))
    assert re.findall(r"`([a-z-]+)`", listed) == models


def test_a_facility_is_checked_without_serving_it(tmp_path: Path) -> None:
    told = CliRunner().invoke(app, ["check"])
    assert told.exit_code == 0
    assert "lobby (lobby): lobby.glb, 24 x 4 x 18 m" in told.stdout
    assert "warning" not in told.stdout
    file = tmp_path / "clinic.toml"
    file.write_text('name = "x"')
    wrong = CliRunner().invoke(app, ["check", "--facility", str(file)])
    assert (wrong.exit_code, wrong.stdout) == (2, "")
    assert wrong.stderr == f"{file}: rights: expected a value, got nothing\n"
