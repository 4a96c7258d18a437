"""What Prometheus is told of the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from server.audit.writer import AuditWriter


class AuditMetrics(Collector):
    """Reads the auditor's own counts when somebody asks."""

    def __init__(self, auditor: AuditWriter) -> None:
        self._auditor = auditor

    def collect(self) -> Iterator[Metric]:
        """Write them."""
        auditor = self._auditor
        yield GaugeMetricFamily(
            "polyclinic_audit_available", "Whether the audit log can be written.", int(auditor.available)
        )
        yield GaugeMetricFamily("polyclinic_audit_records", "Records in the audit log.", auditor.records)
        yield GaugeMetricFamily("polyclinic_audit_waiting", "Events not on the disk yet.", auditor.waiting)
        yield GaugeMetricFamily("polyclinic_audit_unsigned", "Records no checkpoint covers yet.", auditor.unsigned)
        yield CounterMetricFamily("polyclinic_audit_lost_total", "Events that came after a failure.", auditor.lost)
        yield GaugeMetricFamily(
            "polyclinic_audit_witness_behind", "Checkpoints the witness lacks.", auditor.witness_behind
        )
