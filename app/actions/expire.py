"""Housekeeping by date: what is kept no longer than it must be."""

from datetime import datetime, timedelta

from app.store import accounts, api_tokens, hook_log, ring_back
from app.store.conversations import ANSWER_KEPT
from app.store.engine import Store

CLAIMS_KEPT = timedelta(days=366)
TRIES_KEPT = timedelta(hours=24)
TEXT_CLAIMS_KEPT = timedelta(hours=24)
RINGS_KEPT = timedelta(days=2)


async def expire_old(store: Store, at: datetime) -> int:
    """Let go of idle talks and calls, old answers, old claims and old PIN tries.

    And of answers that were owed, of numbers that were rung back, and of leaves
    to record prompts.

    Returns how many rows were let go. Safe to run at any time, by anybody.
    """
    gone = 0
    async with store.transaction() as tx:
        for statement, before in (
            ("DELETE FROM conversation WHERE expires_at <= $1", at),
            ("DELETE FROM call WHERE expires_at <= $1", at),
            ("DELETE FROM page WHERE expires_at <= $1", at),
            ("DELETE FROM studio WHERE expires_at <= $1", at),
            (
                "UPDATE claim SET answer = NULL WHERE at <= $1 AND answer IS NOT NULL",
                at - ANSWER_KEPT,
            ),
            ("DELETE FROM claim WHERE at <= $1", at - CLAIMS_KEPT),
            ("DELETE FROM pin_try WHERE at <= $1", at - TRIES_KEPT),
            ("DELETE FROM text_claim WHERE at <= $1", at - TEXT_CLAIMS_KEPT),
            # What an answer said, and to whom, is not kept beyond the time in which it
            # may go out.
            (
                "UPDATE outbox SET params = '{}', recipient_key = ''"
                " WHERE recipient_kind = 'reply'"
                " AND params <> '{}' AND expires_at <= $1",
                at,
            ),
        ):
            gone += _count(await tx.connection.execute(statement, before))
        gone += await ring_back.forget_old(tx, at - RINGS_KEPT)
        gone += await hook_log.forget_old(tx, at)
        gone += await api_tokens.forget_old(tx, at)
        gone += await accounts.forget_old(tx, at)
    return gone


def _count(status: str) -> int:
    return int(status.rsplit(" ", 1)[-1])
