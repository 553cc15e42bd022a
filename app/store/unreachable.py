"""A worker's phone that takes no more texts: the case's partner is told, once."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from app.domain.directory import Directory
from app.store.engine import Transaction
from app.store.ids import new_id

LASTS = timedelta(days=30)


async def owe_unreachable(
    tx: Transaction, directory: Directory, owed_id: UUID, at: datetime
) -> None:
    """Owe the partner of this worker's message the news that it never arrived.

    A message to anybody else says nothing about a worker. Where a case has no
    partner left, the secretariat is told. Once a case and reader.
    """
    case = await tx.connection.fetchrow(
        """
        SELECT c.id, c.number, c.site, c.country, c.detail -> 'excluded' AS excluded
        FROM outbox o JOIN cases c ON c.id = o.case_id
        WHERE o.id = $1 AND o.recipient_kind = 'worker'
        """,
        owed_id,
    )
    if case is None:
        return
    day = directory.local_day(at, case["site"], case["country"])
    excluded = json.loads(case["excluded"] or "[]")
    partners = directory.partners_for(case["site"], case["country"], day)
    keys = [
        [str(p.id) for p in people if str(p.id) not in excluded]
        for people in (partners, directory.secretariat(day))
    ]
    params = json.dumps({"number": case["number"], "site": case["site"] or ""})
    await tx.connection.executemany(
        """
        INSERT INTO outbox (id, case_id, key, recipient_kind, recipient_key, template,
          params, created_at, next_at, expires_at, attempt, state)
        VALUES ($1, $2, 'worker_unreachable:' || $3, 'person', $3,
          'worker_unreachable', $4, $5, $5, $6, 0, 'owed')
        ON CONFLICT (case_id, key) DO NOTHING
        """,
        [
            (new_id(at), case["id"], key, params, at, at + LASTS)
            for key in dict.fromkeys(keys[0] or keys[1])
        ],
    )
