"""The admin's room: every page opens, every form writes as a file would, and audits."""

import re
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from app.actions.import_directory import import_directory
from app.directory_files.kinds import Kind
from app.domain.suggesting import suggest_sites
from app.domain.taxonomy import Role
from app.outbox.messages import word
from app.outbox.owed import Channel
from app.store.engine import Store
from tests.builders import GAZIPUR
from tests.conftest import as_owner
from tests.rooms.admin_desk import AT, Desk, open_desk
from tests.stories.programme import DHAKA_LINE, DINDIGUL, TIRUPPUR

ADMIN = "/room/admin"
POLICY = "2026-01-01"


@pytest.fixture
async def desk(store: Store, root: Path) -> AsyncIterator[Desk]:
    async with open_desk(store, root) as opened:
        yield opened


def pages(directory_person: str, policy: str) -> list[str]:
    return [
        "",
        "/sites",
        "/sites?q=482",
        "/sites/new",
        f"/sites/{GAZIPUR}",
        f"/sites/{GAZIPUR}/edit",
        f"/sites/{GAZIPUR}/posters",
        f"/sites/{GAZIPUR}/calendar/1",
        "/calendars",
        "/calendars?past=1",
        "/calendars/country?country=BD",
        "/calendars/country?country=IN&scope=Tamil+Nadu&year=2027",
        "/sourcing",
        "/sourcing/one?brand=norda",
        f"/sourcing/one?brand=norda&site={DINDIGUL}&through={TIRUPPUR}&from=2025-01-01",
        "/people",
        "/people?only=strangers",
        "/people?only=past",
        "/people/new?role=committee",
        f"/people/{directory_person}",
        "/committees",
        f"/committees/{GAZIPUR}",
        "/committees/rules",
        "/numbers",
        "/numbers/one",
        f"/numbers/one?number=%2B{DHAKA_LINE[1:]}",
        "/policies",
        f"/policies/{policy}",
        f"/policies/compare?a={policy}&b={policy}",
        "/brands",
        "/brands/new",
        "/brands/norda",
        "/import",
        "/mandates",
        "/settings",
        "/audit",
    ]


async def test_every_page_opens_and_is_small_and_labelled(desk: Desk) -> None:
    directory = await desk.store.directory()
    version = directory.policies[0].version
    for page in pages(str(desk.person.id), version):
        html = await desk.get(ADMIN + page)
        assert len(desk.html.encode()) < 30_000, page
        assert html.count("<h1") == 1, page
        assert "<script" not in html, page
        assert " style=" not in html, page
        ids = re.findall(r' id="([^"]+)"', desk.html)
        assert len(ids) == len(set(ids)), page
        for kind, name in re.findall(
            r'<(?:input|select|textarea)(?=[^>]*\sid="([^"]+)")[^>]* name="([^"]+)"',
            desk.html,
        ):
            assert f'<label for="{kind}"' in desk.html, (page, name)
        shown = set(re.findall(r'name="\w+" value="\+\d+"', desk.html))
        assert not shown or "/numbers" in page, page


@pytest.mark.parametrize("who", ["gaz-com-w1", "partner-bd", "norda-buyer", "auditor"])
async def test_the_room_is_the_secretariats_alone(
    store: Store, root: Path, who: str
) -> None:
    async with open_desk(store, root, who) as other:
        for page in ("", "/sites", "/people", "/audit", "/settings", "/import"):
            await other.get(ADMIN + page, status=404)


async def test_a_page_that_is_not_there_is_missing(desk: Desk) -> None:
    for page in (
        "/sites/000000",
        f"/sites/{GAZIPUR}/calendar/7",
        f"/sites/{GAZIPUR}/calendar/x",
        "/people/nobody",
        "/people/00000000-0000-0000-0000-000000000000",
        "/brands/none",
        "/policies/1999-01-01",
        "/numbers/one?number=1",
        "/calendars/day?scope=BD&date=x",
        "/sourcing/one?brand=norda&site=1&from=x",
        "/audit?before=x",
    ):
        await desk.get(ADMIN + page, status=404)


# --------------------------------------------------------------------- sites


