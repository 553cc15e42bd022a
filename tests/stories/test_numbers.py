"""A quarter of complaints, from the first text to what an auditor recomputes."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyrage
import pytest

from app.actions.count import catch_up
from app.actions.export_ledger import Wanted, export_ledger
from app.actions.make_head import make_heads
from app.actions.mandates import record_mandate
from app.actions.publish import Thresholds, publish
from app.actions.sample_cases import sample_cases
from app.actions.settle_rows import settle_due
from app.domain.commands import Acknowledge, Resolve
from app.domain.errors import Refused
from app.domain.mandates import Mandate
from app.receipts.keys import SigningKey
from app.statistics.model import Audience, Cell
from app.statistics.sample import Sampled
from app.store import heads, releases
from app.store.mandates import one
from app.store.told_rows import Published, settle
from app.verifier import verify_ledger
from tests.builders import GAZIPUR
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import DHAKA, Telling

SIGNING = SigningKey(bytes(range(32)))
IDENTITY = pyrage.x25519.Identity.generate()
AUTUMN = datetime(2026, 10, 5, 10, 0, tzinfo=DHAKA)
NEW_YEAR = datetime(2027, 1, 5, 10, 0, tzinfo=DHAKA)
COUNT = 12


@pytest.fixture
async def quarter(story: Telling) -> Telling:
    """Twelve complaints about wages at one site, all read, all declared solved."""
    story.at = AUTUMN
    for n in range(COUNT):
        said = f"{GAZIPUR} the wages are late"
        phone = f"+88017000000{n:02}"
        ticket = await story.open(said, "2", line=ENGLISH_LINE, phone=phone)
        await story.run(hours=3)
        await story.act(ticket.number, Acknowledge(), "gaz-com-w1")
        await story.run(hours=20)
        for who in ("gaz-com-w1", "gaz-com-m1"):
            await story.act(ticket.number, Resolve(note="Paid."), who)
        await story.run(hours=1)
    await make_heads(story.store, SIGNING, at=story.at)
    await story.run_until(NEW_YEAR)
    return story


async def release(story: Telling) -> None:
    caught = await catch_up(story.store, at_clock=lambda: story.at)
    assert caught.is_all
    assert await publish(story.store, at=story.at, on=story.at.date(), thresholds=_K)


_K = Thresholds()


async def told(story: Telling, audience: str, **where: Any) -> dict[str, Cell]:
    async with story.store.transaction() as tx:
        found = await releases.cells(tx, audience=audience, **where)
    return {cell.figure: cell for cell in found}


async def give_mandate(story: Telling) -> Mandate:
    directory = await story.store.directory()
    auditor = next(p for p in directory.people if p.name == "auditor")
    return await record_mandate(
        story.store,
        auditor,
        sites=(GAZIPUR,),
        countries=(),
        since=date(2026, 1, 1),
        until=date(2027, 12, 31),
        purpose="The yearly audit.",
        recipient=str(IDENTITY.to_public()),
        by=None,
        through="cli",
        at=story.at,
    )


async def test_what_is_published_of_a_site_follows_from_its_events(
    quarter: Telling, tmp_path: Path
) -> None:
    await release(quarter)
    site = await told(
        quarter, Audience.PUBLIC, periods=["2026"], by=["site"], values=[GAZIPUR]
    )
    assert (site["complaints"].number, site["resolved"].number) == (COUNT, COUNT)
    assert site["confirmed"].number == 0

    await give_mandate(quarter)
    await make_heads(quarter.store, SIGNING, at=quarter.at)
    out = tmp_path / "site.zip"
    wanted = Wanted(GAZIPUR, date(2026, 1, 1), date(2027, 1, 31))
    await export_ledger(
        quarter.store, wanted, out=out, signing=SIGNING, by="cli", at=quarter.at
    )
    opened = tmp_path / "opened.zip"
    sealed = zipfile.ZipFile(out).read("opened.zip.age")
    opened.write_bytes(pyrage.decrypt(sealed, [IDENTITY]))
    async with quarter.store.transaction() as tx:
        kept = await heads.latest(tx, 48)
    held = [(f"{k.number}.json", json.dumps(k.file()).encode()) for k in kept]

    report = verify_ledger.check(str(out), opened=str(opened), heads=held)
    assert report.problems == []
    published = _lines(opened, "published.jsonl")
    exact = [each for each in published if each["told"] == "exact"]
    assert {each["audience"] for each in exact} == {"public", "auditor"}
    assert report.counts["figures"] >= len(exact) > 10
    assert report.counts["due_times"] >= COUNT
    assert report.counts["figures_elsewhere"] > 0
    async with quarter.store.transaction() as tx:
        headers = await releases.releases(tx)
    assert {each["audience"]: each["sha256"] for each in report.releases} == {
        each.audience: each.sha256.hex()
        for each in headers
        if each.audience in {*Audience}
    }

    # The same with one published number moved: it is named, and nothing else.
    moved = _with(opened, "published.jsonl", _moved(published))
    wrong = verify_ledger.check(str(out), opened=str(moved), heads=held)
    assert {problem.check for problem in wrong.problems} >= {"figures"}


async def test_a_sample_is_drawn_by_lot_and_tells_no_word(quarter: Telling) -> None:
    await release(quarter)
    await settle_due(quarter.store)
    mandate = await give_mandate(quarter)
    directory = await quarter.store.directory()
    auditor = next(p for p in directory.people if p.name == "auditor")

    async def drawn(quarter_: str) -> Any:
        return await sample_cases(
            quarter.store, mandate, quarter_, by=auditor, at=quarter.at
        )

    found = await drawn("2026-Q4")
    assert found == await drawn("2026-Q4")
    assert len(found) == 10
    assert {one.category for one in found} <= {"WAGE", ""}
    for each in found:
        kinds = [step.kind for step in each.steps]
        assert kinds[0] == "case.opened"
        assert {"case.acknowledged", "case.resolved", "case.closed"} <= {*kinds}
        assert each.steps[0].day == 0
    assert "Paid" not in repr(found)
    assert GAZIPUR not in repr(found)
    with pytest.raises(Refused, match="not published"):
        await drawn("2027-Q1")
    looks = await quarter.store.pool.fetch(
        "SELECT person_id FROM audit_event WHERE kind = 'sample.read'"
    )
    assert [row["person_id"] for row in looks] == [auditor.id]
    quarter.at += timedelta(days=1)
    await drawn("2026-Q4")
    assert (
        await quarter.store.pool.fetchval(
            "SELECT count(*) FROM audit_event WHERE kind = 'sample.read'"
        )
        == 2
    )


async def test_whatever_becomes_of_a_complaint_it_keeps_its_place_in_the_sample(
    quarter: Telling,
) -> None:
    await release(quarter)
    await settle_due(quarter.store)
    mandate = await give_mandate(quarter)
    directory = await quarter.store.directory()
    auditor = next(p for p in directory.people if p.name == "auditor")

    async def drawn() -> list[Sampled]:
        found = await sample_cases(
            quarter.store, mandate, "2026-Q4", by=auditor, at=quarter.at
        )
        return list(found)

    first = await drawn()
    # All become sensitive, joined, no complaints: the sample says the same.
    await quarter.store.pool.execute(
        "UPDATE stat_case SET is_sensitive = true, is_part = true, is_info = true,"
        " category = 'GBVH', is_factory = false"
    )
    await quarter.store.pool.execute("UPDATE stat_case SET seq = seq + 1000")
    assert await drawn() == first
    # Of one that was forgotten nothing can be told any more, save that it was there.
    await quarter.store.pool.execute("UPDATE cases SET data_key = NULL")
    assert await drawn() == [replace(each, steps=()) for each in first]


async def test_a_sample_needs_as_many_as_a_release_to_auditors(
    quarter: Telling,
) -> None:
    thresholds = Thresholds(auditor=COUNT + 1, public=COUNT + 1)
    await catch_up(quarter.store, at_clock=lambda: quarter.at)
    await publish(
        quarter.store, at=quarter.at, on=quarter.at.date(), thresholds=thresholds
    )
    published = Published(1, 5)
    async with quarter.store.transaction() as tx:
        await settle(tx, published, ["2026-Q4"])
    mandate = await give_mandate(quarter)
    directory = await quarter.store.directory()
    auditor = next(p for p in directory.people if p.name == "auditor")
    with pytest.raises(Refused, match=f"Fewer than {COUNT + 1} complaints"):
        await sample_cases(quarter.store, mandate, "2026-Q4", by=auditor, at=quarter.at)


async def test_the_mandate_can_be_read_back(story: Telling) -> None:
    mandate = await give_mandate(story)
    async with story.store.transaction() as tx:
        assert await one(tx, mandate.id) == mandate
        assert await one(tx, UUID(int=3)) is None


def _lines(opened: Path, name: str) -> list[dict[str, Any]]:
    content = zipfile.ZipFile(opened).read(name)
    return [json.loads(line) for line in content.splitlines()]


def _moved(published: list[dict[str, Any]]) -> bytes:
    first = next(n for n, each in enumerate(published) if each["told"] == "exact")
    published[first]["number"] += 1
    return b"".join(json.dumps(each).encode() + b"\n" for each in published)


def _with(opened: Path, name: str, content: bytes) -> Path:
    """Return a copy of the zip in which one file is another."""
    made = io.BytesIO()
    with zipfile.ZipFile(opened) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.namelist():
            new.writestr(each, content if each == name else old.read(each))
    path = opened.with_name("moved.zip")
    path.write_bytes(made.getvalue())
    return path
