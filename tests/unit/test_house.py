"""The house's own rules: names that are ours alone, a test file for each module, no words that do not belong here."""

import re
import subprocess
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from setuptools import Distribution
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parents[2]
PACKAGES = ("protocol", "core_ext", "server", "loadtest")
TESTED_PACKAGES = ("protocol", "server", "loadtest")
SOURCE_SUFFIXES = {".py", ".pyx", ".pxd", ".js", ".mjs", ".ts", ".cs", ".c"}
LINES_MAX = 400
LONGER = {
    "core_ext/bot_port.pyx": 475,
    "core_ext/entity_table.pyx": 477,
    "core_ext/interest.pyx": 441,
    "core_ext/web_socket.pyx": 481,
    "tests/bench/support/swarm.c": 632,
}
"""Longer than they should be, by the lines they have; they may only shrink."""


def modules_of(package: str) -> list[Path]:
    files = (ROOT / package).rglob("*.py")
    return sorted(file.relative_to(ROOT) for file in files if file.name not in {"__init__.py", "__main__.py"})


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_each_feature_says_what_it_does() -> None:
    features = [file.parent for file in (ROOT / "server/features").glob("*/feature.py")]
    assert features
    assert [folder.name for folder in features if not (folder / "README.md").is_file()] == []


@pytest.mark.parametrize("package", PACKAGES)
def test_a_top_level_package_belongs_to_this_distribution_alone(package: str) -> None:
    assert set(packages_distributions()[package]) == {"polyclinic"}


@pytest.mark.parametrize("package", TESTED_PACKAGES)
def test_each_module_has_a_test_file_of_its_own(package: str) -> None:
    modules = modules_of(package)
    assert modules
    # What is nothing without a socket has its file among the integration tests.
    kinds = ("unit", "integration")
    missing = [
        str(module)
        for module in modules
        if not any(has_tests(ROOT / "tests" / kind / module.parent / f"test_{module.name}") for kind in kinds)
    ]
    assert missing == []


def has_tests(file: Path) -> bool:
    return file.is_file() and "def test_" in file.read_text()


def test_commands_stand_in_the_documents_as_they_can_be_typed() -> None:
    # Nobody is told to activate an environment, so a bare `polyclinic` would not be found.
    docs = ROOT / "docs"
    readers = [ROOT / "README.md", *docs.glob("*.md"), *docs.glob("howto/*.md"), ROOT / "server/facility/sample.toml"]
    bare = re.compile(r"^(?:\S+=\S+ |taskset -c \d+ |#  +)*polyclinic [a-z]|python3? -m loadtest", re.MULTILINE)
    assert [file.name for file in readers if bare.search(file.read_text())] == []


def test_the_code_that_the_how_to_for_unity_shows_is_compiled() -> None:
    page = (ROOT / "docs" / "howto" / "unity.md").read_text()
    shown = re.findall(r"^```csharp\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    # `make unity` compiles every sample.
    assert shown == [(ROOT / "clients/unity_stub/Samples~/Code/Visitor.cs").read_text()]


def test_each_extension_has_its_three_files_and_its_tests() -> None:
    extensions = sorted(file.stem for file in (ROOT / "core_ext").glob("*.pyx"))
    assert extensions
    for name in extensions:
        assert (ROOT / "core_ext" / f"{name}.pxd").is_file(), name
        assert (ROOT / "core_ext" / f"{name}.pyi").is_file(), name
        assert (ROOT / "tests" / "unit" / "core_ext" / f"test_{name}.py").is_file(), name


def test_each_package_is_named_to_setuptools() -> None:
    declared = (ROOT / "pyproject.toml").read_text()
    folders = {file.parent.relative_to(ROOT) for package in PACKAGES for file in (ROOT / package).rglob("*.py")}
    assert [str(folder) for folder in folders if f'"{str(folder).replace("/", ".")}"' not in declared] == []


def test_no_file_is_too_long_for_one_sitting() -> None:
    sources = [file for file in tracked_files() if file.suffix in SOURCE_SUFFIXES and not is_generated(file)]
    assert {".cs", ".ts", ".c", ".pyx"} <= {file.suffix for file in sources}
    lengths = {str(file.relative_to(ROOT)): len(file.read_text().splitlines()) for file in sources}
    assert {name: length for name, length in lengths.items() if length > LONGER.get(name, LINES_MAX)} == {}
    # What has become shorter stays so; what is short enough needs no exception any more.
    grown = {name: lengths.get(name, 0) for name, length in LONGER.items() if lengths.get(name) != length}
    assert grown == {}, "write down the length they have now, or take them off the list"
    assert min(LONGER.values()) > LINES_MAX


def is_generated(file: Path) -> bool:
    return "generated" in {part.lower() for part in file.parts}


def test_a_wheel_has_what_the_program_reads_beside_its_code() -> None:
    """What a wheel takes along is what setuptools says of each package's data."""
    packages = build_py(Distribution({"name": "polyclinic"}))
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    # What pyproject.toml calls "*", setuptools calls "".
    packages.package_data = {package.strip("*"): files for package, files in settings["package-data"].items()}
    packages.exclude_package_data = {}
    packages.manifest_files = {}
    taken = set()
    for package in settings["packages"]:
        folder = ROOT / settings["package-dir"].get(package, package.replace(".", "/"))
        taken |= {ROOT / file for file in packages.find_data_files(package, str(folder))}
    read = [
        file
        for file in tracked_files()
        if file.relative_to(ROOT).parts[0] in PACKAGES and file.suffix in {".jsonl", ".glb", ".toml", ".json", ".html"}
    ]
    assert {".jsonl", ".glb", ".toml", ".json"} <= {file.suffix for file in read}
    assert sorted(str(file) for file in set(read) - taken) == []
