"""The answers to a text, where a carrier does not take them in its own request.

They are owed as everything unprompted is, in the transaction of the turn, so that
a process that dies after it has not lost them; what they say is sealed.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.actions.turn import HeardText
from app.domain.ledger import canonical
from app.outbox.owed import REPLY
from app.store.changes import Changes
from app.store.conversations import RESTS_AFTER
from app.store.ids import new_id
from app.store.sealing import Keyring

# Carriers keep the order of what comes one by one, seldom of what comes at once.
APART = timedelta(seconds=1.5)
_STEP = 512  # bytes


def as_json(texts: Sequence[str]) -> bytes:
    """Return the texts of an answer as a turn keeps them until they are owed."""
    return json.dumps(list(texts), ensure_ascii=False).encode()


def texts_in(answer: bytes) -> tuple[str, ...]:
    """Return the texts of an answer; none of one that was let go."""
    return tuple(json.loads(answer)) if answer else ()


def owe_replies(
    changes: Changes,
    keyring: Keyring,
    heard: HeardText,
    answer: bytes,
    *,
    claim: str,
    language: str,
    case_id: UUID | None,
    at: datetime,
) -> None:
    """Owe each text of the answer to whoever wrote, in its order.

    `claim` is the message that is answered. Nothing is owed where its carrier
    takes the answer itself, nor to whoever withholds the number. After half an hour
    the phone may be in other hands, and nothing is sent any more.
    """
    if not heard.carrier or heard.sender is None:
        return
    phone = keyring.phone_tag(heard.sender).hex()
    for place, text in enumerate(texts_in(answer)):
        owed_id = new_id(at)
        said = json.dumps(
            {
                "to": heard.sender,
                "text": text,
                "language": language,
                "line": heard.dialled,
                "carrier": heard.carrier,
            }
        )
        sealed = keyring.seal(_padded(said.encode()), f"outbox|reply|{owed_id}")
        changes.add(
            "owed",
            owed_id,
            case_id,
            f"{REPLY}:{claim}:{place}",
            REPLY,
            phone,
            REPLY,
            canonical({"sealed": sealed.hex()}),
            at,
            at + place * APART,
            at + RESTS_AFTER,
            0,
            "owed",
        )


def _padded(said: bytes) -> bytes:
    """Fill JSON up with blanks, which it ignores: its length tells nothing."""
    return said + b" " * (-len(said) % _STEP)
