"""Adds up the steps of all parity tests, whichever process ran them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

STEPS_PROPERTY = "parity_steps"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print `parity: N steps, M differences`: a test that fails is a difference, whatever it would have counted."""
    reports = [
        report
        for outcome in ("passed", "failed", "error")
        for report in terminalreporter.getreports(outcome)
        if "tests/parity/" in report.nodeid
    ]
    if not reports:
        return
    steps = sum(count for report in reports for name, count in report.user_properties if name == STEPS_PROPERTY)
    differences = sum(not report.passed for report in reports)
    terminalreporter.write_line(f"parity: {steps} steps, {differences} differences")
