"""Forgetting a case: its key is destroyed, the ledger goes on to verify."""

from datetime import datetime

from app.domain.case import Event
from app.domain.directory import Person
from app.domain.errors import Refused
from app.domain.taxonomy import Role
from app.store import media, recordings
from app.store.cases import load
from app.store.changes import Changes
from app.store.engine import Store
from app.store.ledger import FORGOTTEN, event_row


async def forget(
    store: Store, number: str, *, by: Person, at: datetime, through: str
) -> None:
    """Destroy a closed case's key, and with it every word and every fact.

    What the carrier still has of it is deleted there by the worker.

    What stays: the row without phone or text, its place in the statistics,
    and the chain. Only the secretariat may, and only a closed case.
    """
    if by.role is not Role.ADMIN:
        raise Refused(
            "Only the programme's secretariat (role admin) may forget a case."
        )
    async with store.transaction() as tx:
        held = await load(store, tx, number)
        if not held.file.state.is_closed:
            raise Refused("Only a closed case can be forgotten. Close it first.")
        changes = Changes()
        event = Event(FORGOTTEN, {"through": through}, str(by.id))
        changes.events.append(event_row(held.file.id, at, event, held.key))
        await changes.flush(tx)
        case_id = held.file.id
        await tx.connection.execute(
            "UPDATE cases SET data_key = NULL, phone_tag = NULL, phone_sealed = NULL,"
            " contact_tag = NULL, detail = '{}', joined_to = NULL,"
            " is_for_desk = false WHERE id = $1",
            case_id,
        )
        for statement in (
            "UPDATE deadline SET next_at = NULL WHERE case_id = $1",
            "DELETE FROM message WHERE case_id = $1",
            "DELETE FROM brand_word WHERE case_id = $1",
            "UPDATE remedy SET body = '' WHERE case_id = $1",
            "DELETE FROM conversation WHERE case_id = $1",
            "UPDATE claim SET answer = NULL, case_id = NULL WHERE case_id = $1",
            "DELETE FROM pin_try WHERE case_id = $1",
            "DELETE FROM callback WHERE case_id = $1",
            "DELETE FROM call WHERE case_id = $1",
            "DELETE FROM page WHERE case_id = $1",
            "UPDATE attachment SET content = NULL, size = 0, tag = uuid_send(id)"
            " WHERE case_id = $1",
            "UPDATE outbox SET params = '{}', shown = NULL, provider_id = NULL,"
            " next_at = NULL, recipient_key = CASE WHEN recipient_kind = 'reply'"
            " THEN '' ELSE recipient_key END,"
            " state = CASE WHEN next_at IS NULL THEN state ELSE 'dropped' END"
            " WHERE case_id = $1",
        ):
            await tx.connection.execute(statement, case_id)
        await recordings.forget_audio(tx, case_id, at)
        await media.forget(tx, case_id, at)
