"""The security page names tests that are there, and at least one for each guarantee."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`((?:tests|clients)/[A-Za-z0-9_./-]+\.(?:py|ts))(?:::(\w+))?`")
TARGET = re.compile(r"`make ([a-z-]+)")
SHOWN = "## Guarantees, and the test that shows each"


def missing_tests(page: str) -> list[str]:
    """Tests that a page names and that are not there."""
    missing = []
    for path, name in NAMED.findall(page):
        file = ROOT / path
        if not file.is_file() or (name and not re.search(rf"^(?:async )?def {name}\(", file.read_text(), re.MULTILINE)):
            missing.append(f"{path}::{name}")
    return missing


def rows(page: str) -> list[str]:
    """The rows of the tables of guarantees."""
    part = page.split(SHOWN)[1].split("\n## ", maxsplit=1)[0]
    return [line for line in part.splitlines() if line.startswith("|") and not re.match(r"\|(-|.*shown by \|$)", line)]


def test_every_test_that_is_named_is_there() -> None:
    page = PAGE.read_text()
    assert len(NAMED.findall(page)) > 50
    assert missing_tests(page) == []


def test_a_test_that_is_not_there_is_found() -> None:
    there = "`tests/unit/test_security_page.py::test_a_test_that_is_not_there_is_found`"
    assert missing_tests(there) == []
    for wrong in (there.replace("is_found", "is_fond"), there.replace("_page.py", "_pages.py")):
        assert missing_tests(f"{there} {wrong}") == [wrong.strip("`")]


def test_every_guarantee_has_a_test() -> None:
    found = rows(PAGE.read_text())
    assert len(found) > 30
    assert [row for row in found if not NAMED.search(row)] == []


def test_a_check_that_proves_itself_is_marked_as_one() -> None:
    part = PAGE.read_text().split("### The checks prove themselves")[1].split("\n## ")[0]
    marked = re.compile(r"pytest\.mark\.unguarded")
    unmarked = [
        path
        for path, name in NAMED.findall(part)
        if name and path != "tests/unit/test_security_page.py" and not marked.search((ROOT / path).read_text())
    ]
    assert unmarked == []


def test_every_make_target_that_is_named_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(TARGET.findall(PAGE.read_text())) - targets == set()
