"""Scenario files, good and bad."""

from pathlib import Path

import pytest

from loadtest.errors import ScenarioInvalid
from loadtest.scenario import for_room, load_scenario, shipped


def write(folder: Path, text: str) -> str:
    path = folder / "mine.toml"
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize("name", ["arrivals", "consultations", "corner", "handover", "lecture", "lobby"])
def test_every_scenario_that_comes_along_loads(name: str) -> None:
    assert load_scenario(name).title
    assert name in shipped()


def test_no_other_scenario_comes_along() -> None:
    assert shipped() == ["arrivals", "consultations", "corner", "handover", "lecture", "lobby"]


def test_a_file_of_ones_own_is_loaded(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, 'title = "mine"\nvisit = "consult"\nsize = [2, 6]\nseated = 1\n'))
    assert (scenario.visit, scenario.size, scenario.seated) == ("consult", (2, 6), 1.0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('room = "lobby"', "title: expected a value, got none"),
        ('title = "x"\nroom = 5', "room: expected str | null, got int"),
        ('title = "x"\nroom = "a"\nwalkers = 1.5', "walkers: expected float <= 1.0"),
        ('title = "x"\nroom = "a"\nwakers = 1.5', "wakers: expected no such key"),
        ('title = "x"\nroom = "a"\nvisit = "b"', "expected either room or visit"),
        ('title = "x"', "expected either room or visit"),
        ('title = "x"\nvisit = "a"\nsize = 7', "size: expected int <= 6"),
        ('title = "x"\nroom = "a"\nstay_seconds = [9, 2]', "stay_seconds: expected the least before the most"),
        ('title = "x"\nroom = "a"\ngathering = "heap"', "gathering: "),
        ("title = ", "expected a TOML file"),
    ],
)
def test_a_wrong_file_is_one_line_with_file_key_and_what_was_expected(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ScenarioInvalid) as refused:
        load_scenario(write(tmp_path, text))
    line = str(refused.value)
    assert line.startswith(str(tmp_path / "mine.toml: "))
    assert says in line
    assert "\n" not in line


def test_a_scenario_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ScenarioInvalid, match=r"picnic: no such scenario; expected .* arrivals, consultations, corner"):
        load_scenario("picnic")


def test_a_directory_is_no_scenario(tmp_path: Path) -> None:
    with pytest.raises(ScenarioInvalid, match="expected a TOML file"):
        load_scenario(f"{tmp_path}/")


def test_a_room_alone_is_a_scenario_too() -> None:
    assert for_room("ward").room == "ward"
