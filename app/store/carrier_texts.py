"""Under which ids carriers have our texts."""

from collections.abc import Mapping
from datetime import datetime

from app.store.engine import Transaction


async def has_any(tx: Transaction) -> bool:
    """Tell whether anything was ever imported."""
    return bool(
        await tx.connection.fetchval("SELECT EXISTS (SELECT 1 FROM carrier_text)")
    )


async def of_carrier(tx: Transaction, carrier: str) -> Mapping[str, str]:
    """Return the carrier's template ids by text id."""
    rows = await tx.connection.fetch(
        "SELECT text_id, template_id FROM carrier_text WHERE carrier = $1"
        " ORDER BY text_id",
        carrier,
    )
    return {row["text_id"]: row["template_id"] for row in rows}


async def of_text(tx: Transaction, text_id: str) -> Mapping[str, str]:
    """Return the text's template ids by carrier."""
    rows = await tx.connection.fetch(
        "SELECT carrier, template_id FROM carrier_text WHERE text_id = $1", text_id
    )
    return {row["carrier"]: row["template_id"] for row in rows}


async def counts(tx: Transaction) -> Mapping[str, int]:
    """Return how many ids each carrier has."""
    rows = await tx.connection.fetch(
        "SELECT carrier, count(*) AS n FROM carrier_text GROUP BY carrier"
    )
    return {row["carrier"]: row["n"] for row in rows}


async def keep(
    tx: Transaction, carrier: str, ids: Mapping[str, str], *, at: datetime
) -> None:
    """Write template ids by text id; one that is there is written anew."""
    await tx.connection.executemany(
        "INSERT INTO carrier_text (carrier, text_id, template_id, imported_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (carrier, text_id) DO UPDATE"
        " SET template_id = excluded.template_id, imported_at = excluded.imported_at",
        [(carrier, text_id, template, at) for text_id, template in ids.items()],
    )
