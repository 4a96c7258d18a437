"""Asks the registries' advisory services about every dependency: `make audit-dependencies`.

    python -m tools.supply.audit --pip-audit PYTHON_WITH_PIP_AUDIT

An answer counts only if it speaks of every package of the lock file and if the same service, asked just before, knew an
advisory that it must know: a service that is unreachable, that left something out, or that knows nothing, has audited
nothing. Exit status: 0 if all was audited and nothing is known, 1 if an advisory is, 2 if it could not be audited.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from packaging.utils import canonicalize_name

from tools.supply.locked import python_packages, web_packages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[2]
LOCKS: Final = tuple(ROOT / "requirements" / f"{name}.txt" for name in ("lock", "node", "supply"))
"""What is served, built and released with; benchmarks and their peers are not."""
WEB: Final = ROOT / "clients" / "web"
BAD_PYTHON: Final = ("jinja2", "2.10")
"""Has had an advisory (CVE-2019-10906) since 2019."""
BAD_WEB: Final = ("minimist", "0.0.8")
"""Has had an advisory (CVE-2020-7598) since 2020."""
PATIENCE_SECONDS: Final = 600.0


class NotAudited(Exception):
    """Nobody knows whether there are advisories."""


def audit_python(command: Sequence[str], lock: Path) -> list[str]:
    """Give the known advisories of what a lock file pins, as `name version: advisory`. Raises `NotAudited`."""
    with tempfile.TemporaryDirectory() as folder:
        bad = Path(folder) / "bad.txt"
        bad.write_text("==".join(BAD_PYTHON) + "\n")
        if not _python_advisories(_ask(command, "--no-deps", "--disable-pip", "--requirement", str(bad))):
            raise NotAudited(f"the service knows no advisory of {' '.join(BAD_PYTHON)}, which has one")
    told = _ask(command, "--require-hashes", "--disable-pip", "--strict", "--requirement", str(lock))
    answered: set[tuple[str, str]] = {
        (canonicalize_name(each["name"]), each.get("version", "")) for each in told["dependencies"]
    }
    _demand_all(python_packages(lock, here=True), answered)
    return _python_advisories(told)


def audit_web(command: Sequence[str], folder: Path) -> list[str]:
    """Give the known advisories of what a `package-lock.json` pins, as `name: advisory`. Raises `NotAudited`."""
    with tempfile.TemporaryDirectory() as name:
        _write_bad(Path(name))
        if not _web_advisories(_ask(command, folder=Path(name))):
            raise NotAudited(f"the service knows no advisory of {' '.join(BAD_WEB)}, which has one")
    told = _ask(command, folder=folder)
    audited, there = told["metadata"]["dependencies"]["total"], len(web_packages(folder))
    # npm counts the packages it found in the tree, and some of them are for other machines only.
    if audited <= 0 or audited > there:
        raise NotAudited(f"npm audited {audited} packages, and the lock file has {there}")
    return _web_advisories(told)


def _ask(command: Sequence[str], *arguments: str, folder: Path = ROOT) -> dict[str, Any]:
    try:
        # Both tools end with the same status for advisories and for their own failures: what they print decides.
        run = subprocess.run(
            [*command, *arguments], cwd=folder, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotAudited(f"{command[0]}: {type(error).__name__}") from None
    try:
        told = json.loads(run.stdout)
    except ValueError:
        raise NotAudited(_last_words(run)) from None
    if not isinstance(told, dict):
        raise NotAudited(_last_words(run))
    if not {"dependencies", "auditReportVersion"} & told.keys():
        code = (told.get("error") or {}).get("code")
        raise NotAudited(f"status {run.returncode}: {told.get('message') or code or _last_words(run)}")
    return told


def _last_words(run: subprocess.CompletedProcess[str]) -> str:
    said = [line for line in (*run.stdout.splitlines(), *run.stderr.splitlines()) if line.strip("{} \t")]
    return f"status {run.returncode}: {' '.join(said)[:500] or 'no word'}"


def _demand_all(wanted: set[tuple[str, str]], answered: set[tuple[str, str]]) -> None:
    missing = sorted(wanted - answered)
    if missing or not wanted:
        names = ", ".join(" ".join(each) for each in missing[:10])
        raise NotAudited(f"the service said nothing of {len(missing)} of {len(wanted)} packages: {names}")


def _python_advisories(told: dict[str, Any]) -> list[str]:
    skipped = [f"{each['name']}: {each['skip_reason']}" for each in told["dependencies"] if "skip_reason" in each]
    if skipped:
        raise NotAudited("; ".join(skipped))
    return [
        f"{each['name']} {each['version']}: {' '.join([known['id'], *known.get('aliases', ())])}"
        for each in told["dependencies"]
        for known in each["vulns"]
    ]


def _web_advisories(told: dict[str, Any]) -> list[str]:
    return [
        f"{name}: {known['severity']}, {known['url']}"
        for name, package in told["vulnerabilities"].items()
        for known in package["via"]
        # A text names another package of this list, by way of which it is affected.
        if isinstance(known, dict)
    ]


def _write_bad(folder: Path) -> None:
    name, version = BAD_WEB
    package: dict[str, Any] = {"name": "bad", "version": "1.0.0", "dependencies": {name: version}}
    placed = {"": package, f"node_modules/{name}": {"version": version}}
    lock = {**package, "lockfileVersion": 3, "requires": True, "packages": placed}
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "package-lock.json").write_text(json.dumps(lock))


def _audit_all(pip_audit: Sequence[str], npm: Sequence[str]) -> Iterator[tuple[str, list[str] | NotAudited]]:
    for lock in LOCKS:
        try:
            yield f"requirements/{lock.name}", audit_python(pip_audit, lock)
        except NotAudited as error:
            yield f"requirements/{lock.name}", error
    try:
        yield "clients/web", audit_web(npm, WEB)
    except NotAudited as error:
        yield "clients/web", error


def main(arguments: Sequence[str] | None = None) -> int:
    """Audit everything, and say of each part what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pip-audit", default=sys.executable, help="the Python that has pip-audit")
    parser.add_argument("--npm", default="npm", help="npm's command")
    options = parser.parse_args(arguments)
    pip_audit = [options.pip_audit, "-m", "pip_audit", "--format=json", "--progress-spinner=off"]
    npm = [options.npm, "audit", "--json", "--package-lock-only"]
    status = 0
    for part, found in _audit_all(pip_audit, npm):
        if isinstance(found, NotAudited):
            print(f"{part}: could not be audited: {found}")
            status = 2
        elif found:
            print(*(f"{part}: {advisory}" for advisory in found), sep="\n")
            status = max(status, 1)
        else:
            print(f"{part}: audited, no known advisory")
    return status


if __name__ == "__main__":
    sys.exit(main())
