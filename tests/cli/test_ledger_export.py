"""A site's chain as an auditor has it: whole, checked, and opened only for her."""

import asyncio
import hashlib
import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pyrage
import pytest

from app.actions.export_ledger import LedgerExport, Wanted, export_ledger
from app.actions.forget import forget
from app.actions.make_head import make_heads
from app.actions.mandates import end_mandate, record_mandate
from app.actions.opened_cases import OPENED
from app.cli.ground import door
from app.domain.commands import SetCategory, SetSite
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.heads import head_text
from app.domain.ledger import Fact, leaf
from app.domain.merkle import NOTHING, blinded, climbed, extended
from app.domain.taxonomy import Category
from app.receipts.keys import Purpose, SigningKey
from app.statistics.measures import MEASURES
from app.store import heads
from app.store.engine import Store
from app.store.ledger import verify
from tests.builders import GAZIPUR
from tests.cli.test_verbs import Command
from tests.conftest import Ground
from tests.store.conftest import NOON
from tests.stories.programme import ENGLISH_LINE, TIRUPPUR, database_with_programme
from tests.stories.telling import Telling

SIGNING = SigningKey(bytes(range(32)))
IDENTITY = pyrage.x25519.Identity.generate()
YEAR = Wanted(GAZIPUR, date(2026, 10, 1), date(2027, 3, 31))


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
def talk(store: Store) -> Telling:
    return Telling(store, NOON)


async def a_mandate(store: Store, *, sites: tuple[str, ...] = (), **more: Any) -> UUID:
    directory = await store.directory()
    auditor = next(p for p in directory.people if p.name == "auditor")
    mandate = await record_mandate(
        store,
        auditor,
        sites=sites,
        countries=(),
        since=date(2026, 1, 1),
        until=date(2027, 12, 31),
        purpose="The yearly audit.",
        recipient=str(IDENTITY.to_public()),
        by=None,
        through="cli",
        at=NOON,
        **more,
    )
    return mandate.id


async def live(talk: Telling) -> dict[str, str]:
    """Five cases of one site, and a head after each: one of each fate."""
    numbers: dict[str, str] = {}
    fates = ("stays", "moves", "grave", "goes", "forgotten")
    for n, fate in enumerate(fates):
        phone = f"+88017000000{n}1"
        said = f"{GAZIPUR} the wages are late"
        # "2": nobody of the committee is meant.
        ticket = await talk.open(said, "2", line=ENGLISH_LINE, phone=phone)
        numbers[fate] = ticket.number
        await head(talk)
    note = "Her name is Nobody"
    await talk.act(numbers["moves"], SetSite(TIRUPPUR, note=note), "partner-bd")
    for category in (Category.GBVH, Category.WAGE):
        await talk.act(numbers["grave"], SetCategory(category, note=note), "partner-bd")
    await head(talk)
    await talk.run(days=2)
    await head(talk)
    return numbers


async def head(talk: Telling) -> None:
    talk.at += timedelta(hours=1)
    await make_heads(talk.store, SIGNING, at=talk.at)


async def exported(talk: Telling, out: Path, wanted: Wanted = YEAR) -> LedgerExport:
    return await export_ledger(
        talk.store, wanted, out=out, signing=SIGNING, by="cli", at=talk.at
    )


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def opened(outer: zipfile.ZipFile) -> zipfile.ZipFile:
    plain = pyrage.decrypt(outer.read("opened.zip.age"), [IDENTITY])
    manifest = json.loads(outer.read("manifest.json"))
    assert hashlib.sha256(plain).hexdigest() == manifest["opened"]
    return zipfile.ZipFile(io.BytesIO(plain))


