"""committees.csv: what the programme asks of the committees that hold cases."""

from app.directory_files.problems import shown
from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.scopes import place
from app.directory_files.table import Columns, read_rows
from app.domain.composition import EVERYWHERE, PARITIES
from app.domain.taxonomy import COMMITTEE_ROUTES

COLUMNS = Columns(
    needed=(
        "scope",
        "body",
        "fewest",
        "fewest_workers",
        "women_percent",
        "quorum",
        "parity",
        "source",
    )
)

_PARITIES = "write equal or workers_not_fewer, or leave it blank"


def read_committees(content: bytes, known: Known) -> list[Record]:
    """Read rules; a committee that lacks what its rule asks gets no cases."""
    rows = read_rows(content, COLUMNS)
    records = [_record(row, known) for row in rows]
    refuse_repeats(zip(rows, (r.key for r in records), strict=True), "scope")
    refuse_problems(rows)
    return records


def _record(row: Row, known: Known) -> Record:
    percent = row.whole("women_percent", at_least=1)
    if (percent or 0) > 100:
        row.wrong("women_percent", "write a whole number from 1 to 100")
    values = {
        "scope": _scope(row, known),
        "body": row.choice("body", sorted(COMMITTEE_ROUTES)),
        "fewest": row.whole("fewest", at_least=1),
        "fewest_workers": row.whole("fewest_workers", at_least=2),
        "women_percent": percent,
        "quorum": row.whole("quorum", at_least=1),
        "parity": row.text("parity").lower(),
        "source": row.needed("source"),
    }
    if values["parity"] not in ("", *PARITIES):
        row.wrong("parity", _PARITIES)
    return Record(row.number, f"{values['scope']} {values['body']}".strip(), values)


def _scope(row: Row, known: Known) -> str:
    word = row.needed("scope")
    if word in ("", EVERYWHERE):
        return word
    found = place(word, known.directory)
    if found is None:
        advice = "write a site's code, a region that has sites, a country, or *"
        row.wrong("scope", f"{shown(word)} is not known: {advice}")
    return found or ""
