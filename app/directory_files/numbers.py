"""numbers.csv: the hotline's own numbers, as workers dial them."""

from collections.abc import Mapping
from typing import Any

from app.carriers.abilities import why_unfit
from app.directory_files.problems import shown
from app.directory_files.record import Known, Record, refuse_problems, refuse_repeats
from app.directory_files.row import Row
from app.directory_files.table import Columns, read_rows
from app.domain.hours import parse_hours

COLUMNS = Columns(
    needed=(
        "number",
        "country",
        "provider",
        "languages",
        "sms",
        "voice",
        "allowed_hours",
        "sites",
    )
)

# The cells by which a number's carrier is asked what it can do.
_ABLE = frozenset({"number", "country", "sms", "voice"})

VOICES = ("answer", "missed_call", "studio", "none")


def read_numbers(content: bytes, known: Known) -> list[Record]:
    rows = read_rows(content, COLUMNS)
    records = [_record(row, known) for row in rows]
    refuse_repeats(zip(rows, (r.key for r in records), strict=True), "number")
    refuse_problems(rows)
    return records


def _record(row: Row, known: Known) -> Record:
    row.needed("number")
    languages = row.languages()
    if not languages:
        row.wrong("languages", "name at least one; the first is the default")
    hours = row.text("allowed_hours")
    values: dict[str, Any] = {
        "number": row.dialled("number"),
        "country": row.country(),
        "provider": row.text("provider").lower(),
        "languages": languages,
        "sms": row.truth("sms"),
        "voice": row.choice("voice", VOICES),
        "allowed_hours": row.parsed("allowed_hours", parse_hours) if hours else "",
        "sites": _sites(row, known),
    }
    if not {problem.column for problem in row.problems} & _ABLE:
        _refuse_unfit(row, known, values)
    return Record(row.number, str(values["number"]), values)


def _refuse_unfit(row: Row, known: Known, values: Mapping[str, Any]) -> None:
    """Note what the number's carrier cannot do, before anybody relies on it."""
    asked = {key: values[key] for key in ("number", "country", "provider")}
    for unfit in why_unfit(
        known.carriers, **asked, sms=values["sms"], voice=values["voice"]
    ):
        row.wrong(unfit.column, str(unfit))


def _sites(row: Row, known: Known) -> list[str]:
    codes = row.words("sites")
    for code in codes:
        if code not in known.directory.sites:
            advice = "is no site's code: import sites first, or leave it blank"
            row.wrong("sites", f"{shown(code)} {advice}")
    return codes
