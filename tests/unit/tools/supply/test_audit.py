"""An audit that could not be made is no audit: it fails, in words, and so does a known advisory."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tools.supply import audit
from tools.supply.audit import BAD_PYTHON, BAD_WEB, NotAudited, audit_python, audit_web

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

LOCKED = {"alpha": "1.0", "beta": "2.0"}
PYTHON_ADVISORY = {"id": "PYSEC-1", "aliases": ["CVE-1"]}
WEB_ADVISORY = {"severity": "high", "url": "https://advisories.example/1"}


@pytest.fixture
def tool(tmp_path: Path) -> Callable[[str], list[str]]:
    """A program that answers as a tool would, by a function `answer(arguments)` of text and status."""

    def make(answer: str) -> list[str]:
        file = tmp_path / "tool.py"
        file.write_text(f"import json, pathlib, sys\n{answer}\ntext, status = answer(sys.argv[1:])\n")
        with file.open("a") as more:
            more.write("print(text)\nsys.exit(status)\n")
        return [sys.executable, str(file)]

    return make


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "lock.txt"
    file.write_text("".join(f"{name}=={version} \\\n    --hash=sha256:00\n" for name, version in LOCKED.items()))
    return file


@pytest.fixture
def web(tmp_path: Path) -> Path:
    packages = {"": {"version": "0"}, "node_modules/three": {"version": "1"}}
    (tmp_path / "package-lock.json").write_text(json.dumps({"packages": packages}))
    return tmp_path


def python_answer(dependencies: Sequence[dict[str, Any]], *, knows: bool = True) -> str:
    """What pip-audit prints, for the package that is known to be bad and then for the lock."""
    known = {"name": BAD_PYTHON[0], "version": BAD_PYTHON[1], "vulns": [PYTHON_ADVISORY] if knows else []}
    bad, told = json.dumps({"dependencies": [known]}), json.dumps({"dependencies": list(dependencies)})
    return f"def answer(a): return ({bad!r} if '--no-deps' in a else {told!r}), 1\n"


def web_answer(vulnerabilities: dict[str, Any], total: int = 1, *, knows: bool = True) -> str:
    """What npm prints, in the folder of the package that is known to be bad and then in the client's."""

    def told(found: dict[str, Any]) -> str:
        metadata = {"dependencies": {"total": total}}
        return json.dumps({"auditReportVersion": 2, "vulnerabilities": found, "metadata": metadata})

    bad = told({BAD_WEB[0]: {"via": [WEB_ADVISORY]}} if knows else {})
    test = "'minimist' in pathlib.Path('package-lock.json').read_text()"
    return f"def answer(a): return ({bad!r} if {test} else {told(vulnerabilities)!r}), 1\n"


CLEAN: list[dict[str, Any]] = [{"name": name, "version": version, "vulns": []} for name, version in LOCKED.items()]

UNREACHABLE = {
    # What the tools print without a network, and of a registry that has no such service.
    "pip-audit": "def answer(a): print('ERROR:pip_audit._cli:Could not connect', file=sys.stderr); return '', 1",
    "npm": 'def answer(a): return json.dumps({"message": "request to the audit service failed", "error": {}}), 1',
    "npm-404": 'def answer(a): return json.dumps({"error": {"code": "ENOAUDIT", "summary": ""}}), 1',
    "silent": "def answer(a): return '', 0",
}


def test_what_is_clean_is_clean(tool: Callable[[str], list[str]], lock: Path, web: Path) -> None:
    assert audit_python(tool(python_answer(CLEAN)), lock) == []
    assert audit_web(tool(web_answer({})), web) == []


def test_an_advisory_is_told(tool: Callable[[str], list[str]], lock: Path, web: Path) -> None:
    bad = [CLEAN[0], {**CLEAN[1], "vulns": [PYTHON_ADVISORY]}]
    assert audit_python(tool(python_answer(bad)), lock) == ["beta 2.0: PYSEC-1 CVE-1"]
    found = {"three": {"via": [WEB_ADVISORY]}, "user-of-three": {"via": ["three"]}}
    assert audit_web(tool(web_answer(found)), web) == ["three: high, https://advisories.example/1"]


@pytest.mark.parametrize("answer", UNREACHABLE.values(), ids=UNREACHABLE)
def test_a_service_that_cannot_be_reached_has_audited_nothing(
    tool: Callable[[str], list[str]], lock: Path, web: Path, answer: str
) -> None:
    with pytest.raises(NotAudited, match=r"status \d: "):
        audit_python(tool(answer), lock)
    with pytest.raises(NotAudited, match=r"status \d: "):
        audit_web(tool(answer), web)


def test_a_tool_that_is_not_there_has_audited_nothing(lock: Path, web: Path) -> None:
    with pytest.raises(NotAudited, match="FileNotFoundError"):
        audit_python(["/nowhere/pip-audit"], lock)
    with pytest.raises(NotAudited, match="FileNotFoundError"):
        audit_web(["/nowhere/npm"], web)


@pytest.mark.unguarded
def test_a_service_that_knows_nothing_has_audited_nothing(
    tool: Callable[[str], list[str]], lock: Path, web: Path
) -> None:
    with pytest.raises(NotAudited, match=r"knows no advisory of jinja2 2\.10"):
        audit_python(tool(python_answer(CLEAN, knows=False)), lock)
    with pytest.raises(NotAudited, match=r"knows no advisory of minimist 0\.0\.8"):
        audit_web(tool(web_answer({}, knows=False)), web)


def test_an_answer_that_leaves_something_out_has_audited_nothing(
    tool: Callable[[str], list[str]], lock: Path, web: Path
) -> None:
    with pytest.raises(NotAudited, match=r"nothing of 1 of 2 packages: beta 2\.0"):
        audit_python(tool(python_answer(CLEAN[:1])), lock)
    skipped = [CLEAN[0], {**CLEAN[1], "skip_reason": "not found"}]
    with pytest.raises(NotAudited, match="beta: not found"):
        audit_python(tool(python_answer(skipped)), lock)
    with pytest.raises(NotAudited, match="npm audited 0 packages"):
        audit_web(tool(web_answer({}, total=0)), web)
    lock.write_text("")
    with pytest.raises(NotAudited, match="0 of 0"):
        audit_python(tool(python_answer([])), lock)


@pytest.mark.parametrize(
    ("found", "status", "words"),
    [
        ([], 0, "audited, no known advisory"),
        (["beta 2.0: PYSEC-1"], 1, "beta 2.0: PYSEC-1"),
        (NotAudited("no network"), 2, "could not be audited: no network"),
    ],
)
def test_the_exit_status_says_what_came_of_it(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    found: list[str] | NotAudited,
    status: int,
    words: str,
) -> None:
    def audited(*_: object) -> list[str]:
        if isinstance(found, NotAudited):
            raise found
        return found

    monkeypatch.setattr(audit, "audit_python", audited)
    monkeypatch.setattr(audit, "audit_web", lambda *_: [])
    assert audit.main([]) == status
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith(words)
    assert lines[-1] == "clients/web: audited, no known advisory"
