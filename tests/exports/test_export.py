"""A whole small export: every file, what it may tell, and who is refused."""

import asyncio
import csv
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import openpyxl
import pytest

from app.actions import export_cases
from app.actions.export_cases import Exported, export, stream
from app.actions.mandates import end_mandate
from app.actions.settle_rows import settle_due
from app.domain.errors import BadInput, NotFound, Refused
from app.domain.mandates import Mandate
from app.receipts.keys import SigningKey
from app.receipts.manifest import check
from app.reports.age import open_file
from app.statistics.rows import COLUMNS
from app.store import mandates
from app.store.export_rows import CASES, SLA, pseudonym
from app.store.ledger import verify
from tests.exports.conftest import AT, KEY, Audit, unpublish
from tests.store.told_rows import complaints, count

QI = ("received", *(column for column in COLUMNS if column != "period"))


async def take(
    audit: Audit, mandate: Mandate, name: str = "out", **more: Any
) -> Exported:
    return await export(
        audit.store,
        mandate.id,
        **{
            "since": None,
            "until": None,
            "to": audit.folder / name,
            "key": KEY,
            "by": None,
            "through": "cli:test",
            "at": AT,
            **more,
        },
    )


def read(audit: Audit, file: str, folder: str = "out") -> list[dict[str, str]]:
    path = audit.folder / folder / file
    if path.suffix == ".age":
        out = audit.folder / f"{folder}-{path.stem}-{uuid4().hex[:6]}"
        open_file(path, audit.identity, out)
        path = out
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


async def test_a_whole_export(audit: Audit) -> None:
    mandate = await audit.mandate()
    made = await take(audit, mandate)
    folder = audit.folder / "out"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("cases.csv.age", "definitions.json", "figures.csv", "indicators.csv"),
        *("manifest.json", "manifest.sig", "sla.csv.age", "workbook.xlsx"),
    ]
    cases, sla = read(audit, "cases.csv.age"), read(audit, "sla.csv.age")
    facts = [f for f in complaints(3, 400) if f.is_complaint]
    assert list(cases[0]) == ["id", *CASES]
    assert list(sla[0]) == list(SLA)
    assert 0 < len(cases) == made.rows <= len(facts)
    assert len(sla) == 3 * len(cases)
    assert [row["id"] for row in cases] == sorted(row["id"] for row in cases)
    by_id = {
        pseudonym(audit.store.keyring.export_secret(mandate.id), f.id.bytes): f
        for f in facts
    }
    for row in cases:
        known = by_id[row["id"]]
        assert row["status"] == known.outcome
        assert row["confirmed"] == ("yes" if known.outcome == "confirmed" else "no")
        assert row["resolve"] in {"in_time", "late", "running"}
        assert row["received"] in (known.quarter, f"{known.received_on:%Y-%m}")
        told = "SENSITIVE" if known.is_sensitive else known.category
        assert row["category"] in (told, "withheld")
        if known.is_sensitive:
            assert {
                row[column] for column in ("site", "region", "channel", "route")
            } == {"withheld"}
    assert min(Counter(tuple(row[c] for c in QI) for row in cases).values()) >= 5
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest == made.manifest
    assert manifest["mandate"]["id"] == str(mandate.id)
    assert (manifest["from"], manifest["to"]) == ("2025-01-01", "2025-12-31")
    assert manifest["files"]["cases.csv.age"]["rows"] == len(cases)
    assert manifest["withheld"]["site"] == sum(r["site"] == "withheld" for r in cases)
    assert check(folder, KEY.public).problems == ()


