"""What a facility file comes to, in words."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from server.commands.check import describe
from server.commands.doubts import MODELS, doubts
from server.commands.entrance import describe_entrance
from server.config import SAMPLE_FACILITY, Facility, load_facility
from server.identity import provider
from server.main import app
from server.room_types import ROOM_TYPES
from tests.unit.server.test_scene import GOOD

HOW_TO = Path(__file__).parents[4] / "docs" / "howto" / "run-a-clinic.md"
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
    first, *lines = (line for line in describe(facility) if not line.startswith("warning"))
    assert first == "My clinic: 2 rooms, roles patient, clinician, visitor"
    assert lines[: lines.index("hall (lobby): room.gltf, 10 x 4 x 8 m") - 1] == [
        "",
        *describe_entrance(facility.settings),
    ]
    assert lines[lines.index("hall (lobby): room.gltf, 10 x 4 x 8 m") :] == [
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


def test_the_provider_is_asked_where_there_is_one(facility: Facility, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = ["check", "--provider", "--facility", str(facility.file)]
    told = CliRunner().invoke(app, ask)
    assert (told.exit_code, told.stdout.splitlines()[-1]) == (0, "no issuer is named, so there is no provider to ask")
    # Port 9 of this machine is nobody's.
    lines = '[identity]\nissuer = "http://127.0.0.1:9"\nclient_id = "web"\nstaff = []\n'
    facility.file.write_text(f"{FILE}\n{lines}")
    told = CliRunner().invoke(app, ask)
    assert told.exit_code == 1
    assert told.stderr.startswith("http://127.0.0.1:9: its keys cannot be read: it cannot be asked (")
    _, asked, check = told.stderr.splitlines()
    assert asked == "  asked: http://127.0.0.1:9/.well-known/openid-configuration"
    assert check.startswith("  check: whether this machine reaches that host")
    assert CliRunner().invoke(app, ask[:1] + ask[2:]).exit_code == 0

    async def weak(issuer: str, asking: object) -> list[provider.Key]:
        return []

    monkeypatch.setattr(provider, "_fetch", weak)
    told = CliRunner().invoke(app, ask)
    assert told.exit_code == 1
    assert told.stderr.startswith("http://127.0.0.1:9: its keys sign nothing by RS256, ES256, ES384, EdDSA, ")