async def test_a_site_is_changed_as_a_file_would_and_its_calendar_gets_a_version(
    desk: Desk,
) -> None:
    await desk.get(f"{ADMIN}/sites/{GAZIPUR}/edit")
    cells = desk.filled()
    assert cells["hours"] == "09:00-13:00;14:00-18:00"
    cells |= {"hours": "08:00-12:00", "aliases": "Panjora mill;পাঁজোরা"}
    html = await desk.post(f"{ADMIN}/sites", **cells)
    assert desk.note == f"The site {GAZIPUR} is saved."
    assert "08:00-12:00" in html
    assert "weekly rest" in html
    directory = await desk.store.directory()
    assert directory.calendars[GAZIPUR].id == f"{GAZIPUR}/2"
    assert "09:00-13:00" in await desk.get(f"{ADMIN}/sites/{GAZIPUR}/calendar/1")
    assert "08:00-12:00" in await desk.get(f"{ADMIN}/sites/{GAZIPUR}/calendar/2")
    assert directory.sites[GAZIPUR].aliases == ("Panjora mill", "পাঁজোরা")
    assert suggest_sites(["panjora"], (), directory) == (GAZIPUR,)
    assert (await desk.audited())[0] == ("site.changed", GAZIPUR, "page", True)
    fields = await desk.store.pool.fetchval(
        "SELECT detail->'fields'->'hours'->>1 FROM audit_event WHERE person_id = $1",
        desk.person.id,
    )
    assert fields == "08:00-12:00"
    # A file without the column leaves the other names as they are.
    content = (
        "code,name,local_name,country,region,kind,tier,os_id,timezone,languages,"
        "workers,weekly_rest,hours,hotline\n"
        f"{GAZIPUR},Renamed,,BD,Gazipur,garment,1,,Asia/Dhaka,bn,900,fri,08:00-12:00,\n"
    )
    await import_directory(desk.store, Kind.SITES, content.encode(), at=AT)
    assert (await desk.store.directory()).sites[GAZIPUR].aliases[0] == "Panjora mill"