async def test_the_open_files_say_what_was_published(audit: Audit) -> None:
    await audit.store.pool.execute(
        "INSERT INTO indicator VALUES"
        " (gen_random_uuid(), 'workers_trained', NULL, '2025-01-01', '2025-12-31',"
        "  3500, 'people', 'wash', '=report p. 4', NULL, now(), NULL, false),"
        " (gen_random_uuid(), 'workers_trained', '900003', '2025-01-01', '2025-12-31',"
        "  20, 'people', 'wash', 'list', NULL, now(), NULL, false)"
    )
    await take(audit, await audit.mandate())
    figures = read(audit, "figures.csv")
    assert figures[0] == {
        "period": "2025",
        "by": "whole",
        "value": "",
        "figure": "complaints",
        "number": "90",
        "told": "exact",
        "as_of": "",
        "logged_before": "no",
    }
    fewer = [row for row in figures if row["told"] == "fewer"]
    assert {row["number"] for row in fewer} == {""}
    told = [
        (row["site"], row["value"], row["evidence"])
        for row in read(audit, "indicators.csv")
    ]
    assert told == [("", "3500", "'=report p. 4"), ("withheld", "20", "list")]
    definitions = json.loads((audit.folder / "out/definitions.json").read_text())
    assert definitions["format"] == "threadline-definitions-1"
    book = openpyxl.load_workbook(audit.folder / "out/workbook.xlsx")
    assert book.sheetnames == [
        *("About", "Quarters", "Years", "By country", "By site", "Definitions")
    ]
    quarters = book["Quarters"]
    grid = {row[0]: row[1:] for row in quarters.iter_rows(values_only=True) if row[0]}
    assert grid["Figure"][:4] == ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4")
    assert grid["Not resolved"][:4] == (20, 20, 20, "fewer than 5")
    assert len(quarters._charts) == 1
    assert len(book["By country"]._charts) == 1


