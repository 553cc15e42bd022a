"""A name for a text that its carrier gave none, so that it is heard once.

Two rows stand for such a text: one counts what came from its phone, the other
holds its words and when they were first heard. The same words within a while are
the same text that the carrier brings again, unless another came in between, or it
had its answer: whoever writes "1" to two questions has read the second one first.
"""

import json
import secrets
from datetime import datetime, timedelta

from app.store.engine import Store

# A carrier that hung up before our answer brings the text again; whoever has got the
# next question needs longer to read it and to answer.
AFTER_ANSWER = timedelta(seconds=10)

# In one statement: whoever else brings a text of this phone meanwhile waits at the
# first row for the end of it. A name is made of the moment, so no two are equal.
_CLAIM = """
WITH phone AS (
  INSERT INTO text_claim AS c (tag, at, n) VALUES ($1, $3, 1)
  ON CONFLICT (tag) DO UPDATE SET n = c.n + 1, at = greatest(c.at, excluded.at)
  RETURNING n
)
INSERT INTO text_claim AS c (tag, at, n) SELECT $2, $3, n FROM phone
ON CONFLICT (tag) DO UPDATE SET n = excluded.n,
  (at, answered_at) = (
    SELECT CASE WHEN is_repeat THEN c.at
      ELSE greatest(excluded.at, c.at + interval '1 microsecond') END,
      CASE WHEN is_repeat THEN c.answered_at END
    FROM (SELECT c.n = excluded.n - 1 AND excluded.at < c.at + $4
      AND coalesce(excluded.at < c.answered_at + $5, true) AS is_repeat) AS seen
  )
RETURNING at
"""

# The first answer counts: a carrier that goes on is not taken for her silence.
_ANSWERED = """
UPDATE text_claim SET answered_at = $2 WHERE tag = $1 AND answered_at IS NULL
"""


async def name_for(
    store: Store,
    *,
    provider: str,
    sender: str | None,
    line: str,
    text: str,
    stamp: str,
    at: datetime,
    within: timedelta,
) -> str:
    """Return the id under which this text counts once; the same for each repeat.

    `stamp` is the carrier's own time of it: with one, equal texts are one. Without,
    they are one if they come `within` of the first, the phone silent meanwhile, and
    no later than ten seconds after its answer (`mark_answered`). A sender who shows
    no number is never taken for another who wrote the same, so a repeat is then
    heard as another text: its answer holds a number and a PIN.
    """
    if not stamp and sender is None:
        return secrets.token_hex(32)
    keyring = store.keyring
    phone = json.dumps(["phone", provider, sender, line])
    words = _words(provider, sender, line, text)
    if stamp:
        return keyring.message_tag(json.dumps([words, stamp]))
    tag = keyring.message_tag(words)
    async with store.connection() as tx:
        first_at = await tx.connection.fetchval(
            _CLAIM, keyring.message_tag(phone), tag, at, within, AFTER_ANSWER
        )
    return keyring.message_tag(json.dumps([tag, first_at.isoformat()]))


async def mark_answered(
    store: Store, *, provider: str, sender: str, line: str, text: str, at: datetime
) -> None:
    """Note that the carrier has our answer to a text with neither id nor stamp."""
    tag = store.keyring.message_tag(_words(provider, sender, line, text))
    async with store.connection() as tx:
        await tx.connection.execute(_ANSWERED, tag, at)


def _words(provider: str, sender: str | None, line: str, text: str) -> str:
    return json.dumps(["text", provider, sender, line, text])
