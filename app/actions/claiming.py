"""A provider's message is answered once: the first answer is kept and given again."""

from datetime import datetime

from app.actions.turn import Work
from app.store import conversations
from app.store.engine import Store, Transaction
from app.store.sealing import CannotOpen


async def first_answer(
    store: Store, tx: Transaction, provider_id: str, at: datetime
) -> bytes | None:
    """Return the first answer, byte for byte; None once it is let go."""
    row = await conversations.first_answer(tx, provider_id)
    if row["answer"] is None or at - row["at"] > conversations.ANSWER_KEPT:
        return None
    context = f"claim|answer|{provider_id}"
    try:
        if row["case_id"] is None:
            return store.keyring.open(row["answer"], context)
        if row["data_key"] is None:
            return None  # The case was forgotten, and its key with it.
        key = store.keyring.unwrap(row["data_key"], row["case_id"])
        return key.open(row["answer"], context)
    except CannotOpen:
        return None


def remember(work: Work, body: bytes) -> None:
    """Keep the claim with its answer, sealed under the case's key if there is one."""
    held, context = work.held, f"claim|answer|{work.provider_id}"
    sealed = (
        held.key.seal(body, context) if held else work.store.keyring.seal(body, context)
    )
    case_id = held.file.id if held else None
    work.changes.add("claims", work.provider_id, work.at, case_id, sealed)
