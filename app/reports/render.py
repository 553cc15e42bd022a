"""Everything that is drawn of a release when it is published, in every language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.reports.book import Book, Issue
from app.reports.charts import svg
from app.reports.labels import Place
from app.reports.paper import pdf
from app.reports.words import LANGUAGES, words_in
from app.reports.write import document

SVG_TYPE = "image/svg+xml"
PDF_TYPE = "application/pdf"
# Of older years the tables are told as ever, and nothing is drawn.
MOST_YEARS = 5


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """One chart or paper; `kind` is its media type."""

    name: str
    language: str
    kind: str
    content: bytes


def chart_name(period: str, chart: str) -> str:
    return f"{period}/{chart}.svg"


def report_name(period: str) -> str:
    return f"{period}/report.pdf"


def drawn_periods(issue: Issue) -> tuple[str, ...]:
    """Return the newest years with anything in them, and the newest quarter."""
    lively = [year for year in issue.years if not Book(issue, year).is_empty]
    quarters = [
        period
        for period in issue.periods
        if "-" in period and not Book(issue, period).is_empty
    ]
    return (*lively[:MOST_YEARS], *quarters[:1])


def files_of(issue: Issue, places: Mapping[str, Place]) -> Iterator[ReleaseFile]:
    """Draw the charts and set the papers, one after the other."""
    for language in LANGUAGES:
        for period in drawn_periods(issue):
            yield from of_period(issue, period, language, places)


def of_period(
    issue: Issue, period: str, language: str, places: Mapping[str, Place]
) -> Iterator[ReleaseFile]:
    """Draw one period in one language; the paper comes last."""
    written = document(issue, period, words_in(language), places)
    drawn = {chart.name: svg(chart, language) for chart in written.charts}
    for name, content in drawn.items():
        yield ReleaseFile(chart_name(period, name), language, SVG_TYPE, content)
    paper = pdf(written, issue.number, drawn)
    yield ReleaseFile(report_name(period), language, PDF_TYPE, paper)
