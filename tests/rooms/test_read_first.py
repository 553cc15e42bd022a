"""Her words stay with whoever reads them first; what is sent twice, what is not."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from app.actions.act_on_case import act_on_case
from app.actions.open_case import open_case
from app.actions.read_case import read_case
from app.actions.remedy import finish_remedy, plan_remedy
from app.console.look import Look
from app.domain import commands as verbs
from app.domain.authority import hats
from app.domain.errors import NotFound, Refused
from app.domain.remedies import Finished, Owner, Planned, RootCause
from app.domain.taxonomy import Role
from app.store.cases import load
from app.store.engine import Store
from app.store.readers.partner import triage
from app.wording.catalog import Catalog
from tests.conftest import Ground
from tests.rooms.test_partner import (
    OTHER_PHONES,
    SAID,
    events,
    holds,
    sent,
    signed_in,
    spoken,
    who,
)
from tests.stories.conftest import NIGHT
from tests.stories.programme import INDIA_LINE, database_with_programme
from tests.stories.telling import Telling, Ticket

INDIAN = "615236 overtime is not paid"


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


async def lapse(story: Telling) -> None:
    """Let the term of every partner be over since yesterday."""
    await story.store.pool.execute(
        "UPDATE person SET until = $1 WHERE role = 'partner'",
        (story.at - timedelta(days=1)).date(),
    )
    await story.store.pool.execute("UPDATE directory_version SET version = version + 1")


async def recuse_all(story: Telling, ticket: Ticket) -> None:
    for name in ("partner-bd", "partner-bd-2"):
        person = await who(story, name)
        await story.act(ticket.number, verbs.Exclude(person.id, note="Knows."), name)


async def read_by(story: Telling, ticket: Ticket, name: str) -> set[str]:
    """Return the directions that somebody reads, on the page and by the command."""
    person = await who(story, name)
    page = await open_case(story.store, person, ticket.number, story.at)
    read = await read_case(
        story.store, ticket.number, by=person, reason="x", at=story.at, through="cli"
    )
    said = {m.direction for m in page.said or ()}
    assert said == {m.direction for m in read.messages} - {"out"}
    return said


async def reaches(story: Telling, ticket: Ticket, name: str) -> bool:
    """Tell whether Postgres shows the case to somebody; the rules say the same."""
    person, directory = await who(story, name), await story.store.directory()
    day = story.at.date()
    async with story.store.transaction() as tx:
        case = (await load(story.store, tx, ticket.number)).file
    async with story.store.as_person(person.id, day=day) as tx:
        seen = await tx.connection.fetchval(
            "SELECT true FROM cases WHERE id = $1", case.id
        )
    assert bool(seen) is bool(hats(person, case, directory, day))
    return bool(seen)


@pytest.mark.parametrize("how", ["lapsed", "recused"])
async def test_no_raw_word_goes_to_a_committee_because_a_partner_left(
    story: Telling, look: Look, how: str
) -> None:
    ticket = await story.open(SAID, "২", "না")
    assert await read_by(story, ticket, "gaz-com-m1") == set()
    assert not await reaches(story, ticket, "admin")
    await (lapse(story) if how == "lapsed" else recuse_all(story, ticket))
    assert (await story.case(ticket.number))["route"] == "committee"
    assert await read_by(story, ticket, "gaz-com-m1") == set()
    assert await reaches(story, ticket, "admin")
    assert await read_by(story, ticket, "admin") == {"in"}
    async with signed_in(story, look, "admin") as browser:
        path = f"/room/cases/{ticket.number}/release"
        assert path in await browser.get(f"/room/cases/{ticket.number}")
        await browser.get(path)
        await browser.post(path, step="release", note="Overtime is not paid.")
    assert await read_by(story, ticket, "gaz-com-m1") == {"released"}
    other = await story.open(SAID, "২", "না", phone=OTHER_PHONES[0])
    assert await reaches(story, other, "admin") is False  # as before of a new one
    await holds(story)


async def test_what_came_while_she_read_waits_on(story: Telling, look: Look) -> None:
    ticket = await story.open(SAID, "২", "না")
    path = f"/room/cases/{ticket.number}/release"
    person, directory = await who(story, "partner-bd"), await story.store.directory()
    async with signed_in(story, look) as browser:
        html = await browser.get(path)
        seen = html.split('name="seen" value="')[1][:36]
        story.at += timedelta(minutes=5)
        await story.text(f"{ticket.pin} রহিম আমাকে মেরেছে")
        story.at += timedelta(minutes=5)
        html = await browser.post(
            path, status=200, step="preview", note="Overtime.", seen=seen
        )
        assert f'name="seen" value="{seen}"' in html
        await browser.post(path, step="release", note="Overtime.", seen=seen)
        html = await browser.get(path)
        assert "মেরেছে" in html.split("<textarea")[1].split("</textarea>")[0]
        assert "words to read and release" in await browser.get("/room/partner")
    async with story.store.as_person(person.id, day=story.at.date()) as tx:
        rows = (await triage(tx, person, directory, story.at, tab="first")).rows
    assert [row.case.number for row in rows] == [ticket.number]
    assert (await story.case(ticket.number))["is_for_desk"]


async def test_each_voice_is_written_down_by_itself(story: Telling, look: Look) -> None:
    ticket = await story.open(SAID, "২", "না")
    for _ in range(2):
        await act_on_case(
            story.store, ticket.number, verbs.Speak(), by=None, at=story.at
        )
    one, two = await spoken(story, ticket), await spoken(story, ticket)
    file = await sent(story, ticket, "voice", "audio/ogg")
    desk = f"/room/cases/{ticket.number}/desk"
    story.at += timedelta(minutes=1)
    async with signed_in(story, look) as browser:
        html = await browser.get(desk)
        assert all(f'<option value="{each}"' in html for each in (one, two, file))
        await browser.post(f"{desk}/transcribe", note="Second.", sound=two)
        assert "Something spoken is not written down" in await browser.get(desk)
        assert "a voice to write down" in await browser.get("/room/partner")
        await browser.post(
            f"{desk}/transcribe", note="None.", sound=uuid4(), status=404
        )
        # Without a name it is the oldest that nobody wrote down.
        await story.act(ticket.number, verbs.Transcribe(note="First."), "partner-bd")
        assert "Something spoken is not written down" in await browser.get(desk)
        await browser.post(f"{desk}/transcribe", note="File.", sound=file)
        assert "Something spoken is not written down" not in await browser.get(desk)
        assert "a voice to write down" not in await browser.get("/room/partner")
    rows = await story.store.pool.fetch(
        "SELECT about FROM message WHERE direction = 'transcript' ORDER BY id"
    )
    assert [row["about"] for row in rows] == [two, one, file]


async def held_one(story: Telling) -> tuple[Ticket, UUID]:
    """Return a case of which the committee's own words to the worker wait."""
    ticket = await story.open(INDIAN, "2", "yes", line=INDIA_LINE)
    await story.act(ticket.number, verbs.ReleaseWords(note="No pay."), "partner-tn")
    story.at += timedelta(hours=1)
    told = verbs.Tell(note="Come on Friday.")
    await story.act(ticket.number, told, "tir-com-w1")
    held = await story.store.pool.fetchval(
        "SELECT id FROM message WHERE direction = 'held'"
    )
    assert isinstance(held, UUID)
    return ticket, held


