"""Which charts and papers were drawn of a release, without what is in them."""

from collections.abc import Mapping

from app.store.engine import Transaction

_HEAD = 400  # bytes in which a picture says how large it is


async def drawn(
    tx: Transaction, *, audience: str, number: int, language: str, under: str
) -> Mapping[str, bytes]:
    """Return the names of files that begin so, each with its first bytes."""
    rows = await tx.connection.fetch(
        "SELECT name, substring(content FROM 1 FOR $5) AS head FROM release_file"
        " WHERE release = $1 AND audience = $2 AND language = $3"
        " AND starts_with(name, $4) ORDER BY name",
        number,
        audience,
        language,
        under,
        _HEAD,
    )
    return {row["name"]: bytes(row["head"]) for row in rows}
