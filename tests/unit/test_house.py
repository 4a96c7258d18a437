"""The house's own rules: names that are ours alone, a test file for each module, no words that do not belong here."""

import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("protocol", "core_ext", "server", "loadtest")
TESTED_PACKAGES = ("protocol", "server", "loadtest")


def modules_of(package: str) -> list[Path]:
    files = (ROOT / package).rglob("*.py")
    return sorted(file.relative_to(ROOT) for file in files if file.name not in {"__init__.py", "__main__.py"})


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True)
    return [ROOT / name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


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
        if not any((ROOT / "tests" / kind / module.parent / f"test_{module.name}").is_file() for kind in kinds)
    ]
    assert missing == []


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
    sources = [file for file in tracked_files() if file.suffix in {".py", ".pyx", ".js"}]
    assert [f"{file}: {length}" for file in sources if (length := len(file.read_text().splitlines())) > 500] == []
