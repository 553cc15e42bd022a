"""The report as a PDF to hand in: the same sections, tables and charts as the page."""

import json
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree

import typst

from app.reports.document import Chart, Document, Said, Table
from app.reports.lettering import SHEETS, fonts
from app.reports.words import M_, words_in
from app.statistics.definitions import FIGURES

METHOD = M_("How these numbers were made")
_FOOTER = M_("Release {number}. Threadline, workers' helpline.")


def pdf(document: Document, number: int, drawn: Mapping[str, bytes]) -> bytes:
    """Return the paper; `drawn` are the charts by name. The same, the same bytes."""
    words = words_in(document.language)
    data = {
        "language": document.language,
        "title": document.title,
        "footer": words.say(_FOOTER, number=number),
        "headline": document.headline,
        "method-title": words.say(METHOD),
        "rules-title": words.say("Definitions of all figures"),
        "rules": [
            {
                "name": FIGURES[figure].name,
                "rule": FIGURES[figure].rule,
                "version": FIGURES[figure].version,
            }
            for figure in document.figures
            if figure in FIGURES
        ],
        "method": [
            {"label": fact.label, "text": fact.text} for fact in document.method
        ],
        "sections": [
            {
                "title": section.title,
                "said": section.said,
                "tables": [_table(table, drawn) for table in section.tables],
            }
            for section in document.sections
        ],
    }
    made = typst.compile(
        SHEETS / "report.typ",
        root=SHEETS,
        font_paths=fonts(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        package_path=SHEETS,  # there are none, and none are fetched
        package_cache_path=SHEETS,
    )
    assert isinstance(made, bytes)
    return made


def _table(table: Table, drawn: Mapping[str, bytes]) -> dict[str, Any]:
    chart = table.chart
    return {
        "title": table.title,
        "head": table.head,
        "columns": [column.label for column in table.columns],
        "rows": [
            {"label": row.label, "said": [_said(each) for each in row.said]}
            for row in table.rows
        ],
        "words": [table.is_of_words(n) for n in range(len(table.columns))],
        "notes": table.notes,
        "chart": _chart(chart, drawn[chart.name])
        if chart and chart.name in drawn
        else None,
    }


def _said(said: Said) -> dict[str, Any]:
    return {"text": said.text, "note": said.note, "told": said.is_told}


def _chart(chart: Chart, svg: bytes) -> dict[str, Any]:
    width = ElementTree.fromstring(svg).get("width", "0")  # noqa: S314 - our own
    return {"svg": svg.decode(), "alt": chart.alt, "width": float(width)}
