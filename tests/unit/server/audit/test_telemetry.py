"""Prometheus is told whether the audit log can be written."""

from pathlib import Path

from prometheus_client import CollectorRegistry

from server.audit.log import SUBJECT_FILE, Log
from server.audit.subjects import Subjects
from server.audit.telemetry import AuditMetrics
from server.audit.writer import AuditWriter
from server.world.auditing import Action, AuditEvent
from tests.support.audit import BEGAN


def test_it_tells_what_the_auditor_counts(tmp_path: Path) -> None:
    writer = AuditWriter(Log.open(tmp_path, BEGAN), Subjects(tmp_path / SUBJECT_FILE))
    registry = CollectorRegistry()
    registry.register(AuditMetrics(writer))
    assert registry.get_sample_value("polyclinic_audit_available") == 1
    writer.record(AuditEvent(action=Action.JOINED))
    writer.close()
    writer.record(AuditEvent(action=Action.LEFT))
    names = ("available", "records", "waiting", "unsigned", "lost_total", "witness_behind")
    assert [registry.get_sample_value(f"polyclinic_audit_{name}") for name in names] == [0, 2, 0, 0, 1, 0]
