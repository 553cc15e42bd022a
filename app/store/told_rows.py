"""How much of each complaint its row tells, settled once and kept for good.

The rule is `app.statistics.rows`, here as one statement for each quarter, so that
any number of rows passes through the same memory. What is settled never changes:
two exports can then not be held against each other. Who comes into a quarter
afterwards waits until there are enough of them to be told together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.statistics.model import SMALLEST_UNIT, Audience, Told
from app.statistics.rows import (
    COLUMNS,
    LAST,
    OF_SENSITIVE,
    OF_SITES,
    ORDER,
    PERIOD,
    SENSITIVE_WORD,
)
from app.store.engine import Transaction, lock_key
from app.store.figures import facts

_LOCK = lock_key(b"figures", b"told rows")
# Columns whose values the figures tell or not, year by year.
_FIGURED = tuple(column for column in COLUMNS if column not in (PERIOD, "route"))
_COUNT, _SENSITIVE = "complaints", "sensitive_complaints"


@dataclass(frozen=True, slots=True)
class Published:
    """The release that rows agree with: nothing is told that its tables withhold."""

    number: int
    k: int  # of the auditors' release


async def settle(
    tx: Transaction, published: Published, quarters: Sequence[str]
) -> Mapping[str, int]:
    """Settle what the rows of these quarters tell; return how many for each.

    The quarters are closed. One at a time settles, and nobody counts meanwhile: what
    becomes sensitive does so before or after, and its row is kept as it was.
    """
    await tx.connection.execute("SELECT pg_advisory_xact_lock($1)", _LOCK)
    await facts.take(tx)
    return {quarter: await _settle(tx, published, quarter) for quarter in quarters}


async def unbegun(tx: Transaction, quarters: Sequence[str]) -> list[str]:
    """Return which of these quarters have complaints of which none is settled."""
    rows = await tx.connection.fetch(
        "SELECT q FROM unnest($1::text[]) q"
        " WHERE NOT EXISTS (SELECT FROM told_row t WHERE t.quarter = q)"
        " AND EXISTS (SELECT FROM stat_case c WHERE c.quarter = q) ORDER BY 1",
        list(quarters),
    )
    return [row["q"] for row in rows]


async def unsettled(tx: Transaction, quarters: Sequence[str]) -> list[str]:
    """Return which of these quarters have complaints that are not settled."""
    rows = await tx.connection.fetch(
        "SELECT DISTINCT c.quarter FROM stat_case c"
        " WHERE c.quarter = ANY($1::text[]) AND NOT c.is_info"
        " AND NOT EXISTS (SELECT FROM told_row t WHERE t.id = c.id) ORDER BY 1",
        list(quarters),
    )
    return [row["quarter"] for row in rows]


async def _settle(tx: Transaction, published: Published, quarter: str) -> int:
    told = await _told_by_figures(tx, published, quarter)
    done: str = await tx.connection.execute(
        _SETTLE,
        quarter,
        *days_of(quarter),
        published.k,
        published.number,
        *(told.get(column) for column in _FIGURED),
        told.get(_SENSITIVE),
    )
    return int(done.rsplit(" ", 1)[-1])


async def _told_by_figures(
    tx: Transaction, published: Published, quarter: str
) -> Mapping[str, list[str]]:
    """Return which values the tables of its year tell; without a table: nothing."""
    rows = await tx.connection.fetch(
        "SELECT CASE WHEN figure = $4 THEN $4 ELSE by END AS by,"
        " coalesce(array_agg(value) FILTER (WHERE told = $6), '{}') AS told"
        " FROM published_cell WHERE audience = $1 AND release = $2 AND by <> ''"
        " AND (figure = $3 AND period = $5 OR figure = $4 AND period = $7)"
        " GROUP BY 1",
        Audience.AUDITOR.value,
        published.number,
        _COUNT,
        _SENSITIVE,
        quarter[:4],
        Told.EXACT.value,
        quarter,
    )
    return {row["by"]: row["told"] for row in rows}


def days_of(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter, or of a year."""
    year = int(quarter[:4])
    if "Q" not in quarter:
        return date(year, 1, 1), date(year, 12, 31)
    last = int(quarter[-1]) * 3
    days = {3: 31, 6: 30, 9: 30, 12: 31}
    return date(year, last - 2, 1), date(year, last, days[last])


def _columns(alias: str = "") -> str:
    return ", ".join(f"{alias}{column}" for column in COLUMNS)


_SOURCE: Mapping[str, str] = {
    "country": "c.country",
    "region": "s.region",
    "kind": "s.kind",
    "tier": "s.tier::text",
    "site": "s.code",
    PERIOD: "CASE WHEN c.is_of_year THEN c.quarter"
    " ELSE to_char(c.received_on, 'YYYY-MM') END",
    "category": "c.category",
    "severity": "c.severity",
    "route": "c.route",
    "channel": "c.channel",
    "language": "c.language",
    "filer": "c.filer",
}


