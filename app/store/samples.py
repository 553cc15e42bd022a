"""The complaints of which an auditor may be shown some, as far as rows are told."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.domain.mandates import Mandate
from app.statistics.rows import COLUMNS, SENSITIVE_WORD, Row
from app.store.engine import Transaction

# What a sample may tell of a complaint beside its quarter.
SHOWN = ("country", "category", "severity", "channel")


async def population(tx: Transaction, mandate: Mandate, quarter: str) -> list[Row]:
    """Return the complaints of a quarter whose rows tell that a mandate covers them.

    Neither what was logged before Threadline, of which there are no events, nor
    what was settled as sensitive, or without its category. What became of it since
    changes nothing: who is missing in a second sample would be found by that.
    """
    rows = await tx.connection.fetch(
        f"""
        SELECT t.id, {", ".join(f"t.{column}" for column in SHOWN)}
        FROM told_row t JOIN stat_case c ON c.id = t.id
        WHERE t.quarter = $1 AND ($2::bool OR t.site = ANY($3::text[])
          OR t.country = ANY($4::text[])) AND NOT c.is_history
          AND t.category <> $5
        ORDER BY t.id
        """,
        quarter,
        mandate.is_of_programme,
        list(mandate.sites),
        list(mandate.countries),
        SENSITIVE_WORD,
    )
    return [_row(row, quarter) for row in rows]


async def counted_to(tx: Transaction, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return of each complaint the last event that is counted.

    Of what became sensitive since it was settled: the last one before. So a course
    only ever grows, and stands still at what nobody shall learn.
    """
    rows = await tx.connection.fetch(
        "SELECT c.id, coalesce((t.said->>'seq')::bigint, c.seq) AS seq"
        " FROM stat_case c JOIN told_row t ON t.id = c.id WHERE c.id = ANY($1)",
        list(ids),
    )
    return {row["id"]: row["seq"] for row in rows}


def _row(row: Any, quarter: str) -> Row:
    told: dict[str, str | None] = dict.fromkeys(COLUMNS)
    told.update({column: row[column] for column in SHOWN})
    case_id: UUID = row["id"]
    return Row(case_id, quarter, {**told, "period": quarter})