async def test_each_export_is_in_the_ledger_before_it_is_in_its_place(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    mandate = await audit.mandate()
    seen: list[int] = []
    rename = Path.rename

    def look(path: Path, to: Path) -> Path:
        assert path.parent == audit.folder
        assert not to.exists()
        seen.append(1)
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", look)
    made = await take(audit, mandate)
    assert seen == [1]
    async with audit.store.transaction() as tx:
        (kept,) = await mandates.exports_of(tx, mandate.id)
    assert (kept.rows, kept.sha256.hex()) == (made.rows, made.sha256)
    kinds = await audit.store.pool.fetch(
        "SELECT kind FROM ledger_event ORDER BY seq DESC LIMIT 2"
    )
    assert [row["kind"] for row in kinds] == ["export.made", "mandate.recorded"]
    assert (await verify(audit.store)).ok


async def test_a_failed_export_leaves_nothing(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    mandate = await audit.mandate()

    def fail(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("app.actions.export_cases.write_workbook", fail)
    with pytest.raises(OSError, match="No space"):
        await take(audit, mandate)
    assert [path.name for path in audit.folder.iterdir()] == ["auditor.key"]
    assert await audit.store.pool.fetchval("SELECT count(*) FROM export_made") == 0


async def test_a_mandate_for_a_site_gets_what_tells_that_it_is_of_the_site(
    audit: Audit,
) -> None:
    await take(audit, await audit.mandate(), "all")
    await take(audit, await audit.mandate(sites=("900001",)), "one")
    everything = read(audit, "cases.csv.age", "all")
    some = read(audit, "cases.csv.age", "one")

    def told(rows: list[dict[str, str]]) -> Counter[tuple[str, ...]]:
        return Counter(tuple(row[c] for c in CASES) for row in rows)

    assert some
    assert told(some) == told([r for r in everything if r["site"] == "900001"])
    assert {row["id"] for row in some}.isdisjoint(row["id"] for row in everything)
    figures = read(audit, "figures.csv", "one")
    assert figures == read(audit, "figures.csv", "all")
    assert ("country", "BD") in {(r["by"], r["value"]) for r in figures}
    await take(audit, await audit.mandate(countries=("in",)), "country")
    there = read(audit, "cases.csv.age", "country")
    assert {row["country"] for row in there} == {"IN"}


async def test_two_exports_tell_of_each_complaint_the_same_whatever_happens_between(
    audit: Audit,
) -> None:
    mandate = await audit.mandate()
    await take(audit, mandate, "first", since=date(2025, 1, 9), until=date(2025, 2, 1))
    first = {row["id"]: row for row in read(audit, "cases.csv.age", "first")}
    assert {row["received"][:6] for row in first.values()} <= {"2025-0", "2025-Q"}
    await audit.store.pool.execute(
        "UPDATE stat_case SET category = 'OTHR', language = 'ta', outcome = 'confirmed'"
    )
    late = [f for f in complaints(9, 3, year=2025) if f.quarter == "2025-Q1"]
    await audit.store.pool.execute("DELETE FROM stat_case WHERE id = $1", UUID(int=5))
    await count(audit.store, late)
    await take(audit, mandate, "second")
    second = {row["id"]: row for row in read(audit, "cases.csv.age", "second")}
    for both in first.keys() & second.keys():
        assert {c: first[both][c] for c in QI} == {c: second[both][c] for c in QI}
        assert second[both]["status"] == "confirmed"
    assert len(first.keys() - second.keys()) <= 1


async def test_a_row_that_becomes_sensitive_stands_still(audit: Audit) -> None:
    await settle_due(audit.store)
    one = await audit.store.pool.fetchval(
        "SELECT t.id FROM told_row t JOIN stat_case c USING (id)"
        " WHERE t.site IS NOT NULL AND c.outcome = 'open' LIMIT 1"
    )
    remedy = (
        "INSERT INTO stat_remedy (id, case_id, quarter, country, kind, beneficiaries,"
        " is_done, is_history) VALUES ($1, $2, '2025-Q1', 'BD', $3, 9, true, false)"
    )
    await audit.store.pool.execute(remedy, uuid4(), one, "back_pay")
    mandate = await audit.mandate()
    await take(audit, mandate, "before")
    await audit.store.pool.execute(
        "UPDATE stat_case SET is_sensitive = true, is_factory = false,"
        " category = 'GBVH', outcome = 'confirmed', resolve_kept = 'late',"
        " rung_brand = true, reprisal = 'yes', resolve_hours = 7777 WHERE id = $1",
        one,
    )
    await audit.store.pool.execute(remedy, uuid4(), one, "dismissal_withdrawn")
    await audit.store.pool.execute(
        "UPDATE stat_case SET paused_hours = 4444 WHERE id = $1", one
    )
    await take(audit, mandate, "after")
    for name in ("cases.csv.age", "sla.csv.age"):
        assert read(audit, name, "after") == read(audit, name, "before")
    called = pseudonym(audit.store.keyring.export_secret(mandate.id), one.bytes)
    row = next(r for r in read(audit, "cases.csv.age", "after") if r["id"] == called)
    assert (row["status"], row["site"] != "withheld") == ("open", True)
    assert row["remedies"] in ("back_pay", "withheld")


async def test_of_a_row_only_whether_reprisals_were_asked_about_is_told(
    audit: Audit,
) -> None:
    answers = ("", "yes", "no", "unsaid", "unanswered")
    await audit.store.pool.execute(
        "UPDATE stat_case SET reprisal = ($1::text[])[1 + seq % 5]", list(answers)
    )
    await take(audit, await audit.mandate())
    said = Counter(row["reprisal"] for row in read(audit, "cases.csv.age"))
    assert {*said} == {"asked", "not asked"}
    assert said["asked"] > 2 * said["not asked"]


async def test_one_export_at_a_time_is_made_under_a_mandate(
    audit: Audit, monkeypatch: pytest.MonkeyPatch
) -> None:
    mandate, other = await audit.mandate(), await audit.mandate()
    refused: list[str] = []
    writes = export_cases.write_manifest

    def meanwhile(*args: Any) -> bytes:
        monkeypatch.setattr(export_cases, "write_manifest", writes)
        with pytest.raises(Refused) as no:
            asyncio.run_coroutine_threadsafe(
                take(audit, mandate, "second"), loop
            ).result()
        refused.append(str(no.value))
        asyncio.run_coroutine_threadsafe(take(audit, other, "other"), loop).result()
        return writes(*args)

    loop = asyncio.get_running_loop()
    monkeypatch.setattr(export_cases, "write_manifest", meanwhile)
    await take(audit, mandate)
    assert "being made just now" in refused[0]
    assert not (audit.folder / "second").exists()
    await take(audit, mandate, "third")
    with pytest.raises(NotFound):
        await take(audit, replace(mandate, id=UUID(int=9)), "fourth")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"until": date(2026, 2, 1)}, "ended on 2026-02-01", id="over"),
        pytest.param({"since": date(2026, 4, 1)}, "begins on 2026-04-01", id="not-yet"),
    ],
)
async def test_a_mandate_that_does_not_hold_is_refused_with_what_to_do(
    audit: Audit, change: Mapping[str, Any], why: str
) -> None:
    mandate = await audit.mandate(**change)
    with pytest.raises(Refused, match=why):
        await take(audit, mandate)


