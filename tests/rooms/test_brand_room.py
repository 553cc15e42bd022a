"""The brands' room on Postgres: what is promised, written, handed on and planned."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from app.actions.act_on_case import act_on_case
from app.actions.brand_room import (
    answer_for_brand,
    pass_lead,
    promise,
    say_to_brands,
)
from app.actions.remedy import drop_remedy, finish_remedy, plan_remedy
from app.actions.sessions import begin
from app.console import brand
from app.console.frame import COOKIE, Door, routes
from app.console.look import Look
from app.domain.brand_view import Depth
from app.domain.commands import (
    ReleaseToBrand,
    Resolve,
    SaySolved,
    SetCategory,
    Unfounded,
)
from app.domain.directory import Person
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.remedies import Finished, Kind, Owner, Planned, RootCause
from app.domain.taxonomy import Category
from app.edge.deps import NoBell, Parts
from app.edge.metrics import Metrics
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.store.ledger import verify
from app.store.readers.brand import shared_cases, words_of
from app.wording.catalog import Catalog
from tests.builders import GAZIPUR
from tests.conftest import Ground
from tests.stories.conftest import NIGHT
from tests.stories.programme import database_with_programme
from tests.stories.telling import Telling, Ticket

BASE = "https://hotline.example"
SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"
HARASSED = "৪৮২১৭০ সুপারভাইজার গায়ে হাত দেয়"
LATE = NIGHT + timedelta(days=15)
# Nothing of these may stand on the page of a veiled case.
VEILED = ("482170", "Site 4", "Gazipur", "GBVH", "harass", "violence", "December 1,")


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
def story(store: Store) -> Telling:
    return Telling(store, NIGHT)


@pytest.fixture(scope="session")
def look(root: Path) -> Look:
    return Look(Catalog.load(root / "locales"))


class Browser:
    """Somebody who has signed in, and reads pages."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.html = ""

    async def get(self, path: str, *, status: int = 200) -> str:
        answer = await self.client.get(path)
        assert answer.status_code == status, answer.text
        assert len(answer.content) < 30_000
        self.html = answer.text
        return self.html

    async def post(self, path: str, *, status: int = 303, **fields: str) -> str:
        token = re.search(r'name="t" value="([0-9a-f]+)"', self.html)
        assert token
        answer = await self.client.post(path, data={"t": token[1], **fields})
        assert answer.status_code == status, answer.text
        return str(answer.headers.get("location", answer.text))


@asynccontextmanager
async def signed_in(story: Telling, look: Look, name: str) -> AsyncIterator[Browser]:
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": BASE,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        }
    )
    parts = Parts(settings, story.store, NoBell(), Metrics(), now=lambda: story.at)
    door = Door(parts, look)
    app = Starlette(routes=routes(door, brand.places(door)))
    person = await who(story, name)
    async with story.store.transaction() as tx:
        secret = await begin(tx, person, is_whole=True, device="test", at=story.at)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=BASE,
        cookies={COOKIE: secret},
        headers={"sec-fetch-site": "same-origin", "accept-encoding": "identity"},
    ) as client:
        yield Browser(client)


async def who(story: Telling, name: str) -> Person:
    directory = await story.store.directory()
    return next(p for p in directory.people if p.name == name)


async def missed(story: Telling) -> Ticket:
    """Open a case about pay; the brands are told of the date that was not kept."""
    ticket = await story.open(SAID, "২", "না")
    await story.run_until(LATE)
    return ticket


async def ref_of(story: Telling, ticket: Ticket) -> str:
    row = await story.case(ticket.number)
    return story.store.keyring.brand_ref(row["id"], "alert")


async def kinds(story: Telling, ticket: Ticket) -> list[str]:
    rows = await story.store.pool.fetch(
        "SELECT e.kind FROM ledger_event e JOIN cases c ON c.id = e.case_id"
        " WHERE c.number = $1 ORDER BY e.seq",
        ticket.number,
    )
    return [row["kind"] for row in rows]


async def holds(story: Telling) -> None:
    verdict = await verify(story.store)
    assert verdict.ok, verdict.problems


async def promised(story: Telling, ticket: Ticket, *names: str) -> None:
    for name in names:
        await promise(
            story.store, ticket.number, by=await who(story, name), at=story.at
        )


# The promise.


