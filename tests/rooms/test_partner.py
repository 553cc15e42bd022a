"""The partner's desk on Postgres: read first, heard on record, cut and released."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from app.actions.act_on_case import act_on_case
from app.actions.open_case import open_case
from app.actions.sessions import begin
from app.actions.stream_voice import GOES_ON, Purpose
from app.console import case_page, files, listen, partner
from app.console.frame import COOKIE, Door, routes
from app.console.look import Look
from app.domain import commands as verbs
from app.domain.directory import Person
from app.domain.errors import Busy, Refused
from app.domain.laws import Happening
from app.domain.taxonomy import Category
from app.edge.deps import NoBell, Parts
from app.edge.metrics import Metrics
from app.runtime.settings import read_settings
from app.store.attachments import file_context
from app.store.cases import load
from app.store.engine import Store
from app.store.ids import new_id
from app.store.ledger import open_facts, verify
from app.store.readers.rooms import Filters, list_for
from app.store.recheck import look_at_case
from app.store.recordings import audio_context
from app.wording.catalog import Catalog
from tests.builders import GAZIPUR
from tests.conftest import Ground
from tests.stories.conftest import NIGHT
from tests.stories.programme import INDIA_LINE, database_with_programme
from tests.stories.telling import Telling, Ticket

BASE = "https://hotline.example"
SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না, লাইন ৭, রহিম ভাই জানে"
PLACELESS = "ওভারটাইমের টাকা পাই না"
HARASSED = "৪৮২১৭০ সুপারভাইজার গায়ে হাত দেয়"
SOUND = b"RIFF" + bytes(range(256)) * 40
OTHER_PHONES = ("+8801712345001", "+8801712345002", "+8801712345003")


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

    async def post(self, path: str, *, status: int = 303, **fields: Any) -> str:
        token = re.search(r'name="t" value="([0-9a-f]+)"', self.html)
        assert token
        answer = await self.client.post(path, data={"t": token[1], **fields})
        assert answer.status_code == status, answer.text
        return str(answer.headers.get("location", answer.text))


@asynccontextmanager
async def signed_in(
    story: Telling, look: Look, name: str = "partner-bd"
) -> AsyncIterator[Browser]:
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
    places = [p for r in (partner, listen, files, case_page) for p in r.places(door)]
    app = Starlette(routes=routes(door, places))
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


async def events(story: Telling, ticket: Ticket, kind: str) -> list[dict[str, Any]]:
    """Return the facts of a case's events of one kind."""
    async with story.store.transaction() as tx:
        held = await load(story.store, tx, ticket.number)
        rows = await tx.connection.fetch(
            "SELECT sealed FROM ledger_event WHERE case_id = $1 AND kind = $2"
            " ORDER BY seq",
            held.file.id,
            kind,
        )
    opened = [open_facts(row["sealed"], held.file.id, held.key) for row in rows]
    return [{fact.name: json.loads(fact.value) for fact in facts} for facts in opened]


async def spoken(story: Telling, ticket: Ticket) -> UUID:
    """Keep a recording of the case, as the worker that fetches it does."""
    recording = new_id(story.at)
    async with story.store.transaction() as tx:
        held = await load(story.store, tx, ticket.number)
        await tx.connection.execute(
            "INSERT INTO recording (id, tag, call_tag, case_id, at, seconds, audio,"
            " size, state, attempt, kept_at, deleted_at)"
            " VALUES ($1, $2, '', $3, $4, 12, $5, $6, 'kept', 0, $4, $4)",
            recording,
            recording.bytes,
            held.file.id,
            story.at,
            held.key.seal(SOUND, audio_context(recording)),
            len(SOUND),
        )
    return recording


async def sent(story: Telling, ticket: Ticket, kind: str, media_type: str) -> UUID:
    file = new_id(story.at)
    async with story.store.transaction() as tx:
        held = await load(story.store, tx, ticket.number)
        await tx.connection.execute(
            "INSERT INTO attachment (id, case_id, tag, at, kind, media_type, size,"
            " content) VALUES ($1, $2, $3, $4, $5, $6, 3, $7)",
            file,
            held.file.id,
            file.bytes,
            story.at,
            kind,
            media_type,
            held.key.seal(b"abc", file_context(file)),
        )
    return file


