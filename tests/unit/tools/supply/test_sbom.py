"""A bill of materials is whole, or the command that writes it fails."""

from __future__ import annotations

import json
import stat
import sys
from typing import TYPE_CHECKING

from tools.supply import sbom

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def tool(folder: Path, name: str, components: list[dict[str, str]]) -> str:
    """A program that prints a bill with these components."""
    file = folder / name
    file.write_text(f"#!{sys.executable}\nprint({json.dumps({'components': components})!r})\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return str(file)


def test_what_a_bill_lacks_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (lock := tmp_path / "lock.txt").write_text("some_thing==1 \\\n")
    (tmp_path / "package-lock.json").write_text(
        '{"packages": {"": {}, "node_modules/@a/b": {"version": "2"}, "node_modules/c": {"version": "3"}}}'
    )
    monkeypatch.setattr(sbom, "LOCK", lock)
    monkeypatch.setattr(sbom, "WEB", tmp_path)
    python = tool(tmp_path, "python", [{"name": "Some.Thing", "version": "1"}])
    web = [{"group": "@a", "name": "b", "version": "2"}, {"name": "c", "version": "3"}]
    options = ["--out", str(tmp_path / "out"), "--cyclonedx", python, "--npm"]
    assert sbom.main([*options, tool(tmp_path, "npm", web)]) == 0
    assert json.loads((tmp_path / "out" / "web.cdx.json").read_text()) == {"components": web}
    capsys.readouterr()
    assert sbom.main([*options, tool(tmp_path, "npm", web[:1])]) == 1
    assert capsys.readouterr().out.splitlines()[1].endswith("web.cdx.json: 2 packages, lacks c 3")
