"""What the lock files say, and that every file that is fetched is pinned by its hash."""

import re
from pathlib import Path

import pytest

from tools.supply.locked import python_packages, web_packages

ROOT = Path(__file__).parents[4]
REQUIREMENTS = ROOT / "requirements"
LOCKS = sorted(REQUIREMENTS.glob("*.txt"))
PINNED = re.compile(r"^[A-Za-z0-9._-]+==[^\s;]+(?: ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def test_names_versions_and_markers_are_read(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text(
        "# a comment\nPicows==2.3.1 \\\n    --hash=sha256:00\n    # via polyclinic\n"
        "uvloop==0.23.0 ; sys_platform != 'win32' \\\n    --hash=sha256:01\n"
        "colorama==0.4.6 ; sys_platform == 'win32' \\\n    --hash=sha256:02\nsome-thing[extra]==1 \\\n"
    )
    assert python_packages(lock) == {
        ("picows", "2.3.1"),
        ("uvloop", "0.23.0"),
        ("colorama", "0.4.6"),
        ("some-thing", "1"),
    }
    assert ("colorama", "0.4.6") not in python_packages(lock, here=True)
    assert ("uvloop", "0.23.0") in python_packages(lock, here=True)


def test_the_web_clients_packages_are_read(tmp_path: Path) -> None:
    (tmp_path / "package-lock.json").write_text(
        '{"packages": {"": {"version": "0"}, "node_modules/three": {"version": "1"}, "linked": {"link": true},'
        ' "node_modules/a/node_modules/@b/c": {"version": "2"}, "node_modules/x": {"name": "y", "version": "3"}}}'
    )
    assert web_packages(tmp_path) == {("three", "1"), ("@b/c", "2"), ("y", "3")}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_line_of_a_lock_is_a_pin_a_hash_or_a_comment(lock: Path) -> None:
    # No index, no option, no address: nothing that says where from.
    lines = [line for line in lock.read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in lines if not PINNED.match(line) and not HASH.match(line)] == []
    pins = [index for index, line in enumerate(lines) if PINNED.match(line)]
    assert pins
    assert [lines[index] for index in pins if index + 1 == len(lines) or not HASH.match(lines[index + 1])] == []


def test_every_lock_is_installed_with_its_hashes_and_nothing_else_is() -> None:
    # Installing the project itself brings nothing along.
    places = [ROOT / "Makefile", ROOT / "tools/node.sh", ROOT / "tests/bench/peers/install.py"]
    text = "\n".join(place.read_text().replace("\\\n", " ") for place in places)
    # What the variable and the list of the bench stand for.
    text = text.replace("$(PIP_INSTALL)", "pip install --require-hashes")
    installs = [line for line in text.splitlines() if re.search(r"\bpip\b.*\b(install|download)\b", line)]
    assert len(installs) >= len(LOCKS)
    own = "--no-build-isolation --editable ."
    assert [line.strip() for line in installs if "--require-hashes" not in line and own not in line] == []


def test_each_lock_has_what_it_is_made_from() -> None:
    inputs = {file.stem for file in REQUIREMENTS.glob("*.in")} | {"lock"}
    assert {lock.stem for lock in LOCKS} == inputs
    wanted = {name for name, _ in python_packages(REQUIREMENTS / "lock.txt")}
    assert {"picows", "cython", "pytest", "numpy"} <= wanted


def test_the_web_clients_lock_pins_every_file_by_its_hash() -> None:
    text = (ROOT / "clients/web/package-lock.json").read_text()
    assert len(re.findall(r'"integrity": "sha512-', text)) == len(re.findall(r'"node_modules/[^"]*": \{', text))