async def test_held_words_stand_first_and_are_sent_once(
    story: Telling, look: Look
) -> None:
    ticket, held = await held_one(story)
    assert (await story.case(ticket.number))["is_for_desk"]
    async with signed_in(story, look, "partner-tn") as browser:
        assert ticket.number in await browser.get("/room/partner")
        act = f"/room/cases/{ticket.number}/acts/release-told"
        await browser.post(act, note="Never written.", held=uuid4(), status=409)
        await browser.post(act, note="Come on Friday.", held=held)
        await browser.post(act, note="Come on Friday.", held=held, status=409)
        assert ticket.number not in await browser.get("/room/partner")
    assert not (await story.case(ticket.number))["is_for_desk"]
    await holds(story)


async def test_held_words_do_not_stay_behind_with_a_partner_who_left(
    story: Telling,
) -> None:
    ticket, held = await held_one(story)
    send = verbs.ReleaseTold(held, note="Come on Friday.")
    with pytest.raises(Refused):
        await story.act(ticket.number, send, "admin")
    await lapse(story)
    assert await reaches(story, ticket, "admin")
    await story.act(ticket.number, send, "admin")
    assert len(await events(story, ticket, "worker.told")) == 1


# --------------------------------------------------------------- the same form


async def test_a_corrected_form_is_another_act(story: Telling, look: Look) -> None:
    ticket = await story.open(SAID, "২", "না")
    desk = f"/room/cases/{ticket.number}/desk"
    async with signed_in(story, look) as browser:
        await browser.get(desk)
        once = uuid4().hex
        await browser.post(
            f"{desk}/severity", severity="S4", note="", status=409, once=once
        )
        await browser.post(f"{desk}/severity", severity="S4", note="Small.", once=once)
        assert (await story.case(ticket.number))["severity"] == "S4"
        await browser.post(f"{desk}/severity", severity="S1", note="Danger.", once=once)
        assert (await story.case(ticket.number))["severity"] == "S1"
    assert len(await events(story, ticket, "severity.set")) == 2


