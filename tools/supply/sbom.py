"""Writes what the project is made of as CycloneDX: `make sbom`.

    python -m tools.supply.sbom --cyclonedx PYTHON_WITH_CYCLONEDX_BOM [--out artefacts/sbom]

One file for the Python packages of `requirements/lock.txt`, one for the web client's `package-lock.json`. Exit status 1
if a package of the lock files is missing in them.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import canonicalize_name

from tools.supply.locked import python_packages, web_packages

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
LOCK: Final = ROOT / "requirements" / "lock.txt"
WEB: Final = ROOT / "clients" / "web"


def write(file: Path, command: Sequence[str], folder: Path) -> None:
    """Have a program print a bill of materials into a file."""
    told = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, check=True).stdout
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(told)


def components(bill: dict[str, Any]) -> set[tuple[str, str]]:
    """Names and versions of a bill's components, scopes of npm included."""
    return {
        ("/".join(part for part in (each.get("group"), each["name"]) if part), each.get("version", ""))
        for each in bill.get("components", ())
    }


def missing(file: Path, locked: set[tuple[str, str]], *, python: bool) -> list[str]:
    """Name what a bill lacks of what is locked."""
    listed = components(json.loads(file.read_text()))
    if python:
        listed = {(canonicalize_name(name), version) for name, version in listed}
    return sorted(f"{name} {version}" for name, version in locked - listed)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write both, and look whether they are whole."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cyclonedx", default=sys.executable, help="the Python that has cyclonedx-bom")
    parser.add_argument("--npm", default="npm", help="npm's command")
    parser.add_argument("--out", type=Path, default=ROOT / "artefacts" / "sbom")
    options = parser.parse_args(arguments)
    python, web = options.out / "python.cdx.json", options.out / "web.cdx.json"
    listing = [options.cyclonedx, "-m", "cyclonedx_py", "requirements", str(LOCK), "--output-reproducible"]
    write(python, [*listing, "--pyproject", str(ROOT / "pyproject.toml")], ROOT)
    write(web, [options.npm, "sbom", "--package-lock-only", "--sbom-format=cyclonedx"], WEB)
    status = 0
    for file, locked, is_python in ((python, python_packages(LOCK), True), (web, web_packages(WEB), False)):
        lacks = missing(file, locked, python=is_python)
        print(f"{file}: {len(locked)} packages" + (f", lacks {', '.join(lacks)}" if lacks else ""))
        status = 1 if lacks else status
    return status


if __name__ == "__main__":
    sys.exit(main())
