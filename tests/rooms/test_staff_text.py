"""Working by text: her phone and her PIN, and what it does, once."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from app.actions.act_on_case import act_on_case
from app.actions.replies import as_json
from app.actions.staff_text import hear_text
from app.actions.take_turn import Answer, HeardText
from app.conversation.staff import lines
from app.domain import commands
from app.store import accounts
from app.store.engine import Store
from app.store.ids import new_id
from app.store.ledger import verify
from app.wording.line import Line
from app.wording.segments import segments
from tests.builders import GAZIPUR
from tests.rooms.hall import BASE, MEMBER, PHONE, Hall, open_hall
from tests.stories.programme import ENGLISH_LINE, import_people
from tests.stories.telling import Telling, catalog, say

PIN = "483926"
PARTNER_PHONE = "+8801711000009"
MANAGER = "gaz-com-m1@example.org"
DHAKA = ZoneInfo("Asia/Dhaka")
_SINCE = "2025-01-01"


class Desk:
    """Rina, who sits on a committee and has a plain phone, and nothing else."""

    def __init__(self, hall: Hall) -> None:
        self.hall = hall
        self.store = hall.store

    async def sets(self, pin: str = PIN, phone: str = PHONE) -> UUID:
        """Let whoever has the phone set a PIN in the rooms."""
        person = await self.hall.person(phone)
        async with self.store.transaction() as tx:
            await accounts.ensure(tx, person.id, self.hall.at)
            hashed = accounts.pin_hash(self.store.keyring, person.id, pin)
            await accounts.set_pin(tx, person.id, hashed)
        return person.id

    async def sends(
        self, words: str, *, phone: str = PHONE, sid: str | None = None
    ) -> Answer:
        return await hear_text(
            self.store,
            HeardText(phone, ENGLISH_LINE, words, "sms"),
            provider_id=sid or f"SM{new_id(self.hall.at).hex}",
            render=say,
            at=self.hall.at,
        )

    async def texts(self, words: str, **how: Any) -> str:
        return (await self.sends(words, **how)).body.decode()

    async def a_case(self, words: str = "482170 three months no overtime pay") -> str:
        """Let a worker open a case that goes to the committee; return its number."""
        count = await self.one("SELECT count(*) FROM cases")
        talk = Telling(self.store, self.hall.at)
        phone = f"+88017000001{count:02}"
        ticket = await talk.open(words, "2", "no", phone=phone, line=ENGLISH_LINE)
        self.hall.at += timedelta(minutes=1)
        return ticket.number

    async def one(self, statement: str, *values: Any) -> Any:
        return await self.store.pool.fetchval(statement, *values)

    async def kinds(self, number: str) -> list[str]:
        """Return what happened to a case, in its order."""
        rows = await self.store.pool.fetch(
            "SELECT e.kind FROM ledger_event e JOIN cases c ON c.id = e.case_id"
            " WHERE c.number = $1 ORDER BY e.seq",
            number,
        )
        return [row["kind"] for row in rows]

    async def state(self, number: str) -> str:
        found: str = await self.one("SELECT state FROM cases WHERE number = $1", number)
        return found


@pytest.fixture
async def desk(store: Store, root: Path, monkeypatch: Any) -> AsyncIterator[Desk]:
    async with open_hall(store, root, monkeypatch) as hall:
        yield Desk(hall)


def english(message: str, **params: Any) -> str:
    return catalog().render(Line(message, params), "en", DHAKA)


async def test_the_list_has_her_open_cases_the_nearest_date_first(desk: Desk) -> None:
    await desk.sets()
    numbers = [await desk.a_case() for _ in range(7)]
    listed = await desk.texts(f"CASES {PIN}")
    items = listed.splitlines()
    assert [item[:2] for item in items[:5]] == [f"{n} " for n in range(1, 6)]
    assert items[5] == "and more: 2"
    assert all("wages: confirm " in item for item in items[:5])
    assert segments(listed).parts <= 3
    for number in numbers:
        assert number not in listed
        assert f"{number[:4]}-{number[4:]}" not in listed
    assert "overtime" not in listed
    order = await desk.store.pool.fetch(
        "SELECT c.number FROM staff_list l JOIN cases c ON c.id = l.case_id"
        " ORDER BY l.short"
    )
    dated = await desk.store.pool.fetch(
        "SELECT number FROM cases ORDER BY next_due_at, id LIMIT 5"
    )
    assert [r["number"] for r in order] == [r["number"] for r in dated]


async def test_a_case_is_worked_from_the_list_to_her_signature(desk: Desk) -> None:
    rina = await desk.sets()
    number = await desk.a_case()
    await desk.texts(f"cases {PIN}")

    said = await desk.texts(f"TAKE {PIN} 1")
    assert said.startswith(english(lines.TAKEN, short=1))
    assert "Next: confirm, " in said
    taken = await desk.one("SELECT detail ->> 'taken_by' FROM cases")
    assert taken == str(rina)

    said = await desk.texts(f"ack {PIN} 1")
    assert said.startswith(english(lines.CONFIRMED, short=1))
    assert "Next: first step, " in said
    assert await desk.state(number) == "acknowledged"

    said = await desk.texts(f"DONE {PIN} 1 Spoke with the pay office.")
    assert said.startswith(english(lines.NOTED, short=1))
    assert await desk.state(number) == "in_review"
    await desk.texts(f"DONE {PIN} 1 Asked for the books.")  # no first step any more

    answer = await desk.sends(f"ASK {PIN} 1 Which month was it?")
    assert answer.body.decode().startswith(english(lines.ASKED, short=1))
    await desk.texts(f"PROPOSE {PIN} 1 Pay it with the next wages.")
    assert await desk.state(number) == "remedy_proposed"

    said = await desk.texts(f"SOLVED {PIN} 1 It was paid.")
    assert said.startswith(english(lines.SIGNED, short=1))
    said = await desk.texts(f"SOLVED {PIN} 1 It was paid.")
    assert said.startswith(english(lines.SIGNED_ALREADY, short=1))
    assert await desk.state(number) == "remedy_proposed"
    await act_on_case(
        desk.store,
        number,
        commands.Resolve(note="Seen on the payslip."),
        by=MANAGER,
        at=desk.hall.at,
    )
    assert await desk.state(number) == "resolved"
    assert await desk.texts(f"CASES {PIN}") == english(lines.NONE_OPEN.message)

    done = [
        *("case.taken", "case.acknowledged", "case.started", "note.added"),
        *("worker.asked", "remedy.proposed", "case.signed", "case.signed"),
        "case.resolved",
    ]
    assert [kind for kind in await desk.kinds(number) if kind in done] == done
    assert (await verify(desk.store)).ok


async def test_the_second_signature_by_text_declares_it_solved(desk: Desk) -> None:
    await desk.sets()
    number = await desk.a_case()
    await act_on_case(
        desk.store, number, commands.Resolve(note="x"), by=MANAGER, at=desk.hall.at
    )
    await desk.texts(f"CASES {PIN}")
    said = await desk.texts(f"SOLVED {PIN} 1 It was paid.")
    assert said == english(lines.SOLVED, short=1)
    assert await desk.state(number) == "resolved"


async def test_the_worker_reads_the_question_and_nothing_of_who_asks(
    desk: Desk,
) -> None:
    await desk.sets()
    await desk.a_case()
    await desk.texts(f"CASES {PIN}")
    await desk.texts(f"ASK {PIN} 1 Which month was it?")
    told = await desk.store.pool.fetch("SELECT direction FROM message ORDER BY at, id")
    assert [row["direction"] for row in told][-1] == "told"


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        pytest.param("TAKE {pin}", lines.NEEDS_NUMBER.message, id="no-number"),
        pytest.param("DONE {pin} 1", lines.NEEDS_WORDS.message, id="no-words"),
        pytest.param("ASK {pin} 1 .", lines.NEEDS_WORDS.message, id="a-full-stop"),
        pytest.param("HELP {pin}", lines.HELP.message, id="help"),
    ],
)
async def test_what_is_not_whole_does_nothing(
    desk: Desk, words: str, answer: str
) -> None:
    await desk.sets()
    number = await desk.a_case()
    await desk.texts(f"CASES {PIN}")
    before = await desk.kinds(number)
    assert await desk.texts(words.format(pin=PIN)) == english(answer)
    assert await desk.kinds(number) == before


async def test_a_number_of_no_list_is_nothing(desk: Desk) -> None:
    await desk.sets()
    await desk.a_case()
    assert await desk.texts(f"TAKE {PIN} 1") == english(lines.NOT_IN_LIST, short=1)
    await desk.texts(f"CASES {PIN}")
    assert await desk.texts(f"TAKE {PIN} 2") == english(lines.NOT_IN_LIST, short=2)


async def test_what_the_rules_refuse_is_said_and_written_down(desk: Desk) -> None:
    await desk.sets()
    number = await desk.a_case()
    await desk.texts(f"CASES {PIN}")
    await desk.texts(f"ACK {PIN} 1")
    assert await desk.texts(f"ACK {PIN} 1") == english(lines.NOT_POSSIBLE, short=1)
    assert (await desk.kinds(number))[-1] == "act.refused"


# ------------------------------------------------------------ who it is


async def test_a_wrong_PIN_does_nothing_and_slows(desk: Desk) -> None:  # noqa: N802
    rina = await desk.sets()
    number = await desk.a_case()
    await desk.texts(f"CASES {PIN}")
    before = await desk.kinds(number)
    for _ in range(5):
        said = await desk.texts("TAKE 483826 1")
        assert said == "That PIN is not right. Nothing was done."
    # From now on nothing is looked at for a moment, be it right.
    assert await desk.texts(f"TAKE {PIN} 1") == english(lines.WAIT.message)
    assert await desk.kinds(number) == before
    tries = "SELECT pin_tries FROM account WHERE person_id = $1"
    assert await desk.one(tries, rina) == 5
    desk.hall.at += timedelta(seconds=61)
    assert (await desk.texts(f"TAKE {PIN} 1")).startswith("1: you work on it")
    assert await desk.one(tries, rina) == 0
    noted = await desk.one("SELECT count(*) FROM sign_in WHERE kind = 'wrong_pin'")
    assert noted == 5


async def test_many_tries_at_once_are_all_counted(desk: Desk) -> None:
    rina = await desk.sets()
    said = await asyncio.gather(*(desk.texts(f"TAKE 48{n}26 1") for n in range(40, 70)))
    assert said.count(english(lines.WRONG_PIN.message)) == 5
    assert said.count(english(lines.WAIT.message)) == 25
    tries = "SELECT pin_tries FROM account WHERE person_id = $1"
    assert await desk.one(tries, rina) == 5


async def test_tries_that_go_on_as_a_workers_text_count_as_well(desk: Desk) -> None:
    rina = await desk.sets("482913")
    for pin in range(100000, 100005):
        await desk.texts(f"HELP {pin}")
    tries = "SELECT pin_tries FROM account WHERE person_id = $1"
    assert await desk.one(tries, rina) == 5
    assert await desk.texts("HELP 482913") != english(lines.HELP.message)


@pytest.mark.parametrize(
    "words",
    [
        *(
            pytest.param(words, id=words.split()[-1])
            for words in (
                "take 5000 10 days overtime not paid, supervisor beats us",
                "did 1200 3 days and no salary",
                "TAKE 482171 2 of us were beaten today",
                "offer 3000 12 hours a day and pay only 8",
                "DONE 483826 1 but nobody was ever paid",
            )
        ),
        pytest.param("482170 three months no overtime pay", id="in-her-own-words"),
        pytest.param("HELP 482170 three months no pay", id="help-and-the-posters-code"),
        pytest.param("take 4711 taka from us every month", id="a-word-of-hers-first"),
        pytest.param("list 482170", id="the-posters-code-alone"),
    ],
)
async def test_a_member_may_complain_herself(desk: Desk, words: str) -> None:
    await desk.sets()
    answer = await desk.sends(words)
    assert answer.contact != "staff"
    kept = "SELECT (SELECT count(*) FROM cases) + (SELECT count(*) FROM conversation)"
    assert await desk.one(kept) > 0


async def test_a_complaint_is_heard_while_her_PIN_is_slowed(  # noqa: N802
    desk: Desk,
) -> None:
    await desk.sets()
    for _ in range(5):
        await desk.texts("TAKE 483826 1")
    answer = await desk.sends("TAKE 483826 2 of us were beaten today")
    assert answer.contact != "staff"
    assert await desk.one("SELECT count(*) FROM conversation") == 1


async def test_a_sum_of_money_is_no_try_at_her_PIN(desk: Desk) -> None:  # noqa: N802
    rina = await desk.sets()
    await desk.sends("take 5000 10 days overtime not paid")
    tries = "SELECT pin_tries FROM account WHERE person_id = $1"
    assert await desk.one(tries, rina) == 0


async def test_after_many_wrong_PINs_none_works_and_she_is_told(  # noqa: N802
    desk: Desk,
) -> None:
    rina = await desk.sets()
    for count in range(20):
        assert await desk.one("SELECT count(pin_hash) FROM account") == 1, count
        desk.hall.at += timedelta(seconds=61)
        if count == 10:  # what is right in between gives no tries back
            assert await desk.texts(f"CASES {PIN}") == english(lines.NONE_OPEN.message)
        await desk.texts("TAKE 483826 1")
    assert await desk.one("SELECT count(pin_hash) FROM account") == 0
    owed = "SELECT recipient_key FROM outbox WHERE template = 'pin_stopped'"
    assert await desk.one(owed) == str(rina)
    answer = await desk.sends(f"TAKE {PIN} 1")
    assert answer.contact != "staff"
    await desk.sets()
    assert await desk.texts(f"CASES {PIN}") == english(lines.NONE_OPEN.message)
    noted = "SELECT count(*) FROM sign_in WHERE kind = 'pin_stopped' AND person_id = $1"
    assert await desk.one(noted, rina) == 1


async def test_wrong_PINs_over_days_stop_nothing(desk: Desk) -> None:  # noqa: N802
    await desk.sets()
    for _ in range(45):
        desk.hall.at += timedelta(hours=2)
        await desk.texts("TAKE 483826 1")
    assert await desk.one("SELECT count(pin_hash) FROM account") == 1


async def test_wrong_PINs_leave_the_password_alone(desk: Desk) -> None:  # noqa: N802
    rina = await desk.sets()
    async with desk.store.transaction() as tx:
        await accounts.count_try(tx, rina, desk.hall.at)
    await desk.texts("TAKE 483826 1")
    await desk.texts(f"CASES {PIN}")
    row = await desk.store.pool.fetchrow(
        "SELECT tries, pin_tries FROM account WHERE person_id = $1", rina
    )
    assert tuple(row) == (1, 0)


async def test_a_signature_by_text_is_told_to_her_mail_as_well(desk: Desk) -> None:
    both = (MEMBER, "gaz-com-w1", "committee", GAZIPUR, "worker", "+8801711000077")
    await import_people(desk.store, [(*both, "en", _SINCE, "")])
    await desk.sets(PIN, "+8801711000077")
    await desk.a_case()
    await desk.texts(f"CASES {PIN}", phone="+8801711000077")
    said = await desk.texts(f"SOLVED {PIN} 1 Paid.", phone="+8801711000077")
    assert said.startswith(english(lines.SIGNED, short=1))
    owed = "SELECT recipient_key FROM outbox WHERE template = 'signed_by_text'"
    assert await desk.one(owed) == str((await desk.hall.person(MEMBER)).id)


async def test_who_has_no_PIN_texts_as_a_worker(desk: Desk) -> None:  # noqa: N802
    said = await desk.texts(f"TAKE {PIN} 1")
    assert said != english(lines.WRONG_PIN.message)
    assert await desk.one("SELECT count(*) FROM conversation") == 1


async def test_a_phone_that_is_nobodys_texts_as_a_worker(desk: Desk) -> None:
    await desk.sets()
    said = await desk.texts(f"CASES {PIN}", phone="+8801799999999")
    assert said != english(lines.NONE_OPEN.message)
    assert await desk.one("SELECT count(*) FROM conversation") == 1


async def test_whose_term_is_over_texts_as_a_worker(desk: Desk) -> None:
    await desk.sets()
    await desk.a_case()
    over = ("", "Rina", "committee", GAZIPUR, "worker", PHONE, "en", _SINCE)
    await import_people(desk.store, [(*over, "2026-11-30")])
    answer = await desk.sends(f"CASES {PIN}")
    assert answer.contact != "staff"
    assert await desk.one("SELECT count(*) FROM staff_list") == 0


# -------------------------------------------------------- what she may see


async def test_of_a_case_from_which_she_is_recused_nothing_is_left(
    desk: Desk,
) -> None:
    rina = await desk.sets()
    number, other = await desk.a_case(), await desk.a_case()
    await desk.texts(f"CASES {PIN}")
    await act_on_case(
        desk.store,
        number,
        commands.Exclude(rina, note="Her brother is named."),
        by="partner-bd@example.org",
        at=desk.hall.at,
    )
    before = await desk.kinds(number)
    shorts = {
        row["number"]: row["short"]
        for row in await desk.store.pool.fetch(
            "SELECT c.number, l.short FROM staff_list l"
            " JOIN cases c ON c.id = l.case_id"
        )
    }
    short = shorts[number]
    said = await desk.texts(f"TAKE {PIN} {short}")
    assert said == english(lines.NOT_IN_LIST, short=short)
    assert await desk.kinds(number) == before
    assert len((await desk.texts(f"CASES {PIN}")).splitlines()) == 1
    assert (await desk.texts(f"TAKE {PIN} 1")).startswith("1: you work on it")
    assert "case.taken" in await desk.kinds(other)


async def test_a_case_of_another_body_is_in_no_list_of_hers(desk: Desk) -> None:
    await desk.sets()
    await import_people(
        desk.store,
        [("", "Shirin", "partner", "BD", "", PARTNER_PHONE, "en", _SINCE, "")],
    )
    await desk.sets("506284", PARTNER_PHONE)
    await desk.a_case("482170 the supervisor touches the girls")
    assert await desk.texts(f"CASES {PIN}") == english(lines.NONE_OPEN.message)
    listed = await desk.texts("CASES 506284", phone=PARTNER_PHONE)
    # On a phone that others may read it is not said what it is about.
    assert listed.startswith("1 confidential: ")


# ------------------------------------------------ once, and nothing is kept


async def test_a_repeat_is_answered_alike_and_acts_once(desk: Desk) -> None:
    await desk.sets()
    number = await desk.a_case()
    await desk.texts(f"CASES {PIN}")
    words = f"DONE {PIN} 1 Spoke with the pay office."
    answers = await asyncio.gather(*(desk.sends(words, sid="SM1") for _ in range(10)))
    assert len({answer.body for answer in answers}) == 1
    assert sorted(answer.is_repeat for answer in answers) == [False] + [True] * 9
    assert (await desk.kinds(number)).count("case.started") == 1
    await desk.sets("739158")  # the PIN is another now
    again = await desk.sends(words, sid="SM1")
    assert (again.body, again.is_repeat) == (answers[0].body, True)


async def test_a_wrong_try_is_repeated_without_being_counted_twice(
    desk: Desk,
) -> None:
    rina = await desk.sets()
    for _ in range(3):
        await desk.sends("TAKE 483826 1", sid="SM1")
    tries = "SELECT pin_tries FROM account WHERE person_id = $1"
    assert await desk.one(tries, rina) == 1


async def test_neither_PIN_nor_words_are_kept_with_the_message(  # noqa: N802
    desk: Desk,
) -> None:
    await desk.sets()
    await desk.a_case()
    talks = await desk.one("SELECT count(*) FROM conversation")
    messages = await desk.one("SELECT count(*) FROM message")
    with capture_logs() as logged:
        await desk.texts(f"CASES {PIN}")
        await desk.texts(f"DONE {PIN} 1 Spoke with the pay office.")
        await desk.texts("TAKE 483826 1")
    assert await desk.one("SELECT count(*) FROM conversation") == talks
    assert await desk.one("SELECT count(*) FROM message") == messages
    assert [line["outcome"] for line in logged] == ["heard", "heard", "wrong"]
    assert not [
        line for line in logged if any(w in str(line) for w in (PIN, "483826", "Spoke"))
    ]
    tables = await desk.store.pool.fetch(
        "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    for table in tables:
        rows = await desk.store.pool.fetch(
            f"SELECT t::text AS r FROM {table['name']} t"
        )
        assert not [r for r in rows if "Spoke with the pay office" in r["r"]], table


@pytest.mark.parametrize(
    ("language", "listed", "taken"),
    [
        pytest.param("bn", "তালিকা ৪৮৩৯২৬", "নিলাম ৪৮৩৯২৬ ১", id="Bengali"),
        pytest.param("hi", "सूची ४८३९२६", "लिया ४८३९२६ १", id="Hindi"),
        pytest.param("ta", "பட்டியல் 483926", "எடுத்தேன் 483926 1", id="Tamil"),
        pytest.param("en", "List 483926", "take 483926 1", id="English"),
        pytest.param("xx", "CASES 483926", "TAKE 483926 1", id="a-language-not-served"),
    ],
)
async def test_she_writes_and_is_answered_in_her_language(
    desk: Desk, language: str, listed: str, taken: str
) -> None:
    rina = await desk.sets()
    async with desk.store.transaction() as tx:
        await accounts.set_language(tx, rina, language)
    number = await desk.a_case()
    spoken = language if language != "xx" else "en"
    await desk.texts(listed)
    said = await desk.texts(taken)
    done = catalog().render(Line(lines.TAKEN, {"short": 1}), spoken, DHAKA)
    assert said.startswith(done)
    assert segments(said).parts <= 3
    assert "case.taken" in await desk.kinds(number)


async def test_it_comes_in_by_the_hotlines_own_door(desk: Desk) -> None:
    """Signed by the provider, answered within the same response."""
    await desk.sets()
    await desk.a_case()
    form = {
        "AccountSid": "AC" + "0" * 32,
        "MessageSid": "SM" + "1" * 32,
        "From": PHONE,
        "To": ENGLISH_LINE,
        "Body": f"CASES {PIN}",
        "NumMedia": "0",
    }
    signature = RequestValidator("t" * 32).compute_signature(f"{BASE}/twilio/sms", form)
    browser = desk.hall.browser()
    answer = await browser.client.post(
        "/twilio/sms", data=form, headers={"X-Twilio-Signature": signature}
    )
    assert answer.status_code == 200
    assert "<Message>1 wages: confirm " in answer.text


# ---------------------------------------- a carrier that takes no answer itself


async def _carried(desk: Desk, words: str, sid: str) -> tuple[Answer, list[str]]:
    """Text through such a carrier; return the answer and all that is owed to her."""
    answer = await hear_text(
        desk.store,
        HeardText(PHONE, ENGLISH_LINE, words, "sms", carrier="exotel"),
        provider_id=sid,
        render=lambda said, language, zone: as_json(
            [catalog().render(line, language, zone) for line in said]
        ),
        at=desk.hall.at,
    )
    rows = await desk.store.pool.fetch(
        "SELECT id, params, case_id FROM outbox WHERE recipient_kind = 'reply'"
        " ORDER BY next_at, id"
    )
    assert all(row["case_id"] is None for row in rows)
    keyring = desk.store.keyring
    opened = [
        keyring.open(
            bytes.fromhex(json.loads(row["params"])["sealed"]),
            f"outbox|reply|{row['id']}",
        )
        for row in rows
    ]
    return answer, [json.loads(each)["text"] for each in opened]


async def test_a_members_answer_is_owed_where_the_carrier_takes_none(
    desk: Desk,
) -> None:
    await desk.sets()
    desk.hall.at += timedelta(minutes=1)
    none_open = english(lines.NONE_OPEN.message)
    answer, owed = await _carried(desk, f"CASES {PIN}", "exotel:1")
    assert (answer.owed, owed) == (True, [none_open])
    again, owed = await _carried(desk, f"CASES {PIN}", "exotel:1")
    assert (again.body, again.owed, owed) == (answer.body, False, [none_open])
    wrong, owed = await _carried(desk, "CASES 000000", "exotel:2")
    assert (wrong.owed, owed) == (True, [none_open, english(lines.WRONG_PIN.message)])