async def test_before_the_promise_nothing_of_the_case_is_shown(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    async with signed_in(story, look, "norda-buyer") as browser:
        listed = await browser.get("/room/brand")
        assert f"/room/brand/{ticket.number}" in listed
        assert "Answer by" in listed
        assert "Wages" not in listed
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "We will not contact the factory" in page
        assert GAZIPUR not in page
        assert "Wages" not in page
        await browser.post(f"/room/brand/{ticket.number}/answer", status=409)
        to = await browser.post(f"/room/brand/{ticket.number}/promise")
        assert to == f"/room/brand/{ticket.number}"
        page = await browser.get(to)
        for word in (GAZIPUR, "Wages and pay", "S3 medium", "Norda", "missed"):
            assert word in page
        assert "Wages" in await browser.get("/room/brand")
    assert (await kinds(story, ticket)).count("brand.promised") == 1
    await promised(story, ticket, "norda-buyer")
    assert (await kinds(story, ticket)).count("brand.promised") == 1
    await holds(story)


async def test_whoever_was_not_told_finds_nothing(story: Telling, look: Look) -> None:
    ticket = await story.open(SAID, "২", "না")
    async with signed_in(story, look, "norda-buyer") as browser:
        assert "Nothing waits" in await browser.get("/room/brand")
        missing = await browser.get(f"/room/brand/{ticket.number}", status=404)
        nobody = await browser.get("/room/brand/99999994", status=404)
        assert missing == nobody
        await browser.get("/room/brand")
    buyer = await who(story, "norda-buyer")
    with pytest.raises(NotFound):
        await promise(story.store, ticket.number, by=buyer, at=story.at)


async def test_somebody_recused_finds_nothing(story: Telling, look: Look) -> None:
    ticket = await missed(story)
    buyer = await who(story, "norda-buyer")
    await story.store.pool.execute(
        "UPDATE cases SET detail = jsonb_set(detail, '{excluded}', $1)"
        " WHERE number = $2",
        f'["{buyer.id}"]',
        ticket.number,
    )
    async with signed_in(story, look, "norda-buyer") as browser:
        assert ticket.number not in await browser.get("/room/brand")
        await browser.get(f"/room/brand/{ticket.number}", status=404)


# A case without a number.


async def test_a_veiled_case_says_nothing_and_its_number_opens_nothing(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(HARASSED, "২", "না")
    await story.run_until(LATE + timedelta(days=1))
    ref = await ref_of(story, ticket)
    async with signed_in(story, look, "norda-buyer") as browser:
        listed = await browser.get("/room/brand")
        assert f"/room/brand/{ref}" in listed
        await browser.get(f"/room/brand/{ticket.number}", status=404)
        await browser.get(f"/room/brand/{ref}")
        await browser.post(f"/room/brand/{ref}/promise")
        page = await browser.get(f"/room/brand/{ref}")
        listed = await browser.get("/room/brand")
        for said in (page, listed):
            assert ticket.number not in said
            assert not [word for word in VEILED if word in said]
            assert "Kesto" not in said
        assert "Bangladesh" in page
        assert "partner-bd@example.org" in page
        assert "Remedy plan" not in page
        buyer = await who(story, "norda-buyer")
        with pytest.raises(NotFound):
            await say_to_brands(
                story.store, ticket.number, "Hello", by=buyer, at=story.at
            )
        await browser.post(f"/room/brand/{ref}/word", word="How can we help?")
        await browser.post(
            f"/room/brand/{ref}/remedies",
            status=409,
            root_cause="price",
            owner="brand",
            due_on="2027-01-31",
            action="Pay.",
        )
        assert "How can we help?" in await browser.get(f"/room/brand/{ref}")
    # Another brand neither reads it nor hears of it; the partner does both.
    debts = [d for d in await story.owed() if d.template == "brand_wrote"]
    assert {d.to for d in debts} == {"partner-bd", "partner-bd-2"}
    async with signed_in(story, look, "kesto-desk") as browser:
        await browser.get(f"/room/brand/{ref}")
        await browser.post(f"/room/brand/{ref}/promise")
        assert "How can we help?" not in await browser.get(f"/room/brand/{ref}")
    await story.act(ticket.number, ReleaseToBrand(note="She agrees."), "partner-bd")
    async with signed_in(story, look, "norda-buyer") as browser:
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert GAZIPUR in page
        assert "Sexual harassment" in page
    await holds(story)


# One thread, one lead.


async def test_brands_and_partner_share_one_thread(story: Telling, look: Look) -> None:
    ticket = await missed(story)
    await promised(story, ticket, "norda-buyer", "kesto-desk")
    async with signed_in(story, look, "norda-buyer") as browser:
        await browser.get(f"/room/brand/{ticket.number}")
        await browser.post(
            f"/room/brand/{ticket.number}/word", word="We visit <b>now</b>"
        )
    async with signed_in(story, look, "partner-bd") as browser:
        seen = await browser.get(f"/room/cases/{ticket.number}/brands")
        assert "We visit &lt;b&gt;now&lt;/b&gt;" in seen
        assert "Promised on" in seen
        as_kesto = await browser.get(f"/room/cases/{ticket.number}/brands?as=kesto")
        assert "As Kesto sees it" in as_kesto
        await browser.post(
            f"/room/cases/{ticket.number}/brands/word", word="Please wait."
        )
    async with signed_in(story, look, "kesto-desk") as browser:
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "We visit" in page
        assert "Please wait." in page
        assert "partner-bd," not in page
    sealed = await story.store.pool.fetch("SELECT body FROM brand_word")
    assert all(b"visit" not in row["body"] for row in sealed)
    assert (await kinds(story, ticket)).count("brand.word_written") == 2
    told = {d.to for d in await story.owed() if d.template == "brand_wrote"}
    assert {"brand kesto", "partner-bd", "brand norda"} <= told
    assert not [name for name in told if "webhook" in name]
    await holds(story)


async def test_the_committee_and_other_partners_read_no_thread(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    path = f"/room/cases/{ticket.number}/brands"
    for name in ("partner-tn", "gaz-com-w1", "gaz-head", "norda-buyer", "auditor"):
        async with signed_in(story, look, name) as browser:
            await browser.get(path, status=404)
    for name in ("norda-buyer", "gaz-com-w1"):
        person = await who(story, name)
        async with story.store.as_person(person.id, day=story.at.date()) as tx:
            cases = await shared_cases(story.store, tx, ["norda"])
            words = [await words_of(tx, c.file.id, c.key) for c in cases]
        assert len(cases) == (1 if name == "norda-buyer" else 0)
        assert words in ([], [()])


async def test_the_lead_is_handed_on_by_its_own_people(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    await promised(story, ticket, "norda-buyer", "kesto-desk")
    buyer, desk = [await who(story, n) for n in ("norda-buyer", "kesto-desk")]
    # Nobody's share is known: the first by name leads.
    with pytest.raises(Refused):
        await pass_lead(story.store, ticket.number, "norda", by=buyer, at=story.at)
    async with signed_in(story, look, "kesto-desk") as browser:
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "Hand the lead" in page
        await browser.post(f"/room/brand/{ticket.number}/lead", to="norda")
        assert "Hand the lead" not in await browser.get(f"/room/brand/{ticket.number}")
    await pass_lead(story.store, ticket.number, "kesto", by=buyer, at=story.at)
    with pytest.raises(Refused):
        await pass_lead(story.store, ticket.number, "comes", by=desk, at=story.at)
    assert (await kinds(story, ticket)).count("brand.lead_handed") == 2
    assert len([d for d in await story.owed() if d.template == "lead_handed"]) >= 2
    await holds(story)


async def test_an_answer_is_given_from_the_page_and_measured(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    await story.run(days=1)
    await promised(story, ticket, "norda-buyer")
    async with signed_in(story, look, "norda-buyer") as browser:
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "Give this answer" in page
        await browser.post(f"/room/brand/{ticket.number}/answer", note="We go there.")
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "Give this answer" not in page
        assert "Answered after" in page
        listed = await browser.get("/room/brand")
        assert "Nothing waits for your answer" in listed
        assert re.search(r"Answered</dt>\s*<dd>1</dd>", listed)
    buyer = await who(story, "norda-buyer")
    with pytest.raises(Refused):
        await answer_for_brand(story.store, ticket.number, "", by=buyer, at=story.at)
    await holds(story)


async def test_what_was_not_answered_in_time_is_still_answered(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    await story.run(days=14)
    await promised(story, ticket, "norda-buyer")
    async with signed_in(story, look, "norda-buyer") as browser:
        listed = await browser.get("/room/brand")
        assert "Not answered in time, and you still can: 1" in listed
        assert "Nothing waits for your answer" not in listed
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "Not answered in time: you still can." in page
        shown = f"{ticket.number[:4]}-{ticket.number[4:]}"
        assert "Not answered in time" in await browser.get(f"/room/brand/{shown}")
        await browser.post(f"/room/brand/{ticket.number}/answer", note="We go there.")
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "Give this answer" not in page
        listed = await browser.get("/room/brand")
        assert "Nothing waits for your answer" in listed
        assert re.search(r"Unanswered</dt>\s*<dd>0</dd>", listed)
    await holds(story)


async def test_a_row_says_how_grave_it_is_and_what_is_over_stands_below(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    async with signed_in(story, look, "norda-buyer") as browser:
        listed = await browser.get("/room/brand")
        assert "S3 medium" not in listed
        assert "Ended" not in listed
        await promised(story, ticket, "norda-buyer")
        listed = await browser.get("/room/brand")
        for word in ('<span class="tag">Open</span>', "S3 medium"):
            assert word in listed
        assert "<h2>Ended</h2>" not in listed
        over = Unfounded(note="Nothing was found.")
        await story.act(ticket.number, over, "partner-bd")
        listed = await browser.get("/room/brand")
        assert "<h2>Ended</h2>" in listed
        assert '<span class="tag">Ended</span>' in listed
    await holds(story)


# The remedy plan.

PLAN = Planned(
    RootCause.LATE_PAYMENT,
    Owner.BRAND,
    LATE.date() + timedelta(days=20),
    "We pay first.",
)


async def test_a_plan_is_written_done_and_confirmed_by_the_worker(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    await promised(story, ticket, "norda-buyer")
    base = f"/room/brand/{ticket.number}"
    async with signed_in(story, look, "norda-buyer") as browser:
        await browser.get(base)
        form: dict[str, Any] = {
            "root_cause": "late_payment",
            "owner": "brand",
            "due_on": PLAN.due_on.isoformat(),
            "kind": "back_pay",
            "action": "We pay first.",
        }
        to = await browser.post(f"{base}/remedies", **form)
        assert to == f"{base}#remedies"
        page = await browser.get(base)
        assert "We pay first." in page
        done = re.search(r'action="([^"]+/done)"', page)
        assert done
        await browser.post(
            done[1], evidence="A receipt.", workers="12", amount="4800", currency="bdt"
        )
        page = await browser.get(base)
        assert "Back pay" in page
        assert "Paid out: 4800 BDT." in page
        assert "A receipt." in page
        assert "The worker has not confirmed it yet" in page
        await browser.post(done[1], status=409, evidence="Again.")
    for name in ("gaz-com-w1", "gaz-com-m1"):
        await story.act(ticket.number, Resolve(note="paid"), name)
    solved = SaySolved(is_solved=True)
    await act_on_case(story.store, ticket.number, solved, by=None, at=story.at)
    row = await story.store.pool.fetchrow("SELECT * FROM remedy")
    assert (row["state"], row["beneficiaries"]) == ("done", 12)
    assert (row["kind"], row["amount"], row["currency"]) == ("back_pay", 4800, "BDT")
    assert row["confirmed_at"] == story.at
    assert b"pay" not in row["body"]
    async with signed_in(story, look, "norda-buyer") as browser:
        assert "The worker says that it is solved" in await browser.get(base)
    assert {"remedy.planned", "remedy.finished"} <= set(await kinds(story, ticket))
    await holds(story)


async def test_what_is_no_back_pay_has_no_amount(story: Telling) -> None:
    ticket = await missed(story)
    await promised(story, ticket, "norda-buyer")
    how: dict[str, Any] = {"by": await who(story, "norda-buyer"), "at": story.at}
    repair = replace(PLAN, kind=Kind.REPAIR)
    one = await plan_remedy(story.store, ticket.number, repair, **how)
    paid = Finished("A receipt.", 12, Decimal(4800), "BDT")
    with pytest.raises(BadInput, match="Only of back pay"):
        await finish_remedy(story.store, ticket.number, one, paid, **how)
    assert await story.store.pool.fetchval("SELECT state FROM remedy") == "planned"


async def test_brands_read_that_a_committee_planned_and_not_its_words(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    await promised(story, ticket, "norda-buyer")
    member, buyer = [await who(story, n) for n in ("gaz-com-w1", "norda-buyer")]
    plan = Planned(RootCause.SUPERVISORS, Owner.FACTORY, PLAN.due_on, "Talk to Rahim.")
    planned_id = await plan_remedy(
        story.store, ticket.number, plan, by=member, at=story.at
    )
    async with signed_in(story, look, "norda-buyer") as browser:
        page = await browser.get(f"/room/brand/{ticket.number}")
        assert "How supervisors behave" in page
        assert "Rahim" not in page
    with pytest.raises(Refused):
        await drop_remedy(story.store, ticket.number, planned_id, by=buyer, at=story.at)
    with pytest.raises(Refused):
        await finish_remedy(
            story.store,
            ticket.number,
            planned_id,
            Finished("Seen.", None),
            by=buyer,
            at=story.at,
        )
    other = await who(story, "gaz-com-m1")
    await drop_remedy(story.store, ticket.number, planned_id, by=other, at=story.at)
    assert await story.store.pool.fetchval("SELECT state FROM remedy") == "dropped"
    await holds(story)


@pytest.mark.parametrize("name", ["kesto-desk", "norda-buyer"])
async def test_a_brand_plans_only_after_its_promise(story: Telling, name: str) -> None:
    ticket = await missed(story)
    person = await who(story, name)
    with pytest.raises(Refused, match="promise"):
        await plan_remedy(story.store, ticket.number, PLAN, by=person, at=story.at)


@pytest.mark.parametrize("name", ["tir-com-w1", "partner-tn", "gaz-head", "auditor"])
async def test_who_has_no_part_in_a_case_plans_nothing(
    story: Telling, name: str
) -> None:
    ticket = await missed(story)
    person = await who(story, name)
    with pytest.raises((NotFound, Refused)):
        await plan_remedy(story.store, ticket.number, PLAN, by=person, at=story.at)
    assert await story.store.pool.fetchval("SELECT count(*) FROM remedy") == 0


# Whoever edits a row behind the ledger's back is found out.


@pytest.mark.parametrize(
    "edit",
    [
        "DELETE FROM brand_word",
        "DELETE FROM remedy",
        "UPDATE brand_word SET body = (SELECT body FROM remedy)",
        "UPDATE cases SET detail = detail - 'brand_lead'",
    ],
)
async def test_what_was_written_cannot_be_edited_unseen(
    story: Telling, edit: str
) -> None:
    ticket = await missed(story)
    await promised(story, ticket, "kesto-desk")
    desk = await who(story, "kesto-desk")
    how: dict[str, Any] = {"by": desk, "at": story.at}
    await say_to_brands(story.store, ticket.number, "We pay.", **how)
    await plan_remedy(story.store, ticket.number, PLAN, **how)
    await pass_lead(story.store, ticket.number, "norda", **how)
    await holds(story)
    await story.store.pool.execute(edit)
    assert not (await verify(story.store)).ok


# What a brand knew before it was veiled.


async def test_what_becomes_protected_is_not_known_again_by_its_old_row(
    story: Telling, look: Look
) -> None:
    ticket = await missed(story)
    await promised(story, ticket, "norda-buyer")
    buyer = await who(story, "norda-buyer")
    await say_to_brands(
        story.store, ticket.number, "Line seven?", by=buyer, at=story.at
    )
    story.at += timedelta(hours=1)
    await story.act(
        ticket.number, SetCategory(Category.GBVH, note="He hits."), "partner-bd"
    )
    row = await story.case(ticket.number)
    refs = {story.store.keyring.brand_ref(row["id"], depth) for depth in Depth}
    assert len(refs) == len(Depth)
    told = await story.store.pool.fetchval(
        "SELECT count(*) FROM escalation WHERE rung = 'brand' AND at >= $1", story.at
    )
    async with signed_in(story, look, "norda-buyer") as browser:
        listed = await browser.get("/room/brand")
        assert "It is with the partner now." in listed
        assert f"/room/brand/{ticket.number}" not in listed
        await browser.get(f"/room/brand/{ticket.number}", status=404)
        opened = [ref for ref in refs if f"/room/brand/{ref}" in listed]
        assert len(opened) == (1 if told else 0)
        await holds(story)
        # It is told anew, as another case: neither promise nor word goes with it.
        await story.store.pool.execute(
            "UPDATE escalation SET at = $1 WHERE rung = 'brand'", story.at
        )
        listed = await browser.get("/room/brand")
        ref = await ref_of(story, ticket)
        assert f"/room/brand/{ref}" in listed
        assert "promise first" in listed
        await browser.get(f"/room/brand/{ref}")
        await browser.post(f"/room/brand/{ref}/promise")
        page = await browser.get(f"/room/brand/{ref}")
        assert "Line seven?" not in page
        assert ticket.number not in page
