"""What must hold of the facts found in any text, for the property tests and the fuzz targets alike."""

from __future__ import annotations

from collections.abc import Iterable

import zhreport as zr
from zhreport.types import VERDICTS


def sound(report: zr.Report, text: str) -> None:
    """The text is as given, and every span lies inside it, in order, with its own characters."""
    assert report.text == text
    last = 0
    for record in report.records:
        assert text[record.start : record.end] == record.surface, f"record at {record.start}"
        assert last <= record.start < record.end, f"record at {record.start} overlaps or stands out of order"
        last = record.end
    for section in report.sections:
        assert text[section.start : section.end] == section.marker, f"section at {section.start}"
        assert section.start < section.end <= section.body_end <= len(text)
    for spans in (report.sections, report.documents, report.sentences, report.placeholders):
        starts = [s.start for s in spans]
        assert starts == sorted(starts)
        assert all(0 <= s.start <= s.end <= len(text) for s in spans)
    ids = [r.id for r in report.records]
    assert len(set(ids)) == len(ids), "two records of one id"
    assert {r.part_of for r in report.records if r.part_of} <= set(ids), "part of no record"


def grounded(findings: Iterable[zr.Finding], reports: Iterable[zr.Report]) -> None:
    """Every figure of a finding stands in the text of the report that it names."""
    texts = {r.source: r.text for r in reports}
    for finding in findings:
        assert finding.verdict in VERDICTS
        assert finding.kind
        assert finding.reason
        text = texts.get(finding.source)
        for figure in (*finding.operands, finding.result):
            if figure is not None and text is not None:
                assert text[figure.start : figure.end] == figure.surface, f"{finding.kind} at {figure.start}"
