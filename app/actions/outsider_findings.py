"""What keeps outsiders from bearing witness, and how to mend it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.actions.finding import Finding
from app.actions.make_head import wrong_with
from app.actions.send_heads import ENOUGH, witnesses
from app.domain.directory import Directory
from app.domain.heads import written_hour
from app.store import heads
from app.store.engine import Transaction
from app.store.heads import Kept

_LATE = timedelta(hours=2)
_LOGIN = """
SELECT pg_has_role(session_user, relowner, 'MEMBER') FROM pg_class
WHERE oid = 'ledger_event'::regclass
"""


async def outsider_findings(
    tx: Transaction, directory: Directory, at: datetime
) -> list[Finding]:
    newest = await heads.newest(tx)
    may_own = await tx.connection.fetchval(_LOGIN)
    return [*_heads(newest, at), *_witnesses(directory, at), *_login(bool(may_own))]


def _heads(newest: Kept | None, at: datetime) -> Iterator[Finding]:
    if newest is not None and (wrong := wrong_with(newest)):
        what, _, how = wrong.partition(". ")
        yield Finding(f"{what}.", how, is_grave=True)
    if newest is not None and at - newest.hour > _LATE:
        yield Finding(
            f"The newest head of the ledger is of {written_hour(newest.hour)}: what"
            " happened since then could be rewritten unseen.",
            "Is `threadline worker` running? It makes up the hours that it missed.",
            is_grave=True,
        )


def _witnesses(directory: Directory, at: datetime) -> Iterator[Finding]:
    count = len(witnesses(directory, at))
    if count < ENOUGH:
        yield Finding(
            f"{count or 'No'} {'party' if count == 1 else 'parties'} outside"
            f" {'is' if count == 1 else 'are'} sent the heads of the ledger;"
            f" {ENOUGH} are needed, so that no one of them can be talked round.",
            "Import an auditor (`threadline import people`), or a brand with a"
            " webhook or an address.",
        )


def _login(may_own: bool) -> Iterator[Finding]:
    if may_own:
        yield Finding(
            "DATABASE_URL logs in as the owner of the tables. It works, and the ledger"
            " cannot be altered by the service; but a break-in could become the owner.",
            "Give the service a login of its own, and keep the owner for `threadline"
            " migrate`: CREATE ROLE threadline_service LOGIN PASSWORD '…' IN ROLE"
            " threadline_app;",
        )