def _figured(column: str, place: int) -> str:
    value = _SOURCE[column]
    is_told = f"${place}::text[] IS NULL OR {value} = ANY(${place})"
    return f"CASE WHEN {is_told} THEN {value} END"


def _base() -> str:
    """Return every row without what is never told of such a complaint."""
    first = 6  # after quarter, its days, k and the release
    places = {column: first + n for n, column in enumerate(_FIGURED)}
    sensitive_country = _figured("country", first + len(_FIGURED))
    of_sensitive = {
        "country": sensitive_country,
        PERIOD: "c.quarter",
        "category": f"'{SENSITIVE_WORD}'",
    }
    parts = []
    for column in COLUMNS:
        value = (
            _figured(column, places[column]) if column in places else _SOURCE[column]
        )
        if column in OF_SITES:
            value = (
                f"CASE WHEN c.is_factory AND s.workers >= {SMALLEST_UNIT}"
                f" THEN {value} END"
            )
        sensitive = of_sensitive[column] if column in OF_SENSITIVE else "NULL"
        parts.append(
            f"CASE WHEN c.is_sensitive THEN {sensitive} ELSE {value} END AS {column}"
        )
    return f"""
    SELECT c.id, c.quarter, {", ".join(parts)}
    FROM stat_case c LEFT JOIN site s ON s.code = c.site
    WHERE c.received_on BETWEEN $2 AND $3 AND c.quarter = $1
    AND NOT c.is_info
    AND NOT EXISTS (SELECT FROM told_row t WHERE t.id = c.id)
    """


def _hash(value: str, place: int) -> str:
    return f"hashtextextended(coalesce('=' || {value}, '~'), {place})"


_STEP: Mapping[str, int] = {c: step for step, gone in enumerate(ORDER) for c in gone}


def _keys() -> str:
    """Return for each step what a row then tells, as one number.

    Of 64 bits: that two groups of some thousand have the same is nothing to
    reckon with.
    """
    changes = [[(column, column) for column in COLUMNS]]
    changes += [
        [(column, value) for column in gone for value in (column, _gone(column))]
        for gone in ORDER[1:]
    ]
    keys = (
        " # ".join(_hash(value, COLUMNS.index(column)) for column, value in change)
        for change in changes
    )
    return ", ".join(f"{key} AS change_{step}" for step, key in enumerate(keys))


def _level(level: int) -> str:
    """Return the rows that are left at a step, and with how many each is alike."""
    source = "changed" if level == 0 else f"level_{level - 1} WHERE n < $4"
    later = "".join(f", change_{step}" for step in range(level + 1, len(ORDER)))
    key = "change_0" if level == 0 else f"key # change_{level}"
    return (
        f"level_{level} AS MATERIALIZED (SELECT id, key{later},"
        " count(*) OVER (PARTITION BY key) AS n"
        f" FROM (SELECT id, {key} AS key{later} FROM {source}) shown)"
    )


def _gone(column: str) -> str:
    return "quarter" if column == PERIOD else "NULL::text"


def _shown(level: str) -> list[str]:
    """Return each column as it is told at that step."""
    return [
        f"CASE WHEN {level} >= {_STEP[column]} THEN {_gone(column)} ELSE {column} END"
        for column in COLUMNS
    ]


def _statement() -> str:
    levels = ", ".join(_level(level) for level in range(len(ORDER)))
    safe = " UNION ALL ".join(
        f"SELECT id, key, {level} AS level FROM level_{level} WHERE n >= $4"
        for level in range(len(ORDER))
    )
    as_text = " || chr(31) || ".join(
        f"coalesce('=' || {column}, '~')" for column in _shown("level")
    )
    return f"""
    INSERT INTO told_row (id, quarter, level, release, {_columns()})
    WITH base AS MATERIALIZED ({_base()}),
    changed AS (SELECT id, {_keys()} FROM base),
    {levels},
    safe AS MATERIALIZED ({safe}),
    alone AS MATERIALIZED (SELECT id FROM level_{LAST} WHERE n < $4),
    company AS MATERIALIZED (
      SELECT level, key FROM safe JOIN base USING (id) WHERE EXISTS (SELECT FROM alone)
      GROUP BY level, key
      ORDER BY count(*), level DESC, min(({as_text}) COLLATE "C") LIMIT 1
    ),
    told AS (
      SELECT s.id, CASE WHEN m.key IS NULL THEN s.level ELSE {LAST} END AS level
      FROM safe s LEFT JOIN company m ON m.level = s.level AND m.key = s.key
      UNION ALL
      SELECT id, {LAST} FROM alone WHERE EXISTS (SELECT FROM company)
    )
    SELECT id, quarter, level, $5::int, {", ".join(_shown("level"))}
    FROM told JOIN base USING (id)
    """


_SETTLE = _statement()


async def as_told(tx: Transaction, quarter: str) -> list[Mapping[str, Any]]:
    """Return the rows of a quarter as they are told."""
    rows = await tx.connection.fetch(
        f"SELECT id, quarter, level, {_columns()} FROM told_row WHERE quarter = $1"
        " ORDER BY id",
        quarter,
    )
    return [dict(row) for row in rows]
