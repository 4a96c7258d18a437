"""What the lock files say, for those who check that nothing of it was left out."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from packaging.markers import Marker
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from pathlib import Path

_PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)(?:\s*;\s*(?P<marker>[^\\]+))?")


def python_packages(lock: Path, *, here: bool = False) -> set[tuple[str, str]]:
    """Names and versions that a lock file for pip pins; `here`: those that are for this machine and this Python."""
    pinned = [match for line in lock.read_text().splitlines() if (match := _PINNED.match(line))]
    return {
        (canonicalize_name(match["name"]), match["version"])
        for match in pinned
        if not here or match["marker"] is None or Marker(match["marker"].strip()).evaluate()
    }


def web_packages(folder: Path) -> set[tuple[str, str]]:
    """Names and versions that a folder's `package-lock.json` pins, its own package left out."""
    lock: dict[str, Any] = json.loads((folder / "package-lock.json").read_text())
    return {
        (package.get("name") or place.rpartition("node_modules/")[2], package["version"])
        for place, package in lock["packages"].items()
        if place and not package.get("link")
    }