async def holds(story: Telling) -> None:
    verdict = await verify(story.store)
    assert verdict.ok, verdict.problems


# ------------------------------------------------------------------- the list


async def test_what_is_to_be_read_first_stands_first(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    async with signed_in(story, look) as browser:
        html = await browser.get("/room/partner")
        assert f"/room/cases/{ticket.number}" in html
        assert "words to read and release" in html
        assert "তিন মাস" not in html
        assert ticket.number not in await browser.get("/room/partner?tab=bypassed")
        assert f"/room/cases/{ticket.number}" in await browser.get(
            "/room/partner?tab=all"
        )
        await browser.get("/room/partner?tab=nothing", status=400)


async def test_a_voice_from_before_the_list_was_kept_stays_on_it(
    story: Telling, look: Look
) -> None:
    """Nothing in such a case says that it is unheard, and still it is."""
    ticket = await story.open(SAID, "২", "না")
    await spoken(story, ticket)
    story.at += timedelta(minutes=5)
    released = verbs.ReleaseWords(note="Overtime is not paid.")
    await story.act(ticket.number, released, "partner-bd")
    await story.act(ticket.number, verbs.Acknowledge(), "gaz-com-w1")
    assert not (await story.case(ticket.number))["is_for_desk"]
    person, directory = await who(story, "partner-bd"), await story.store.directory()
    async with story.store.as_person(person.id, day=story.at.date()) as tx:
        hers = Filters(is_hers=True)
        listing = await list_for(tx, person, directory, story.at, filters=hers)
    assert [line.number for line in listing.lines] == [ticket.number]
    async with signed_in(story, look) as browser:
        assert f"/room/cases/{ticket.number}" in await browser.get("/room/partner")


async def test_a_case_without_a_place_is_unclear_and_one_kept_back_says_why(
    story: Telling, look: Look
) -> None:
    placeless = await story.open(PLACELESS)
    kept = await story.open(HARASSED, "২", "না", phone=OTHER_PHONES[0])
    async with signed_in(story, look) as browser:
        html = await browser.get("/room/partner?tab=unclear")
        assert placeless.number in html
        assert "Place not known" in html
        html = await browser.get("/room/partner?tab=bypassed")
        assert kept.number in html
        assert "never go to a committee" in html


@pytest.mark.parametrize("name", ["gaz-com-w1", "gaz-head", "admin", "norda-buyer"])
async def test_for_everybody_else_there_is_no_desk(
    story: Telling, look: Look, name: str
) -> None:
    ticket = await story.open(SAID, "২", "না")
    recording = await spoken(story, ticket)
    async with signed_in(story, look, name) as browser:
        for path in (
            "/room/partner",
            "/room/clusters",
            f"/room/cases/{ticket.number}/release",
            f"/room/cases/{ticket.number}/voice/{recording}",
            f"/room/cases/{ticket.number}/files/{recording}",
        ):
            await browser.get(path, status=404)
    assert await events(story, ticket, "recording.heard") == []


async def test_the_partner_of_another_country_finds_nothing(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    recording = await spoken(story, ticket)
    async with signed_in(story, look, "partner-in") as browser:
        assert "Nothing waits here" in await browser.get("/room/partner")
        await browser.get(f"/room/cases/{ticket.number}", status=404)
        await browser.get(f"/room/cases/{ticket.number}/release", status=404)
        voice = f"/room/cases/{ticket.number}/voice"
        await browser.get(f"{voice}/{recording}", status=404)
        await browser.get("/room/clusters")


# ------------------------------------------------------------- voice and files


async def heard_page(browser: Browser, ticket: Ticket) -> str:
    page = f"/room/cases/{ticket.number}"
    await browser.get(f"{page}/desk")
    await browser.post(f"{page}/voice", purpose=Purpose.WRITE_DOWN.value)
    return await browser.get(f"{page}/desk")


async def test_the_purpose_is_asked_once_and_kept_with_each_listening(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    recording = await spoken(story, ticket)
    voice = f"/room/cases/{ticket.number}/voice/{recording}"
    async with signed_in(story, look) as browser:
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "What do you listen or look for?" in html
        assert "<audio" not in html
        await browser.get(voice, status=409)
        assert await events(story, ticket, "recording.heard") == []
        html = await heard_page(browser, ticket)
        assert f'src="{voice}"' in html
        assert 'preload="none"' in html
        assert 'controlsList="nodownload"' in html
        await browser.get(voice)
    (heard,) = await events(story, ticket, "recording.heard")
    assert heard["reason"] == Purpose.WRITE_DOWN
    assert heard["which"] == str(recording)
    assert heard["actor"] == str((await who(story, "partner-bd")).id)
    assert heard["through"] == "page"
    await holds(story)


async def test_a_voice_is_played_in_ranges_and_never_kept_on_the_way(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    recording = await spoken(story, ticket)
    voice = f"/room/cases/{ticket.number}/voice/{recording}"
    async with signed_in(story, look) as browser:
        await heard_page(browser, ticket)
        whole = await browser.client.get(voice)
        assert (whole.status_code, whole.content) == (200, SOUND)
        assert whole.headers["content-type"] == "audio/wav"
        assert whole.headers["content-disposition"] == "inline"
        assert whole.headers["cache-control"] == "no-store"
        assert "sandbox" in whole.headers["content-security-policy"]
        assert "content-encoding" not in whole.headers
        part = await browser.client.get(voice, headers={"range": "bytes=4-9"})
        assert (part.status_code, part.content) == (206, SOUND[4:10])
        size = len(SOUND)
        assert part.headers["content-range"] == f"bytes 4-9/{size}"
        rest = await browser.client.get(voice, headers={"range": f"bytes={size - 2}-"})
        assert rest.content == SOUND[-2:]
        past = await browser.client.get(voice, headers={"range": f"bytes={size}-"})
        assert past.status_code == 416


async def test_each_start_is_one_listening_and_no_range_gets_round_it(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    recording = await spoken(story, ticket)
    voice = f"/room/cases/{ticket.number}/voice/{recording}"
    async with signed_in(story, look) as browser:
        await heard_page(browser, ticket)

        async def fetch(wanted: str) -> int:
            await browser.client.get(voice, headers={"range": f"bytes={wanted}"})
            return len(await events(story, ticket, "recording.heard"))

        assert await fetch("1-") == 1  # not from the start, and yet the first
        assert await fetch("200-") == 1
        story.at += timedelta(minutes=1)
        assert await fetch("0-1") == 2  # as Safari asks before it plays
        assert await fetch("0-") == 2
        assert await fetch("500-") == 2
        story.at += timedelta(minutes=1)
        assert await fetch("0-") == 3  # heard again
        story.at += GOES_ON + timedelta(seconds=1)
        assert await fetch("500-") == 4


async def test_files_are_opened_on_record_and_a_paper_is_handed_out_to_open(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    photo = await sent(story, ticket, "photo", "image/jpeg")
    paper = await sent(story, ticket, "paper", "application/pdf")
    base = f"/room/cases/{ticket.number}/files"
    async with signed_in(story, look) as browser:
        await browser.get(f"{base}/{photo}", status=409)
        html = await heard_page(browser, ticket)
        assert f"{base}/{photo}" in html
        shown = await browser.client.get(f"{base}/{photo}")
        assert shown.content == b"abc"
        assert shown.headers["content-type"] == "image/jpeg"
        assert shown.headers["content-disposition"] == "inline"
        handed = await browser.client.get(f"{base}/{paper}")
        assert handed.headers["content-disposition"].startswith("attachment")
        assert handed.headers["content-type"] == "application/octet-stream"
        await browser.get(f"{base}/{new_id(story.at)}", status=404)
        await browser.get(f"{base}/no-such-thing", status=404)
    opened = await events(story, ticket, "file.opened")
    assert [e["which"] for e in opened] == [str(photo), str(paper)]


# ---------------------------------------------------------- releasing her words


async def test_her_words_are_cut_shown_once_more_and_released(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    path = f"/room/cases/{ticket.number}/release"
    async with signed_in(story, look) as browser:
        html = await browser.get(path)
        assert "লাইন ৭</mark>" in html
        assert "রহিম ভাই</mark>" in html
        area = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", html, re.DOTALL)
        assert area
        assert "[…]" in area[1]
        assert "রহিম" not in area[1]
        preview = await browser.post(
            path, status=200, step="preview", note="তিন মাস ওভারটাইম নেই, লাইন ৭"
        )
        assert "This is what they will read" in preview
        assert "These pieces may still tell who she is" in preview
        assert await _released(story, ticket) == []
        await browser.post(path, step="release", note="তিন মাস ওভারটাইম নেই")
        assert "words to read and release" not in await browser.get(
            "/room/partner?tab=all"
        )
    assert await _released(story, ticket) == ["তিন মাস ওভারটাইম নেই"]
    await holds(story)


async def _released(story: Telling, ticket: Ticket) -> list[str]:
    async with story.store.transaction() as tx:
        held = await load(story.store, tx, ticket.number)
        rows = await tx.connection.fetch(
            "SELECT id, body FROM message WHERE case_id = $1"
            " AND direction = 'released' ORDER BY id",
            held.file.id,
        )
    return [held.key.open_text(r["body"], f"message|body|{r['id']}") for r in rows]


async def test_reading_to_release_stands_in_the_ledger(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    async with signed_in(story, look) as browser:
        await browser.get(f"/room/cases/{ticket.number}/release")
        await browser.get(f"/room/cases/{ticket.number}/release?from=all")
    assert len(await events(story, ticket, "text.read")) == 1


# ------------------------------------------------------------------- the desk


async def test_what_is_written_down_and_translated_is_the_partners_alone(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    await spoken(story, ticket)
    desk = f"/room/cases/{ticket.number}/desk"
    async with signed_in(story, look) as browser:
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "Something spoken is not written down yet." in html
        story.at += timedelta(minutes=2)
        await browser.post(f"{desk}/transcribe", note="তারা টাকা দেয় না")
        await browser.post(f"{desk}/translate", note="They do not pay", language="en")
        await browser.post(f"{desk}/summarise", note="Overtime is not paid.")
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "Something spoken is not written down yet." not in html
        html = await browser.get(
            f"/room/cases/{ticket.number}/release?from=translation"
        )
        assert "They do not pay" in html
        await browser.post(f"{desk}/translate", status=409, note="x", language="xx")
        await browser.post(f"{desk}/nonsense", status=404, note="x")
    page = await open_case(
        story.store, await who(story, "gaz-com-w1"), ticket.number, story.at
    )
    assert not any(
        m.direction in ("transcript", "translation", "summary") for m in page.said or ()
    )
    (event,) = await events(story, ticket, "recording.translated")
    assert event["language"] == "en"
    assert "They do not pay" not in json.dumps(event)
    await holds(story)


async def test_sorting_and_holding_go_by_the_rules(story: Telling, look: Look) -> None:
    placeless = await story.open(PLACELESS)
    desk = f"/room/cases/{placeless.number}/desk"
    async with signed_in(story, look) as browser:
        html = await browser.get(f"/room/cases/{placeless.number}/desk")
        assert "The six digits of the place" in html
        await browser.post(f"{desk}/site", code="৪৮২১৭০")
        assert (await story.case(placeless.number))["site"] == GAZIPUR
        await browser.post(f"{desk}/severity", severity="S2")
        await browser.post(f"{desk}/category", category="HOUR", note="Hours.")
        row = await story.case(placeless.number)
        assert (row["severity"], row["category"]) == ("S2", "HOUR")
        await browser.post(f"{desk}/release", note="About nobody of them.", sure="yes")
        assert (await story.case(placeless.number))["route"] == "committee"
        await browser.post(f"{desk}/take-over")
        assert (await story.case(placeless.number))["route"] == "partner"
        await browser.post(f"{desk}/hand-back", status=409)  # without a reason
        await browser.post(f"{desk}/attempt", note="Rang, nobody answered.")
        await browser.post(f"{desk}/category", status=400, category="NONE")
    await holds(story)


async def test_consent_for_brands_is_asked_where_a_case_is_veiled(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(HARASSED, "২", "না")
    desk = f"/room/cases/{ticket.number}/desk"
    async with signed_in(story, look) as browser:
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "Only with her consent" in html
        await browser.post(f"{desk}/release-to-brand", status=400, note="")
        await browser.post(
            f"{desk}/release-to-brand", note="She said yes today.", sure="yes"
        )
        assert "Only with her consent" not in await browser.get(
            f"/room/cases/{ticket.number}/desk"
        )


# ------------------------------------------------------------------ the law


async def test_a_duty_to_a_child_names_the_step_and_opens_the_way(
    story: Telling, look: Look
) -> None:
    ticket = await story.open("615236 overtime is not paid", line=INDIA_LINE)
    tamil = "partner-tn@example.org"
    await _act(story, ticket, verbs.SetCategory(Category.CHLD, note="A child."), tamil)
    async with signed_in(story, look, "partner-tn") as browser:
        # Both that guard every child are asked for, and nothing ends before them.
        desk = f"/room/cases/{ticket.number}/desk"
        html = await browser.get(desk)
        assert "situation was assessed" in html
        assert "There is no sign of a sexual offence" in html
        assert "acts/unfounded" not in await browser.get(f"/room/cases/{ticket.number}")
        with pytest.raises(Refused, match="child_assessed"):
            await _act(story, ticket, verbs.Unfounded(note="Nothing."), tamil)
        await browser.get(desk)
        await browser.post(f"{desk}/happened", what="child_assessed", note="Seen.")
    await _act(
        story,
        ticket,
        verbs.Happened(Happening.CHILD_SEXUAL_OFFENCE, note="She told it."),
        tamil,
    )
    async with signed_in(story, look, "partner-tn") as browser:
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "The law asks for something first" in html
        assert "Counsel says why they need not be told" in html
        await browser.post(
            f"/room/cases/{ticket.number}/desk/happened",
            what="authority_told",
            note="Station, number 4.",
        )
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "The law asks for something first" not in html
        assert "done" in html
    await holds(story)


async def test_the_formal_way_needs_her_consent_and_starts_its_clocks(
    story: Telling, look: Look
) -> None:
    ticket = await story.open("615236 he touches me", line=INDIA_LINE)
    tamil = "partner-tn@example.org"
    if (await story.case(ticket.number))["category"] != "GBVH":
        change = verbs.SetCategory(Category.GBVH, note="He touched her.")
        await _act(story, ticket, change, tamil)
    desk = f"/room/cases/{ticket.number}/desk"
    async with signed_in(story, look, "partner-tn") as browser:
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "Record her written complaint" in html
        assert "Source:" in html
        await browser.post(f"{desk}/formal", status=400, note="")
        await browser.post(
            f"{desk}/formal", note="She wants it; she said so.", sure="yes"
        )
        html = await browser.get(f"/room/cases/{ticket.number}/desk")
        assert "Record her written complaint" not in html
        assert "A copy was sent to the person complained of" in html
        await browser.post(f"{desk}/happened", what="copy_sent", on="2026-12-01")
        await browser.post(f"{desk}/happened", status=400, what="copy_sent", on="soon")
    await holds(story)


async def _act(story: Telling, ticket: Ticket, command: Any, by: str) -> None:
    await story.act(ticket.number, command, by.removesuffix("@example.org"))


# --------------------------------------------------------------------- joining


async def three(story: Telling) -> list[Ticket]:
    found = []
    for phone in OTHER_PHONES:
        found.append(await story.open(SAID, "২", "না", phone=phone))
        story.at += timedelta(minutes=5)
    return found


async def test_a_cluster_is_seen_and_its_cases_joined(
    story: Telling, look: Look
) -> None:
    main, *others = await three(story)
    async with signed_in(story, look) as browser:
        html = await browser.get("/room/clusters")
        assert "3 complaints" in html
        assert f"/room/cases/{main.number}" in html
        await browser.post(
            "/room/clusters", into=main.number, number=[t.number for t in others]
        )
        html = await browser.get(f"/room/cases/{main.number}")
        assert "3 people complained" in html
        html = await browser.get(f"/room/cases/{others[0].number}/desk")
        assert f"/room/cases/{main.number}" in html
        assert "Take it out again" in html
        assert "3 people complained" in await browser.get("/room/partner?tab=all")
        await browser.get("/room/clusters")
        await browser.post("/room/clusters", status=400, into=main.number)
    for ticket in others:
        assert (await story.case(ticket.number))["next_due_at"] is None
    await holds(story)


async def joined(story: Telling) -> tuple[Ticket, list[Ticket]]:
    main, *others = await three(story)
    for ticket in others:
        await story.act(ticket.number, verbs.Join(main.number), "partner-bd")
    return main, others


async def test_a_solution_reaches_every_part_and_each_is_asked(
    story: Telling, look: Look
) -> None:
    main, (one, other) = await joined(story)
    story.at += timedelta(hours=12)
    await story.act(main.number, verbs.Resolve(note="Paid."), "gaz-com-w1")
    assert (await story.case(one.number))["state"] == "received"
    await story.act(main.number, verbs.Resolve(note="Paid."), "gaz-com-m1")
    for ticket in (main, one, other):
        assert (await story.case(ticket.number))["state"] == "resolved"
        assert "confirmation" in await story.clocks(ticket.number)
    await story.act(main.number, verbs.Reopen(note="Not paid."), "partner-bd")
    assert (await story.case(one.number))["state"] == "reopened"
    assert (await story.case(one.number))["next_due_at"] is None
    await holds(story)


async def test_time_and_sweeps_leave_parts_alone_until_they_leave(
    story: Telling, look: Look
) -> None:
    main, (one, other) = await joined(story)
    await story.run(days=20)
    climbed = await story.store.pool.fetch(
        "SELECT c.number FROM escalation e JOIN cases c ON c.id = e.case_id"
    )
    assert {row["number"] for row in climbed} <= {main.number}
    await story.act(one.number, verbs.Unjoin(note="Another line."), "partner-bd")
    assert (await story.case(one.number))["next_due_at"] is not None
    assert (await story.case(other.number))["next_due_at"] is None
    await holds(story)


async def test_a_part_answers_its_worker_as_ever(story: Telling, look: Look) -> None:
    _, (one, _) = await joined(story)
    told = await story.text(f"{one.number} {one.pin}", phone=OTHER_PHONES[1])
    assert told
    await story.text("আরও কথা আছে", phone=OTHER_PHONES[1])
    await holds(story)


async def test_one_message_goes_to_all_of_them(story: Telling, look: Look) -> None:
    main, others = await joined(story)
    async with signed_in(story, look) as browser:
        await browser.get(f"/room/cases/{main.number}")
        path = f"/room/cases/{main.number}/desk/tell-all"
        await browser.post(path, status=400, note="")
        await browser.post(path, note="কাল টাকা দেওয়া হবে।")
    for ticket in (main, *others):
        assert len(await events(story, ticket, "worker.told")) == 1
    await holds(story)


async def test_no_case_of_another_partner_is_joined_or_named(
    story: Telling, look: Look
) -> None:
    theirs = await story.open("615236 overtime is not paid", line=INDIA_LINE)
    ours = await story.open(SAID, "২", "না", phone=OTHER_PHONES[0])
    async with signed_in(story, look) as browser:
        await browser.get(f"/room/cases/{ours.number}")
        desk = f"/room/cases/{ours.number}/desk/join"
        seen = await browser.post(desk, status=409, into=theirs.number)
        none = await browser.post(desk, status=409, into="99999994")
        marks = re.compile(r'name="once" value="[0-9a-f]{32}"')
        assert marks.sub("", seen).replace(theirs.number, "99999994") == marks.sub(
            "", none
        )
    assert (await story.case(ours.number))["joined_to"] is None


async def test_the_nightly_look_finds_nothing_amiss_with_joined_cases(
    story: Telling,
) -> None:
    main, (one, other) = await joined(story)
    await story.run(days=1)
    await story.act(one.number, verbs.Unjoin(note="Another line."), "partner-bd")
    await story.run(hours=3)
    directory = await story.store.directory()
    for ticket in (main, one, other):
        page = await look_at_case(
            story.store, directory, ticket.number, at=story.at
        )  # fmt: skip
        assert page.found == ()
    await holds(story)


async def test_two_joins_the_opposite_way_round_leave_one(story: Telling) -> None:
    one, other, _ = await three(story)

    async def join(part: Ticket, main: Ticket) -> bool:
        try:
            await story.act(part.number, verbs.Join(main.number), "partner-bd")
        except (Refused, Busy):
            return False
        return True

    await asyncio.gather(join(one, other), join(other, one))
    rows = await story.store.pool.fetch(
        "SELECT joined_to FROM cases WHERE joined_to IS NOT NULL"
    )
    assert len(rows) == 1
    await holds(story)


async def test_the_same_form_sent_twice_is_kept_once(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(SAID, "২", "না")
    desk = f"/room/cases/{ticket.number}/desk"
    async with signed_in(story, look) as browser:
        html = await browser.get(desk)
        once = re.search(r'name="once" value="([0-9a-f]{32})"', html)
        assert once
        for _ in range(2):
            await browser.post(f"{desk}/transcribe", note="টাকা দেয় না", once=once[1])
    assert len(await events(story, ticket, "recording.transcribed")) == 1
    await holds(story)


async def test_what_cannot_be_taken_back_asks_whether_it_is_meant(
    story: Telling, look: Look
) -> None:
    ticket = await story.open(HARASSED, "২", "না")
    desk = f"/room/cases/{ticket.number}/desk"
    async with signed_in(story, look) as browser:
        await browser.get(desk)
        html = await browser.post(f"{desk}/release-to-brand", status=400, note="Yes.")
        assert "Tick the box to say that you mean it." in html
    assert await events(story, ticket, "case.released_to_brands") == []


async def test_a_withdrawn_main_case_lets_its_parts_run_on(story: Telling) -> None:
    main, (one, _) = await joined(story)
    await story.act(main.number, verbs.Withdraw(note="Her own wish."), "partner-bd")
    row = await story.case(one.number)
    assert (row["state"], row["joined_to"]) == ("received", None)
    assert row["next_due_at"] is not None
    await holds(story)


async def test_time_that_ends_a_main_case_lets_its_parts_run_on(
    story: Telling,
) -> None:
    main, (one, _) = await joined(story)
    await act_on_case(
        story.store, main.number, verbs.AskWithdraw(), by=None, at=story.at
    )
    await story.run(hours=80)
    assert (await story.case(main.number))["state"] == "closed_withdrawn"
    row = await story.case(one.number)
    assert (row["state"], row["joined_to"]) == ("received", None)
    assert row["next_due_at"] is not None
    await holds(story)


async def test_a_no_by_text_opens_the_main_case_and_its_parts(story: Telling) -> None:
    main, (one, other) = await joined(story)
    story.at += timedelta(hours=12)
    for name in ("gaz-com-w1", "gaz-com-m1"):
        await story.act(main.number, verbs.Resolve(note="Paid."), name)
    await act_on_case(
        story.store, other.number, verbs.SaySolved(True), by=None, at=story.at
    )
    story.at += timedelta(hours=1)
    await story.text(f"not solved {main.pin}", phone=OTHER_PHONES[0])
    assert (await story.case(main.number))["state"] == "reopened"
    assert (await story.case(one.number))["state"] == "reopened"
    assert (await story.case(other.number))["state"] == "closed_confirmed"
    await holds(story)
