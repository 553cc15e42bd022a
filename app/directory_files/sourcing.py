"""sourcing.csv: which brand buys from which site, and through whom."""

from dataclasses import replace
from datetime import date
from typing import Any

from app.directory_files.problems import shown
from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.table import Columns, read_rows

COLUMNS = Columns(needed=("brand", "site", "through", "from", "to", "share"))

ALWAYS = date.min  # where `from` is blank


def read_sourcing(content: bytes, known: Known) -> list[Record]:
    """Read sourcing; shares are kept as parts of one.

    A file writes its shares either as percentages or as parts of one: a
    single share above 1, or a percent sign, makes all of them percentages.
    """
    rows = read_rows(content, COLUMNS)
    records = [_record(row, known) for row in rows]
    if any(map(_is_percentage, rows, records)):
        records = [_from_percentage(record) for record in records]
    refuse_repeats(zip(rows, (r.key for r in records), strict=True), "site")
    refuse_problems(rows)
    return records


def _is_percentage(row: Row, record: Record) -> bool:
    share = record.values["share"]
    return "%" in row.text("share") or (share is not None and share > 1)


def _from_percentage(record: Record) -> Record:
    share = record.values["share"]
    if share is None:
        return record
    return replace(record, values={**record.values, "share": share / 100})


def _record(row: Row, known: Known) -> Record:
    since, until = row.period("from", "to")
    values: dict[str, Any] = {
        "brand": _brand(row, known),
        "site": _site(row, "site", row.needed("site"), known),
        "through": _site(row, "through", row.text("through"), known),
        "since": since or ALWAYS,
        "until": until,
        "share": row.share("share"),
    }
    if values["through"] and values["through"] == values["site"]:
        row.wrong("through", "this is the site itself: leave it blank for direct")
    key = (values["brand"], values["site"], values["through"], row.text("from"))
    return Record(row.number, "/".join(part for part in key if part), values)


def _brand(row: Row, known: Known) -> str:
    slug = row.needed("brand").lower()
    if slug and slug not in known.directory.brands:
        row.wrong("brand", f"{shown(slug)} is no brand's slug: import brands first")
    return slug


def _site(row: Row, column: str, code: str, known: Known) -> str:
    if code and code not in known.directory.sites:
        row.wrong(column, f"{shown(code)} is no site's code: import sites first")
    return code