async def test_one_form_recuses_two_people_one_after_the_other(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    act = f"/room/cases/{ticket.number}/acts/exclude"
    people = [await who(story, name) for name in ("gaz-com-m1", "gaz-com-m2")]
    async with signed_in(story, look) as browser:
        html = await browser.get(f"/room/cases/{ticket.number}")
        seen = html.split('name="seen" value="')[1].split('"')[0]
        once = uuid4().hex
        for person in (*people, people[-1]):
            later = str(int(seen) + 9)
            await browser.post(
                act, once=once, seen=later, person=person.id, note="Named.", sure="yes"
            )
    async with story.store.transaction() as tx:
        file = (await load(story.store, tx, ticket.number)).file
    assert {p.id for p in people} <= file.excluded
    assert len(await events(story, ticket, "member.excluded")) == 2


async def test_whoever_is_left_out_is_chosen_by_more_than_a_name(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    async with signed_in(story, look) as browser:
        html = await browser.get(f"/room/cases/{ticket.number}")
    (form,) = re.findall(r'acts/exclude">(.*?)</form>', html, re.DOTALL)
    options = re.findall(r'<option value="[^"]+">(.*?)</option>', form)
    assert len(options) == len(set(options)) > 3
    assert all(" · " in option for option in options)
    is_member = ["Committee member" in option for option in options]
    # Who sits on the body that holds it comes first.
    assert is_member == sorted(is_member, reverse=True)
    assert 0 < sum(is_member) < len(options)


async def test_what_was_refused_may_be_sent_again(story: Telling) -> None:
    ticket = await story.open(SAID, "২", "না")

    async def reopen() -> str:
        again = verbs.Reopen(note="Not over.")
        partner = "partner-bd@example.org"
        acted = await act_on_case(
            story.store, ticket.number, again, by=partner, at=story.at, once="e" * 32
        )
        return acted.case.state.value

    with pytest.raises(Refused):
        await reopen()
    await story.act(ticket.number, verbs.Unfounded(note="No."), "partner-bd")
    assert await reopen() == "reopened"
    assert await reopen() == "reopened"
    assert len(await events(story, ticket, "case.reopened")) == 1


# ------------------------------------------------------------- beside the words


async def test_a_worker_who_asks_for_a_call_is_told_of_at_once(story: Telling) -> None:
    ticket = await story.open(SAID, "২", "না")
    await story.text(f"CALL ME {ticket.pin}")
    owed = [d for d in await story.owed(ticket.number) if d.template == "worker_calls"]
    assert {d.to for d in owed} == {"partner-bd", "partner-bd-2"}


async def test_a_remedy_is_not_confirmed_any_more_after_her_no(story: Telling) -> None:
    ticket = await story.open(SAID, "২", "না")
    partner = await who(story, "partner-bd")
    day = (story.at + timedelta(days=3)).date()
    planned = Planned(RootCause.PRICE, Owner.FACTORY, day, "Pay it.")
    remedy = await plan_remedy(
        story.store, ticket.number, planned, by=partner, at=story.at
    )
    await finish_remedy(
        story.store,
        ticket.number,
        remedy,
        Finished("Paid.", 1),
        by=partner,
        at=story.at,
    )
    await story.act(ticket.number, verbs.TakeOver(), "partner-bd")
    await story.act(ticket.number, verbs.Resolve(note="Paid."), "partner-bd")
    confirmed = "SELECT confirmed_at IS NOT NULL FROM remedy"
    for yes in (True, False):
        story.at += timedelta(hours=1)
        await act_on_case(
            story.store, ticket.number, verbs.SaySolved(yes), by=None, at=story.at
        )
        assert await story.store.pool.fetchval(confirmed) is yes


async def test_the_partner_of_nobody_is_the_secretariat_only(story: Telling) -> None:
    ticket = await story.open(SAID, "২", "না")
    await lapse(story)
    for person in (await story.store.directory()).people:
        if person.role in (Role.PARTNER, Role.BRAND, Role.AUDITOR):
            with pytest.raises(NotFound):
                await open_case(story.store, person, ticket.number, story.at)