async def test_what_an_auditor_is_given(talk: Telling, tmp_path: Path) -> None:
    numbers = await live(talk)
    mandate = await a_mandate(talk.store, sites=(GAZIPUR,))
    out = tmp_path / "gazipur.zip"
    made = await exported(talk, out)
    assert os.listdir(tmp_path) == [out.name]
    assert hashlib.sha256(out.read_bytes()).hexdigest() == made.sha256
    outer = zipfile.ZipFile(out)
    assert set(outer.namelist()) == {
        *("README.txt", "verify_ledger.py", "manifest.json", "manifest.sig"),
        *("chain.jsonl", "heads.jsonl", "opened.zip.age"),
    }

    # The manifest holds every file fast, and is signed.
    manifest = json.loads(outer.read("manifest.json"))
    signature = bytes.fromhex(outer.read("manifest.sig").decode().strip())
    signed = outer.read("manifest.json")
    assert SIGNING.public.has_signed(Purpose.EXPORT, signed, signature)
    for name, digest in manifest["files"].items():
        assert hashlib.sha256(outer.read(name)).hexdigest() == digest
    assert manifest | {"files": 0, "opened": 0, "made_at": 0} == {
        "format": "threadline-ledger-export-1",
        "site": GAZIPUR,
        "from": "2026-10-01",
        "to": "2027-03-31",
        "made_at": 0,
        "mandate": str(mandate),
        "key": str(SIGNING.public),
        "head": made.head,
        "length": made.length,
        "files": 0,
        "opened": 0,
    }

    # The chain climbs to each head.
    chain = [bytes.fromhex(each["leaf"]) for each in lines(outer.read("chain.jsonl"))]
    assert len(chain) == made.length
    tip, at = NOTHING, 0
    told = lines(outer.read("heads.jsonl"))
    assert [each["number"] for each in told] == list(range(1, made.head + 1))
    for each in told:
        tip, at = extended(tip, chain[at : each["n"]]), each["n"]
        leaf_of_chain = blinded(tip, bytes.fromhex(each["blind"]))
        path = [bytes.fromhex(sibling) for sibling in each["path"]]
        assert climbed(leaf_of_chain, each["index"], path).hex() == each["root"]
    assert at == len(chain)

    # What is opened is what the chain commits to, case by case.
    inner = opened(outer)
    assert set(inner.namelist()) == {
        *("events.jsonl", "calendars.json", "policies.json", "site.json"),
        *("claims.json", "published.jsonl", "releases.jsonl"),
    }
    events = lines(inner.read("events.jsonl"))
    for event in events:
        assert chain[event["n"] - 1] == _leaf(event)
    cases = [event["case"] for event in events]
    seen = dict.fromkeys(cases)
    assert sorted(cases, key=list(seen).index) == cases
    assert set(seen) == {
        str((await talk.case(numbers[fate]))["id"])
        for fate in ("stays", "moves", "goes", "forgotten")
    }
    assert b"Nobody" not in inner.read("events.jsonl")
    # Words that anybody may guess are not to be confirmed by their digest.
    said = hashlib.sha256(f"{GAZIPUR} the wages are late".encode()).hexdigest()
    assert said.encode() not in inner.read("events.jsonl")
    names = {
        name
        for event in events
        for name, value, _ in event["facts"]
        if value is not None
    }
    assert names <= OPENED
    assert made.opened == len(events)
    left = [e for e in events if e["case"] == str(await case_id(talk, numbers))]
    assert "site.set" in {event["kind"] for event in left}

    claims = json.loads(inner.read("claims.json"))
    assert claims["length"] == made.length
    assert claims["unopened"]["events"] == made.length - len(events)
    assert set(claims["unopened"]) == {"events", "due_times", "figures"}
    assert claims["unopened"]["due_times"] > 0
    # One of its four cases was sensitive once: less what is opened of the others, a
    # figure would tell of that one alone.
    assert claims["quarters"]["2026-Q4"] == {"opened": False, "figures": None}
    assert claims["unopened"]["figures"] == len(MEASURES)
    named = {
        entry["calendar"]
        for event in events
        for name, value, _ in event["facts"]
        if name == "set"
        for entry in json.loads(value)
        if entry["promise"]
    }
    assert named == set(json.loads(inner.read("calendars.json")))
    assert json.loads(inner.read("site.json"))["code"] == GAZIPUR

    # It stands in the ledger, and beside it.
    row = await talk.store.pool.fetchrow("SELECT * FROM export_made")
    assert (row["kind"], row["mandate_id"]) == ("ledger", mandate)
    assert (row["sha256"].hex(), row["bytes"]) == (made.sha256, out.stat().st_size)
    kinds = await talk.store.pool.fetch(
        "SELECT kind FROM ledger_event WHERE case_id = $1", UUID(int=0)
    )
    assert [each["kind"] for each in kinds] == ["mandate.recorded", "export.made"]
    assert (await verify(talk.store)).ok


async def case_id(talk: Telling, numbers: dict[str, str]) -> UUID:
    found: UUID = (await talk.case(numbers["moves"]))["id"]
    return found


def _leaf(event: dict[str, Any]) -> bytes:
    class Sealed:
        def __init__(self, commitment: str) -> None:
            self._commitment = bytes.fromhex(commitment)

        def commitment(self) -> bytes:
            return self._commitment

    facts: list[Any] = [
        Sealed(third) if value is None else Fact(name, value, bytes.fromhex(third))
        for name, value, third in event["facts"]
    ]
    at = datetime.fromisoformat(event["at"])
    return leaf(UUID(event["case"]), at, event["kind"], facts)