async def test_an_ended_mandate_and_an_unknown_one_are_refused(audit: Audit) -> None:
    mandate = await audit.mandate()
    await end_mandate(audit.store, mandate.id, by=None, through="cli:test", at=AT)
    with pytest.raises(Refused, match=r"was ended on 2026-03-02\. Record another"):
        await take(audit, mandate)
    with pytest.raises(Refused, match="ended before"):
        await end_mandate(audit.store, mandate.id, by=None, through="cli:test", at=AT)
    with pytest.raises(NotFound, match="mandates list"):
        await export(
            audit.store,
            uuid4(),
            since=None,
            until=None,
            to=audit.folder / "x",
            key=KEY,
            by=None,
            through="cli:test",
            at=AT,
        )
    assert not (audit.folder / "out").exists()


async def test_an_auditor_who_serves_no_longer_takes_nothing(audit: Audit) -> None:
    mandate = await audit.mandate()
    await audit.store.pool.execute(
        "UPDATE person SET until = '2026-02-01' WHERE role = 'auditor'"
    )
    await audit.store.pool.execute("UPDATE directory_version SET version = version + 1")
    with pytest.raises(Refused, match="serves no longer"):
        await take(audit, mandate)


async def test_only_closed_quarters_and_into_a_new_folder(audit: Audit) -> None:
    mandate = await audit.mandate()
    with pytest.raises(Refused, match=r"No closed quarter .* 2025-Q4"):
        await take(audit, mandate, since=date(2026, 1, 1))
    with pytest.raises(BadInput, match="before the first"):
        await take(audit, mandate, since=date(2025, 4, 1), until=date(2025, 3, 1))
    (audit.folder / "out").mkdir()
    with pytest.raises(BadInput, match="there already"):
        await take(audit, mandate)
    await unpublish(audit.store)
    with pytest.raises(Refused, match="statistics publish"):
        await take(audit, mandate, "other")


async def test_the_room_gets_the_same_as_a_zip(audit: Audit) -> None:
    mandate = await audit.mandate()
    name, chunks = await stream(
        audit.store,
        mandate.id,
        since=None,
        until=None,
        key=KEY,
        by=None,
        through="page",
        at=AT,
    )
    content = b"".join([chunk async for chunk in chunks])
    assert name.startswith("threadline-export-2026-03-02-")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) == 8
        archive.extractall(audit.folder)
    assert check(audit.folder / name.removesuffix(".zip"), KEY.public).problems == ()


async def test_every_changed_file_is_named(audit: Audit) -> None:
    await take(audit, await audit.mandate())
    folder = audit.folder / "out"
    other = SigningKey(bytes(32)).public
    assert "not signed by this key" in check(folder, other).problems[0]
    for path in sorted(folder.iterdir()):
        was = path.read_bytes()
        path.write_bytes(was[:-2] + bytes([was[-2] ^ 1]) + was[-1:])
        assert check(folder, KEY.public).problems, path.name
        path.unlink()
        assert check(folder, KEY.public).problems, path.name
        path.write_bytes(was)
    (folder / "more.txt").write_text("beside")
    assert check(folder, KEY.public).problems == (
        "more.txt: the manifest does not name it.",
    )
    (folder / "more.txt").unlink()
    assert check(folder, None).problems == ()


async def test_a_worker_settles_a_published_quarter_once(audit: Audit) -> None:
    assert await settle_due(audit.store) == 3
    assert await settle_due(audit.store) == 0
    before = await audit.store.pool.fetch("SELECT * FROM told_row ORDER BY id")
    made = await take(audit, await audit.mandate())
    assert made.rows == len(before)
    assert await audit.store.pool.fetch("SELECT * FROM told_row ORDER BY id") == before
    await unpublish(audit.store)
    assert await settle_due(audit.store) == 0
