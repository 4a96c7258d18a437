"""The sanitizer run's surroundings; the run itself is `make sanitize`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import sanitize


def test_the_compilers_sanitizer_is_found_and_loaded_first() -> None:
    first, *_ = sanitize.sanitizer_environment()["LD_PRELOAD"].split(":")
    assert Path(first).is_file()
    assert "libasan" in first


def test_a_library_the_compiler_does_not_have_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"libnothing\.so"):
        sanitize.library("libnothing.so")


def test_a_build_that_fails_ends_the_run_with_its_status(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sanitize, "build", lambda: 3)
    assert sanitize.main([]) == 3