async def test_without_a_mandate_there_are_commitments_only(
    talk: Telling, tmp_path: Path
) -> None:
    await live(talk)
    await a_mandate(talk.store, sites=(TIRUPPUR,))
    made = await exported(talk, tmp_path / "x.zip")
    outer = zipfile.ZipFile(tmp_path / "x.zip")
    assert made.mandate is None
    assert "opened.zip.age" not in outer.namelist()
    manifest = json.loads(outer.read("manifest.json"))
    assert (manifest["mandate"], manifest["opened"]) == ("", "")
    assert {tuple(each) for each in lines(outer.read("chain.jsonl"))} == {("leaf", "n")}
    assert b"opened" not in outer.read("README.txt")
    assert await talk.store.pool.fetchval("SELECT count(*) FROM export_made") == 1


async def test_who_may_not_have_it_is_told_why(talk: Telling, tmp_path: Path) -> None:
    store, out = talk.store, tmp_path / "x.zip"
    other = await a_mandate(store, sites=(TIRUPPUR,))
    first, second = [await a_mandate(store, sites=(GAZIPUR,)) for _ in range(2)]
    await end_mandate(store, first, by=None, through="cli", at=talk.at)
    span = (date(2026, 10, 1), date(2026, 12, 31))
    for wanted, error, words in (
        (Wanted(GAZIPUR, *span, other), Refused, "does not cover"),
        (Wanted(GAZIPUR, *span, first), Refused, "was ended"),
        (Wanted(GAZIPUR, *span, UUID(int=5)), NotFound, "mandate"),
        (Wanted("999999", *span), NotFound, "no site"),
        (Wanted(GAZIPUR, *reversed(span)), BadInput, "before it begins"),
    ):
        with pytest.raises(error, match=words):
            await exported(talk, out, wanted)
    await a_mandate(store)
    with pytest.raises(BadInput, match="say which with --mandate"):
        await exported(talk, out)
    out.write_bytes(b"kept")
    with pytest.raises(BadInput, match="there already"):
        await exported(talk, out)
    assert out.read_bytes() == b"kept"
    assert os.listdir(tmp_path) == [out.name]
    assert await store.pool.fetchval("SELECT count(*) FROM export_made") == 0
    wanted = Wanted(GAZIPUR, *span, second)
    made = await exported(talk, tmp_path / "y.zip", wanted)
    assert (made.head, made.length, made.opened) == (0, 0, 0)


async def test_the_range_and_the_newest_head_of_it_bound_the_export(
    talk: Telling, tmp_path: Path
) -> None:
    await a_mandate(talk.store)
    phones = iter(range(10, 99))
    for _ in range(3):
        await talk.open(
            f"{GAZIPUR} no water",
            line=ENGLISH_LINE,
            phone=f"+880170000{next(phones)}00",
        )
        await head(talk)
        await talk.run(days=2)
    await head(talk)
    day = NOON.date() + timedelta(days=1)
    early = Wanted(GAZIPUR, date(2026, 1, 1), day)
    made = await exported(talk, tmp_path / "early.zip", early)
    whole = await exported(talk, tmp_path / "whole.zip")
    assert 0 < made.head < whole.head
    assert 0 < made.length < whole.length
    late = Wanted(GAZIPUR, date(2027, 1, 15), date(2027, 1, 31))
    later = await exported(talk, tmp_path / "late.zip", late)
    assert later.length == whole.length
    assert later.opened == 0 < whole.opened


async def test_a_forgotten_case_stays_a_row_of_commitments(
    talk: Telling, tmp_path: Path
) -> None:
    numbers = await live(talk)
    await a_mandate(talk.store)
    before = await exported(talk, tmp_path / "before.zip")
    case = (await talk.case(numbers["forgotten"]))["id"]
    await talk.store.pool.execute(
        "UPDATE cases SET state = 'closed_no_contact', closed_at = now() WHERE id = $1",
        case,
    )
    directory = await talk.store.directory()
    admin = next(p for p in directory.people if p.name == "admin")
    await forget(talk.store, numbers["forgotten"], by=admin, at=talk.at, through="cli")
    await head(talk)
    after = await exported(talk, tmp_path / "after.zip")
    assert after.length == before.length + 1
    assert after.opened < before.opened
    inner = opened(zipfile.ZipFile(tmp_path / "after.zip"))
    assert str(case).encode() not in inner.read("events.jsonl")


