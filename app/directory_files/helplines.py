"""helplines.csv: the outside numbers that a worker may need at once."""

import re

from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.table import Columns, read_rows

COLUMNS = Columns(needed=("country", "kind", "number", "name", "language", "source"))

KINDS = ("emergency", "child", "crisis", "women", "labour", "legal_aid", "other")

_NUMBER = re.compile(r"\+?[0-9][0-9 \-]{1,18}")
_LANGUAGES = re.compile("[a-z]{2,3}(;[a-z]{2,3})*")


def read_helplines(content: bytes, _known: Known) -> list[Record]:
    """Read helplines; a country has one emergency number, for every message."""
    rows = read_rows(content, COLUMNS)
    records = [_record(row) for row in rows]
    refuse_repeats(zip(rows, (r.key for r in records), strict=True), "number")
    _refuse_two_emergencies(rows, records)
    refuse_problems(rows)
    return records


def _record(row: Row) -> Record:
    values = {
        "country": row.country(),
        "kind": row.choice("kind", KINDS),
        "number": row.needed("number"),
        "language": row.text("language").lower().replace(" ", ""),
        "name": row.needed("name"),
        "source": row.text("source"),
    }
    if values["number"] and not _NUMBER.fullmatch(values["number"]):
        row.wrong("number", "write digits, with spaces or dashes between")
    if values["language"] and not _LANGUAGES.fullmatch(values["language"]):
        row.wrong("language", "write codes such as bn, with ; between")
    key = "/".join(values[part] for part in ("country", "kind", "number", "language"))
    return Record(row.number, key.rstrip("/"), values)


def _refuse_two_emergencies(rows: list[Row], records: list[Record]) -> None:
    first: dict[str, str] = {}
    for row, record in zip(rows, records, strict=True):
        country, number = record.values["country"], record.values["number"]
        is_emergency = record.values["kind"] == "emergency"
        if is_emergency and first.setdefault(country, number) != number:
            advice = "one emergency number a country ends every message: keep one"
            row.wrong("number", f"{advice} and list others as kind other")
