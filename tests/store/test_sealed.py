"""No phone, no word and no PIN in the clear: not in a table, a log or a queue.

Every canary is looked for in every row of every table, as text, as the hex
that a dump shows of bytes, and as base64 of either alignment.
"""

import base64
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog
from structlog.testing import capture_logs

from app.actions.read_case import read_case
from app.domain.commands import Acknowledge, Propose, Resolve, Start
from app.store.engine import Store
from app.store.ledger import verify
from tests.store.test_turn import everything
from tests.stories.programme import ENGLISH_LINE, import_people
from tests.stories.telling import Telling

PHONE, STAFF_PHONE = "+8801712345678", "+8801555000111"
WORD = "zephyrquartz"  # in the narrative, and nowhere else in the world
NOTE = "vermilionyak"  # in a staff member's note
SAID = f"482170 three months no overtime pay {WORD}"


def forms(canary: str) -> Iterator[str]:
    """Yield how a canary would look in a dump."""
    raw = canary.encode()
    yield canary
    yield raw.hex()
    for pad in range(3):
        yield base64.b64encode(b"x" * pad + raw).decode()[2 * (pad > 0) + pad : -4]


async def whole_story(talk: Telling) -> list[str]:
    """Use every path that touches a phone, a text or a PIN; return the canaries."""
    await import_people(
        talk.store,
        [
            (
                *("", "By text", "committee", "482170", "worker", STAFF_PHONE),
                *("en", "2025-01-01", ""),
            )
        ],
    )
    ticket = await talk.open(SAID, "2", "yes", line=ENGLISH_LINE)
    await talk.text("CALL ME", line=ENGLISH_LINE)
    await talk.text(
        f"and this {WORD}", line=ENGLISH_LINE, media=(f"image/png http://x/{WORD}",)
    )
    await talk.text(f"STATUS {ticket.pin}", line=ENGLISH_LINE)
    await talk.text("STATUS 123987", line=ENGLISH_LINE)
    await talk.text(f"STATUS {ticket.number} {ticket.pin}", phone="+8801700999888")
    talk.at += timedelta(hours=1)
    for command, who in (
        (Acknowledge(), "gaz-com-w1"),
        (Start(note=NOTE), "gaz-com-w1"),
        (Propose(note=NOTE), "gaz-com-w1"),
        (Resolve(note=NOTE), "gaz-com-w1"),
        (Resolve(note=NOTE), "gaz-com-m1"),
    ):
        await talk.act(ticket.number, command, who)
    await talk.text(f"not solved {ticket.pin}", line=ENGLISH_LINE)
    await talk.text("STOP", line=ENGLISH_LINE)
    partner = next(
        p for p in (await talk.store.directory()).people if p.name == "partner-bd"
    )
    read = await read_case(
        talk.store, ticket.number, by=partner, reason=NOTE, at=talk.at, through="test"
    )
    assert WORD in "".join(said.text for said in read.messages)
    await talk.run(days=20)
    await talk.deliver()
    assert [text.to for text in talk.mouth.texts].count(STAFF_PHONE)
    assert (await verify(talk.store)).ok
    return [PHONE, PHONE[1:], STAFF_PHONE[1:], "8801700999888", WORD, NOTE, ticket.pin]


async def test_no_table_holds_a_phone_a_word_or_a_pin(talk: Telling) -> None:
    canaries = await whole_story(talk)
    tables = await everything(talk.store)
    assert sum(map(len, tables.values())) > 100
    assert {"cases", "message", "outbox", "ledger_event", "claim"} <= tables.keys()
    found = [
        (table, canary)
        for table, rows in tables.items()
        for canary in canaries
        for form in forms(canary)
        if any(form in row for row in rows)
        # A PIN's six digits alone may stand anywhere in 30 kB of hex by chance.
        and not (
            canary.isdigit() and len(canary) == 6 and not _stands_alone(form, rows)
        )
    ]
    assert found == []


def _stands_alone(digits: str, rows: list[str]) -> bool:
    return any(
        not (before + after).isalnum()
        for row in rows
        for before, after in _around(digits, row)
    )


def _around(digits: str, row: str) -> Iterator[tuple[str, str]]:
    start = row.find(digits)
    while start >= 0:
        end = start + len(digits)
        yield row[max(start - 1, 0) : start] or " ", row[end : end + 1] or " "
        start = row.find(digits, end)


def test_the_search_would_find_what_it_looks_for() -> None:
    for plain in (WORD.encode(), b"xy" + WORD.encode(), b"z" + WORD.encode()):
        hidden = [plain.hex(), base64.b64encode(plain).decode(), plain.decode()]
        for row in hidden:
            assert any(form in row for form in forms(WORD)), row
    assert _stands_alone("123456", ['{"pin": 123456}'])
    assert not _stands_alone("123456", ["\\xab123456cd"])


async def test_what_is_owed_carries_handles_and_dates_only(talk: Telling) -> None:
    canaries = await whole_story(talk)
    rows = await talk.store.pool.fetch(
        "SELECT template, params, last_error FROM outbox"
    )
    allowed = {"number", "site", "clock", "due_at", "percent", "rung", "reason"}
    allowed |= {"country", "partner", "count", "until", "lead", "part", "answer_by"}
    allowed |= {"what"}  # words, or held ones
    for row in rows:
        assert json.loads(row["params"]).keys() <= allowed, row["template"]
        for canary in canaries:
            assert canary not in f"{row['params']}{row['last_error']}"


async def test_no_mail_says_a_word_of_hers(talk: Telling) -> None:
    canaries = await whole_story(talk)
    assert len(talk.mouth.mails) > 10
    for mail in talk.mouth.mails:
        for canary in canaries:
            assert canary not in mail.subject + mail.body


async def test_nothing_of_it_is_logged(
    talk: Telling, caplog: pytest.LogCaptureFixture
) -> None:
    structlog.reset_defaults()
    caplog.set_level(logging.DEBUG)
    with capture_logs() as captured:
        canaries = await whole_story(talk)
    lines = [repr(entry) for entry in captured]
    lines += [record.getMessage() for record in caplog.records]
    assert len(captured) > 10
    assert not [line for line in lines for canary in canaries if canary in line]


async def test_an_answer_is_kept_under_the_cases_key_and_gone_with_it(
    store: Store, talk: Telling
) -> None:
    """The acknowledgement holds the PIN; whoever has only the programme's keys
    and no case key opens no stored answer of a case."""
    await talk.text(SAID, line=ENGLISH_LINE, sid="SM1")
    row = await store.pool.fetchrow("SELECT * FROM claim")
    with pytest.raises(Exception, match="key"):
        store.keyring.open(row["answer"], "claim|answer|SM1")