async def test_a_form_says_what_its_file_would(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/sites/new")
    cells = {**desk.filled(), "name": "Turag", "country": "BD", "tier": "1"}
    cells |= {"timezone": "Asia/Dacca-ish", "hours": "13:00-09:00;08:00-14:00"}
    html = await desk.post(f"{ADMIN}/sites", status=400, **cells)
    assert "write a time zone of the IANA list" in html
    assert 'aria-invalid="true"' in html
    assert 'value="Turag"' in html
    assert await desk.audited() != []
    assert all(through == "service" for _, _, through, _ in await desk.audited())


async def test_a_new_site_is_given_a_code(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/sites/new")
    cells = {**desk.filled(), "name": "Turag", "country": "bd", "tier": "1"}
    cells |= {"timezone": "Asia/Dhaka", "hours": "09:00-17:00", "kind": "garment"}
    await desk.post(f"{ADMIN}/sites", **cells)
    assert re.fullmatch(rf"{ADMIN}/sites/\d{{6}}", desk.path)


async def test_posters_are_made_for_download(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/sites/{GAZIPUR}/posters?in=bn&in=en")
    assert f"{GAZIPUR}/posters/a4.pdf?in=bn&amp;in=en" in desk.html
    answered = await desk.client.get(f"{ADMIN}/sites/{GAZIPUR}/posters/sticker.png")
    assert answered.headers["content-type"] == "image/png"
    assert "attachment" in answered.headers["content-disposition"]
    await desk.get(f"{ADMIN}/sites/{GAZIPUR}/posters/a5.pdf", status=404)


# ----------------------------------------------------------------- calendars


async def test_a_countrys_holidays_are_imported_as_they_are_ticked(desk: Desk) -> None:
    html = await desk.get(f"{ADMIN}/calendars/country?country=BD&year=2027")
    assert "Independence Day" in html
    assert "Eid al-Fitr (estimated)" in html
    assert "follow the moon" in html
    await desk.post(
        f"{ADMIN}/calendars/country",
        country="BD",
        scope="BD",
        state="",
        year="2027",
        day=["2027-03-26", "2027-03-10", "2027-01-02"],
    )
    directory = await desk.store.directory()
    calendar = directory.calendars[GAZIPUR]
    assert calendar.why_closed(date(2027, 3, 10)) == "Eid al-Fitr (estimated)"
    assert calendar.id == f"{GAZIPUR}/2"
    # A day that is in no table is not imported, whatever the form says.
    assert not any(row.day == date(2027, 1, 2) for row in calendar.exceptions)
    assert directory.calendars[TIRUPPUR].id == f"{TIRUPPUR}/1"
    kinds = [kind for kind, *_ in await desk.audited()][:2]
    assert kinds == ["holiday.added", "holiday.added"]


async def test_what_is_past_or_covered_is_not_ticked_for_import(desk: Desk) -> None:
    cells: dict[str, Any] = {"scope": "BD", "date": "2027-03-20"}
    cells["until"] = "2027-03-31"
    await desk.get(f"{ADMIN}/calendars")
    await desk.post(f"{ADMIN}/calendars", **cells, name="Closure", hours="")
    html = await desk.get(f"{ADMIN}/calendars/country?country=BD&year=2027")
    assert '"2027-03-26">' in html
    assert "in the calendars already" in html
    assert re.search(r'"2027-05-01" checked>', html)


async def test_a_region_has_the_days_of_its_state(desk: Desk) -> None:
    html = await desk.get(
        f"{ADMIN}/calendars/country?country=IN&scope=Tamil+Nadu&year=2027"
    )
    assert "Pongal" in html
    assert "only some take it" in html


async def test_a_closure_is_added_changed_and_taken_out(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/calendars")
    cells: dict[str, Any] = {"scope": "BD", "date": "2027-01-04"}
    cells["until"] = "2027-01-09"
    await desk.post(f"{ADMIN}/calendars", **cells, name="Puja", hours="")
    assert "Puja is in the calendars" in desk.note
    html = await desk.get(f"{ADMIN}/calendars/day?scope=BD&date=2027-01-04")
    assert "do not move by themselves" in html
    await desk.post(f"{ADMIN}/calendars/day/remove", scope="BD", date="2027-01-04")
    directory = await desk.store.directory()
    assert directory.calendars[GAZIPUR].exceptions == ()
    assert directory.calendars[GAZIPUR].id == f"{GAZIPUR}/3"
    assert (await desk.audited())[0][:2] == ("holiday.removed", "BD/2027-01-04")


async def test_a_site_is_not_closed_for_a_year(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/calendars")
    html = await desk.post(
        f"{ADMIN}/calendars",
        status=400,
        scope="*",
        date="2026-12-02",
        until="2028-12-31",
        name="For ever",
        hours="",
    )
    assert "no working time in the year" in html


# ------------------------------------------------------------------ sourcing


async def test_the_chain_is_a_tree_and_a_relation_ends(desk: Desk) -> None:
    html = await desk.get(f"{ADMIN}/sourcing")
    assert '<ul class="tree">' in html
    nested = html[html.index("Bought through") :]
    assert DINDIGUL in nested[:600]
    assert "Ended, or not begun" in html
    await desk.get(
        f"{ADMIN}/sourcing/one?brand=norda&site={DINDIGUL}&through={TIRUPPUR}"
        "&from=2025-01-01"
    )
    cells = {**desk.filled(), "to": "2026-11-30", "share": "12.5"}
    await desk.post(f"{ADMIN}/sourcing", **cells)
    directory = await desk.store.directory()
    row = next(r for r in directory.sourcing if r.site == DINDIGUL)
    assert (row.until, row.share) == (date(2026, 11, 30), 0.125)
    assert (await desk.audited())[0][0] == "sourcing.changed"


# -------------------------------------------------------------------- people


async def test_a_person_is_added_invited_and_ended_at_once(
    desk: Desk, root: Path
) -> None:
    await desk.get(f"{ADMIN}/people/new?role=committee&org={GAZIPUR}")
    cells = {**desk.filled(), "name": "Moyna", "email": "moyna@example.org"}
    cells |= {"side": "worker", "phone": "+8801711000009", "sex": "f"}
    assert cells["role"] == "committee"
    await desk.post(f"{ADMIN}/people", **cells)
    directory = await desk.store.directory()
    moyna = next(p for p in directory.people if p.name == "Moyna")
    assert moyna.phone_tag is not None
    html = await desk.get(f"{ADMIN}/people/{moyna.id}")
    assert "+8801711000009" not in html
    # Saved again with a blank phone: it stays as it is.
    cells = {**desk.filled(), "name": "Moyna Begum"}
    assert cells["phone"] == ""
    await desk.post(f"{ADMIN}/people", **cells)
    known = (await desk.store.directory()).person(moyna.id)
    assert known is not None
    assert (known.name, known.phone_tag) == ("Moyna Begum", moyna.phone_tag)
    details = await desk.store.pool.fetchval(
        "SELECT string_agg(detail::text, '') FROM audit_event"
    )
    for hidden in ("Moyna", "moyna@", "+8801711000009"):
        assert hidden not in details

    await desk.get(f"{ADMIN}/people/{moyna.id}")
    html = await desk.post(f"{ADMIN}/people/{moyna.id}/invite")
    assert "An invitation is on its way" in desk.note
    invited = ("person.invited", str(moyna.id), "page", True)
    assert (await desk.audited())[0] == invited
    assert "Invited until" in html

    async with open_desk(desk.store, root, "Moyna Begum", furnish=False) as hers:
        await hers.get("/room/me")
        assert hers.path == "/room/me"
        html = await desk.post(f"{ADMIN}/people/{moyna.id}/end", when="now", day="")
        assert "2026-11-30" in desk.note
        await hers.get("/room/me")
        assert hers.path == "/in"
    assert "Moyna" not in await desk.get(f"{ADMIN}/people")
    assert "Moyna" in await desk.get(f"{ADMIN}/people?only=past")


async def test_the_last_of_the_secretariat_cannot_be_ended(desk: Desk) -> None:
    directory = await desk.store.directory()
    admins = [p for p in directory.people if p.role == "admin"]
    admins.sort(key=lambda person: person.id != desk.person.id)
    await desk.get(f"{ADMIN}/people/{admins[1].id}")
    await desk.post(f"{ADMIN}/people/{admins[1].id}/end", when="now", day="")
    await desk.get(f"{ADMIN}/people/{admins[0].id}")
    html = await desk.post(
        f"{ADMIN}/people/{admins[0].id}/end", status=400, when="now", day=""
    )
    assert "nobody serves as admin" in html


async def test_a_form_that_adds_writes_over_nobody(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/people/new?role=committee&org={GAZIPUR}")
    cells = {**desk.filled(), "name": "X", "email": "norda-buyer@example.org"}
    html = await desk.post(f"{ADMIN}/people", status=400, **{**cells, "side": ""})
    assert "this is there already" in html or "write one of" in html
    cells = {**cells, "side": "worker"}
    html = await desk.post(f"{ADMIN}/people", status=400, **cells)
    assert "this is there already" in html
    await desk.get(f"{ADMIN}/brands/new")
    cells = {**desk.filled(), "slug": "kesto", "name": "X", "email": "x@x.example"}
    html = await desk.post(f"{ADMIN}/brands", status=400, **cells)
    assert "this is there already" in html
    directory = await desk.store.directory()
    assert directory.brands["kesto"].name == "Kesto"
    assert not any(p.name == "X" for p in directory.people)


async def test_who_has_only_a_phone_keeps_it_and_takes_no_one_elses_place(
    desk: Desk,
) -> None:
    await desk.get(f"{ADMIN}/people/new?role=committee&org={GAZIPUR}")
    cells = {**desk.filled(), "name": "Rina", "side": "worker"}
    cells["phone"] = "+880 1711-000001"
    await desk.post(f"{ADMIN}/people", **cells)
    rina = next(p for p in (await desk.store.directory()).people if p.name == "Rina")
    await desk.get(f"{ADMIN}/people/{rina.id}")
    cells = desk.filled()
    assert "phone" not in cells
    taken = {**cells, "email": "gaz-com-w2@example.org"}
    html = await desk.post(f"{ADMIN}/people", status=400, **taken)
    assert "somebody else has this address" in html
    await desk.post(f"{ADMIN}/people", **{**cells, "email": "rina@example.org"})
    now = (await desk.store.directory()).person(rina.id)
    assert now is not None
    assert (now.email, now.phone_tag) == ("rina@example.org", rina.phone_tag)


# -------------------------------------------- committees, numbers, brands


async def test_a_rule_for_committees_is_kept_and_what_lacks_is_said(
    desk: Desk,
) -> None:
    await desk.get(f"{ADMIN}/committees/rules")
    cells = {**desk.filled(), "scope": GAZIPUR, "body": "committee"}
    cells |= {"fewest": "9", "source": "the programme's statute"}
    html = await desk.post(f"{ADMIN}/committees/rules", **cells)
    assert f"The rule for {GAZIPUR} is saved" in desk.note
    assert "Members: 5, at least 9 are needed." in html
    assert "it gets no cases" in html
    assert "it gets no cases" in await desk.get(ADMIN)
    html = await desk.get(f"{ADMIN}/committees/{GAZIPUR}")
    assert "gaz-com-w1" in html


async def test_a_number_is_changed(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/numbers/one?number=%2B{DHAKA_LINE[1:]}")
    cells = {**desk.filled(), "voice": "missed_call", "sms": "no"}
    html = await desk.post(f"{ADMIN}/numbers", **cells)
    assert "It calls back whoever rings" in html
    assert (await desk.audited())[0][:2] == ("number.changed", DHAKA_LINE)


async def test_a_number_s_carrier_is_chosen_and_asked_what_it_can(desk: Desk) -> None:
    html = await desk.get(f"{ADMIN}/numbers/one?number=%2B{DHAKA_LINE[1:]}")
    assert '<option value="twilio" selected>Twilio</option>' in html
    cells = {**desk.filled(), "provider": "kannel"}
    html = await desk.post(f"{ADMIN}/numbers", status=400, **cells)
    assert "Kannel cannot answer calls at this number: it carries texts alone" in html
    assert '<option value="kannel" selected>Kannel</option>' in html
    await desk.post(f"{ADMIN}/numbers", **{**cells, "voice": "none"})
    assert (await desk.audited())[0][:2] == ("number.changed", DHAKA_LINE)


async def test_a_carrier_that_no_file_knows_is_not_changed_by_a_form(
    desk: Desk,
) -> None:
    await desk.store.pool.execute("UPDATE hotline_number SET provider = 'grameen'")
    await desk.store.pool.execute("UPDATE directory_version SET version = version + 1")
    html = await desk.get(f"{ADMIN}/numbers/one?number=%2B{DHAKA_LINE[1:]}")
    assert '<option value="grameen" selected>grameen</option>' in html
    html = await desk.post(f"{ADMIN}/numbers", status=400, **desk.filled())
    assert "no carrier has this name. Write one of: exotel," in html


async def test_a_webhooks_secret_is_shown_once_and_audited_without_its_value(
    desk: Desk,
) -> None:
    await desk.get(f"{ADMIN}/brands/kesto")
    cells = {**desk.filled(), "webhook_url": "https://kesto.example/hook?key=sesame"}
    html = await desk.post(f"{ADMIN}/brands", **cells)
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", html)
    assert found is not None
    assert "whsec_" not in await desk.get(f"{ADMIN}/brands/kesto")
    rows = await desk.store.pool.fetch("SELECT detail::text AS said FROM audit_event")
    said = "".join(row["said"] for row in rows)
    assert "webhook_secret" in said
    assert "sesame" not in said
    assert found[0] not in said
    html = await desk.get(f"{ADMIN}/audit?kind=brand")
    assert "changed, not shown" in html
    assert "sesame" not in html


# ------------------------------------------------------------------ policies


async def test_a_policy_is_looked_at_first_and_tried_on_the_last_90_days(
    desk: Desk,
) -> None:
    shipped = (await desk.store.directory()).policies[0]
    text = shipped.toml.replace(shipped.version, "2027-01-01", 1)
    text = text.replace('resolve = "14d"', 'resolve = "10d"', 1)
    await desk.get(f"{ADMIN}/policies")
    html = await desk.post(f"{ADMIN}/policies", text=text, step="look")
    assert "Keep this policy" in html
    assert len((await desk.store.directory()).policies) == 1
    await desk.post(f"{ADMIN}/policies", text=text, step="keep")
    assert [p.version for p in (await desk.store.directory()).policies] == [
        shipped.version,
        "2027-01-01",
    ]
    assert (await desk.audited())[0] == ("policy.added", "2027-01-01", "page", True)
    html = await desk.get(f"{ADMIN}/policies/compare?a={shipped.version}&b=2027-01-01")
    assert "<ins>" in html
    await desk.get(f"{ADMIN}/policies/2027-01-01")
    html = await desk.post(f"{ADMIN}/policies/2027-01-01/dry-run")
    assert "Cases opened since" in html
    assert "Made-up cases" in html
    assert len(desk.html.encode()) < 30_000
    html = await desk.get(f"{ADMIN}/policies")
    html = await desk.post(f"{ADMIN}/policies", status=400, text="version = 3")
    assert "is not a date" in html


# -------------------------------------------------------------------- import

PEOPLE = "email,name,role,org,side,phone,languages,from,to\n"


async def test_a_preview_lists_every_problem_though_a_row_is_no_row(
    desk: Desk,
) -> None:
    await desk.get(f"{ADMIN}/import")
    file = (
        PEOPLE + "a@example.org,A,nobody,,,,en,,\n"
        "too,few\n"
        f"b@example.org,B,committee,{GAZIPUR},worker,,xx,,\n"
        f"c@example.org,C,committee,{GAZIPUR},worker,,en,2026-13-01,\n"
    )
    html = await desk.post(
        f"{ADMIN}/import", status=400, file=file.encode(), kind="people"
    )
    for row in ("Row 2, ", "Row 3", "Row 4, ", "Row 5, "):
        assert row in html
    assert "this is mended: 4" in html
    assert not any(p.name == "A" for p in (await desk.store.directory()).people)


async def test_a_preview_shows_each_field_and_keeps_nothing_until_it_is_asked(
    desk: Desk,
) -> None:
    await desk.get(f"{ADMIN}/import")
    file = (
        PEOPLE + f"gaz-com-w1@example.org,gaz-com-w1,committee,{GAZIPUR},neutral,,"
        "en,2025-01-01,\n"
        f"new@example.org,New,committee,{GAZIPUR},worker,,en,,\n"
        "admin@example.org,admin,admin,,,,en,2025-01-01,\n"
    )
    html = await desk.post(
        f"{ADMIN}/import", file=b"\xef\xbb\xbf" + file.encode(), kind="people"
    )
    assert "Rows to be added: 1; to be changed: 1; as they are: 1." in html
    assert "worker → neutral" in html
    before = (await desk.store.directory()).version
    names = {p.name for p in (await desk.store.directory()).people}
    assert "New" not in names
    seal = desk.hidden("seal")
    text = file.strip().replace("\n", "\r\n")
    wrong = text.replace("neutral", "management")
    html = await desk.post(
        f"{ADMIN}/import", status=400, file=b"", kind="people", step="import",
        seal=seal, text=wrong,
    )  # fmt: skip
    assert "not the file that was looked at" in html
    await desk.get(f"{ADMIN}/import")
    html = await desk.post(
        f"{ADMIN}/import", file=b"", kind="people", step="import", seal=seal, text=text
    )
    assert desk.note == "Rows added: 1; changed: 1; as they were: 1."
    assert (await desk.store.directory()).version > before
    assert [kind for kind, *_ in await desk.audited()][:2] == [
        "person.added",
        "person.changed",
    ]


async def test_a_large_file_is_taken_here_and_nowhere_else(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/import")
    row = "BD,2027-01-{:02},,Day,\n"
    file = "scope,date,until,name,hours\n" + row.format(4) + "\n" * 200_000
    await desk.post(f"{ADMIN}/import", file=file.encode(), kind="holidays")
    html = await desk.post(
        f"{ADMIN}/import", status=400, file=b"x" * 300_000, kind="holidays"
    )
    assert "larger than 256 kB" in html
    answered = await desk.client.post(f"{ADMIN}/sites", content=b"x" * 300_000)
    assert answered.status_code == 413
    answered = await desk.client.post(f"{ADMIN}/import", content=b"x" * 1_100_000)
    assert answered.status_code == 413


async def test_a_file_that_is_no_text_is_named_by_its_row(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/import")
    html = await desk.post(
        f"{ADMIN}/import", status=400, file=b"scope,date\nBD,\xff\n", kind="holidays"
    )
    assert "Row 2" in html
    assert "not UTF-8" in html


# --------------------------------------------------------- audit and settings


async def test_the_audit_can_only_grow(desk: Desk) -> None:
    for statement in (
        "UPDATE audit_event SET through = 'x'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await desk.store.pool.execute(statement)
        # Not even the owner of the tables.
        with pytest.raises(asyncpg.RaiseError, match="append-only"):
            async with as_owner(desk.store) as owner:
                await owner.execute(statement)


async def test_the_audit_goes_on_page_by_page(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/audit")
    seen = len(re.findall("<code>[a-z_]+[.]", desk.html))
    assert seen == 40
    link = re.search(r'href="(\?[^"]*before=[^"]+)"', desk.html)
    assert link is not None
    first = desk.html
    await desk.get(f"{ADMIN}/audit{link[1].replace('&amp;', '&')}")
    assert desk.html != first


async def test_settings_show_what_is_set_and_never_what_it_is(desk: Desk) -> None:
    html = await desk.get(f"{ADMIN}/settings")
    assert "https://hotline.example" in html
    assert "sesame" not in html
    assert "t" * 32 not in html
    assert "AAAAAAAA" not in html


async def test_a_form_of_another_page_changes_nothing(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/sites/{GAZIPUR}/edit")
    cells = desk.filled()
    answered = await desk.client.post(
        f"{ADMIN}/sites",
        data={**cells, "t": "0" * 32},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert answered.status_code == 403
    answered = await desk.client.post(
        f"{ADMIN}/sites", data=cells, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answered.status_code == 403


# ------------------------------------------------------------------ partners


async def test_nobody_makes_a_partner_alone_nor_at_once(desk: Desk) -> None:
    await desk.get(f"{ADMIN}/people/new?role=partner")
    cells = {**desk.filled(), "name": "Sabina", "email": "sabina@example.org"}
    for first in ("", AT.date().isoformat()):
        again = {**cells, "from": first}
        html = await desk.post(f"{ADMIN}/people", status=400, **again)
        assert "begins tomorrow at the earliest" in html
    assert await owed(desk) == []
    tomorrow = (AT.date() + timedelta(days=1)).isoformat()
    await desk.post(f"{ADMIN}/people", **{**cells, "from": tomorrow})
    directory = await desk.store.directory()
    partners = [p for p in directory.people if p.role is Role.PARTNER]
    sabina = next(p for p in partners if p.name == "Sabina")
    ask = [p for p in directory.people if p.role in (Role.PARTNER, Role.ADMIN)]
    others = [str(p.id) for p in ask if p.id not in (sabina.id, desk.person.id)]
    assert await owed(desk) == sorted(others)
    await desk.post(f"{ADMIN}/people/{sabina.id}/invite", status=409)
    # An old partner who is invited anew is told of as well.
    old = next(p for p in partners if p.id != sabina.id)
    await desk.get(f"{ADMIN}/people/{old.id}")
    await desk.post(f"{ADMIN}/people/{old.id}/invite")
    asked = [p for p in others if p != str(old.id)]
    assert await owed(desk) == sorted([*others, *asked])


async def owed(desk: Desk) -> list[str]:
    rows = await desk.store.pool.fetch(
        "SELECT recipient_key FROM outbox WHERE template = 'partner_added'"
    )
    return sorted(row["recipient_key"] for row in rows)


@pytest.mark.parametrize("what", ["added", "invited"])
def test_the_message_names_who_was_added_where_and_by_whom(what: str) -> None:
    said = {"what": what, "name": "Sabina", "where": ["BD"], "by_name": "Admin"}
    for channel in (Channel.MAIL, Channel.SMS):
        worded = word("partner_added", said, channel)
        assert worded.lines[0].params == {
            "name": "Sabina",
            "where": "BD",
            "by": "Admin",
        }
        assert (worded.subject is None) is (channel is Channel.SMS)