async def test_the_verifier_in_the_file_finds_nothing_wrong(
    talk: Telling, tmp_path: Path
) -> None:
    """As an auditor runs it: the file alone, her own head, and no package."""
    await live(talk)
    await a_mandate(talk.store)
    await exported(talk, tmp_path / "x.zip")
    outer = zipfile.ZipFile(tmp_path / "x.zip")
    (tmp_path / "verify_ledger.py").write_bytes(outer.read("verify_ledger.py"))
    (tmp_path / "opened.zip").write_bytes(
        pyrage.decrypt(outer.read("opened.zip.age"), [IDENTITY])
    )
    async with talk.store.transaction() as tx:
        kept = await heads.newest(tx)
    assert kept is not None
    (tmp_path / "head.json").write_text(head_text(kept.file()), encoding="utf-8")
    verify_it = [sys.executable, "-I", "-S", "verify_ledger.py", "x.zip"]
    done = await asyncio.to_thread(
        subprocess.run,
        [*verify_it, "--opened", "opened.zip", "--head", "head.json", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


async def test_the_command_makes_shows_and_exports(
    store: Store, database_url: str, redis_url: str, tmp_path: Path, root: Path
) -> None:
    run = Command(tmp_path, database_url, redis_url, root)
    keys = {"THREADLINE_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}
    assert "no head yet" in run("heads", "list", **keys).stdout
    assert run.json("heads", "make", **keys) == [1]
    assert "there already" in run("heads", "make", **keys).stdout
    (listed,) = run.json("heads", "list", **keys)
    assert (listed["number"], listed["witnesses"], listed["sent"]) == (1, 6, 0)
    shown = json.loads(run("heads", "show", "1", "--json", **keys).stdout)
    assert shown["root"] == listed["root"]
    assert "auditor@example.org: owed" in run("heads", "show", "1", **keys).stdout
    missing = run("heads", "show", "7", **keys)
    assert (missing.returncode, "no head 7" in missing.stderr) == (1, True)
    span = ("--from", "2026-01-01", "--to", "2027-12-31")
    out = tmp_path / "x.zip"
    done = run(
        *("ledger", "export", "--site", GAZIPUR, *span, "--out", str(out)), **keys
    )
    assert done.returncode == 0, done.stderr
    assert "threadline mandates add" in done.stdout
    assert hashlib.sha256(out.read_bytes()).hexdigest() in done.stdout
    again = run(
        *("ledger", "export", "--site", GAZIPUR, *span, "--out", str(out)), **keys
    )
    assert (again.returncode, "there already" in again.stderr) == (1, True)
    assert await store.pool.fetchval("SELECT by FROM export_made") == door()


async def test_what_was_published_comes_with_the_event_up_to_which_it_counts(
    talk: Telling, tmp_path: Path
) -> None:
    """A number that a later release left standing is the earlier one's."""
    await live(talk)
    await a_mandate(talk.store)
    last = await talk.store.pool.fetchval("SELECT max(last_seq) FROM ledger_root")
    grave = await talk.store.pool.fetchval(
        "SELECT min(seq) FROM ledger_event WHERE kind = 'category.set'"
    )
    for number, seq in ((1, grave - 1), (2, last), (3, last + 1)):
        await talk.store.pool.execute(
            "INSERT INTO release VALUES ($1, 'auditor', $2, $3, '2026-12', 5, '',"
            " '{}', $2)",
            number,
            NOON + timedelta(days=number),
            seq,
        )
        for period, figure, as_of in (
            ("2026-Q4", "complaints", None),
            ("2026-Q4", "resolved", NOON + timedelta(days=1)),
            ("2026", "complaints", None),
        ):
            await talk.store.pool.execute(
                "INSERT INTO published_cell VALUES ('auditor', $1, $2, 'site', $3,"
                " $4, 5, 'exact', $5, false)",
                number,
                period,
                GAZIPUR,
                figure,
                as_of,
            )
    await exported(talk, tmp_path / "x.zip")
    inner = opened(zipfile.ZipFile(tmp_path / "x.zip"))
    told = [
        (row["release"], row["period"], row["figure"], row["last_seq"], row["opened"])
        for row in lines(inner.read("published.jsonl"))
    ]
    # The year is not wholly within the range, the third release not in the chain.
    # What was sensitive for an hour was counted before, and is counted after.
    assert told == [
        (1, "2026-Q4", "complaints", grave - 1, False),
        (1, "2026-Q4", "resolved", grave - 1, False),
        (2, "2026-Q4", "complaints", last, False),
        (2, "2026-Q4", "resolved", grave - 1, False),
    ]
    claims = json.loads(inner.read("claims.json"))
    figures = len(MEASURES)
    assert claims["unopened"]["figures"] == figures + 4
