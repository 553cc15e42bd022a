"""Imports on a real database: all or nothing, safe to run again, sealed."""

import asyncio
import base64
from datetime import date, timedelta
from random import Random

import pytest

from app.actions.import_directory import import_directory
from app.directory_files.kinds import Kind
from app.directory_files.problems import ImportRefused
from app.directory_files.record import Imported
from app.domain.directory import Directory
from app.domain.errors import NotFound
from app.domain.sourcing import buyers
from app.domain.taxonomy import Role, Route
from app.store.directory import find_person
from app.store.engine import Store
from tests.directory.files import (
    AT,
    BRANDS,
    FACTORY,
    MILL,
    PEOPLE,
    SITES,
    as_file,
    import_programme,
)

TODAY = date(2026, 12, 1)
PHONE = "+8801712345678"

GOOD = {
    Kind.SITES: SITES,
    Kind.BRANDS: BRANDS,
    Kind.SOURCING: (
        f"norrland,{MILL},{FACTORY},2026-01-01,,35",
        f"pelle,{FACTORY},,,2027-03-31,",
    ),
    Kind.PEOPLE: (
        *PEOPLE,
        f",Member,committee,{FACTORY},worker,{PHONE},bn,2026-01-01,",
        f"head@turag.example,Head,factory_head,{FACTORY},,,en,,",
        "care@pelle.example,Care,brand,pelle,,,en,,",
    ),
    Kind.HOLIDAYS: (
        "BD,2026-12-16,,Victory Day,",
        f"{FACTORY},2026-12-25,2026-12-31,Stock taking,09:00-12:00",
    ),
    Kind.NUMBERS: (
        f"+91 44 4000 0000,IN,exotel,ta;en,yes,missed_call,,{MILL}",
        "+880 9600 000000,BD,twilio,bn;en,no,missed_call,09:00-21:00,",
    ),
    Kind.HELPLINES: (
        "IN,emergency,112,Emergency,en,112.gov.in",
        "IN,child,1098,Childline,hi,",
    ),
    Kind.COMMITTEES: (
        "*,committee,,2,,,,the programme",
        f"{FACTORY},internal_committee,4,2,50,3,equal,counsel",
    ),
}


async def _import(store: Store, kind: Kind, *rows: str, after: int = 0) -> Imported:
    at = AT + timedelta(minutes=after)
    return await import_directory(
        store, kind, as_file(kind, *rows), at=at, random=Random(3)
    )


async def _import_all(store: Store) -> list[Imported]:
    return [await _import(store, kind, *rows) for kind, rows in GOOD.items()]


async def test_a_whole_programme_is_imported_and_read_back(store: Store) -> None:
    assert [done.added for done in await _import_all(store)] == [2, 2, 2, 5, 2, 2, 2, 2]
    directory = await store.directory()
    site = directory.sites[FACTORY]
    assert (site.country, site.tier, site.workers) == ("BD", 1, 1800)
    assert directory.calendars[FACTORY].why_closed(date(2026, 12, 16)) == "Victory Day"
    assert directory.calendars[FACTORY].is_working(date(2026, 12, 28))
    assert not directory.calendars[MILL].is_working(date(2026, 12, 6))
    assert {b.slug for b in buyers(directory, FACTORY, TODAY)} == {"pelle"}
    assert not buyers(directory, FACTORY, date(2027, 4, 1))
    assert directory.sourcing[0].share == pytest.approx(0.35)
    assert len(directory.members(Route.COMMITTEE, FACTORY, TODAY)) == 1
    assert directory.number("+914440000000").languages == ("ta", "en")
    assert directory.number("+8809600000000").allowed_hours is not None
    assert directory.emergency_number("IN") == "112"


async def test_the_same_files_again_change_nothing(store: Store) -> None:
    await _import_all(store)
    before = await store.directory()
    for done in await _import_all(store):
        assert (done.added, done.changed) == (0, 0)
        assert done.secrets == {}
    assert (await store.directory()) == before


async def test_an_import_that_changes_something_makes_everyone_read_again(
    store: Store,
) -> None:
    await import_programme(store)
    before = (await store.directory()).version
    done = await _import(store, Kind.SITES, SITES[0].replace("420", "430"), SITES[1])
    assert (done.added, done.changed, done.unchanged) == (0, 1, 1)
    directory = await store.directory()
    assert directory.version == before + 1
    assert directory.sites[MILL].workers == 430


async def test_rows_give_back_the_codes_that_were_assigned(store: Store) -> None:
    rows = (SITES[0].removeprefix(MILL), "", SITES[1])
    done = await _import(store, Kind.SITES, *rows)
    shape = done.as_json()
    assert [row["row"] for row in shape["rows"]] == [2, 4]
    assigned = shape["rows"][0]["key"]
    assert assigned in (await store.directory()).sites
    again = await _import(store, Kind.SITES, *rows)
    assert again.unchanged == 2
    assert again.rows[0] == (2, assigned)


async def test_one_bad_row_keeps_the_whole_file_out(store: Store) -> None:
    before = await store.directory()
    with pytest.raises(ImportRefused):
        await _import(store, Kind.SITES, SITES[0], SITES[1].replace(",BD,", ",XX,"))
    assert await store.directory() == before


@pytest.mark.parametrize(
    ("rows", "lacking"),
    [
        pytest.param(PEOPLE[:1], ["admin"], id="no-admin"),
        pytest.param(PEOPLE[1:], ["partner"], id="no-partner"),
        pytest.param(
            (PEOPLE[0] + "2026-11-30", PEOPLE[1]),
            ["partner"],
            id="the-partner-has-left",
        ),
        pytest.param(
            (PEOPLE[0], PEOPLE[1].removesuffix(",,") + ",2027-01-01,"),
            ["admin"],
            id="the-admin-is-yet-to-come",
        ),
        pytest.param((), ["partner", "admin"], id="nobody-at-all"),
    ],
)
async def test_a_programme_needs_a_partner_and_an_admin_today(
    store: Store, rows: tuple[str, ...], lacking: list[str]
) -> None:
    with pytest.raises(ImportRefused) as refused:
        await _import(store, Kind.PEOPLE, *rows)
    said = [problem.advice for problem in refused.value.problems]
    assert said == [f"nobody serves as {role} today: add one" for role in lacking]
    assert (await store.directory()).people == ()


async def test_the_last_partner_cannot_be_ended_but_one_of_two_can(
    store: Store,
) -> None:
    await import_programme(store)
    ended = PEOPLE[0] + "2026-11-30"
    with pytest.raises(ImportRefused, match="partner"):
        await _import(store, Kind.PEOPLE, ended)
    other = PEOPLE[0].replace("partner@", "second@")
    done = await _import(store, Kind.PEOPLE, ended, other)
    assert (done.added, done.changed) == (1, 1)
    serving = (await store.directory()).serving(Role.PARTNER, TODAY)
    assert [person.email for person in serving] == ["second@labour.example"]


async def test_phones_are_sealed_and_found_by_their_tag(store: Store) -> None:
    await _import_all(store)
    directory = await store.directory()
    person = find_person(directory, PHONE, keyring=store.keyring)
    assert person.name == "Member"
    assert person.phone_sealed is not None
    assert b"1712345678" not in person.phone_sealed
    context = f"person|phone|{person.id}"
    assert store.keyring.open(person.phone_sealed, context) == PHONE.encode()


@pytest.mark.parametrize(
    ("key", "name"),
    [
        pytest.param("Partner@LABOUR.example", "Partner", id="mail-in-any-case"),
        pytest.param(PHONE, "Member", id="a-phone"),
        pytest.param("stranger@mill.example", None, id="a-strangers-mail"),
        pytest.param("+8801700000000", None, id="a-strangers-phone"),
        pytest.param("", None, id="nothing"),
    ],
)
async def test_find_person(store: Store, key: str, name: str | None) -> None:
    await _import_all(store)
    directory = await store.directory()
    if name is not None:
        assert find_person(directory, key, keyring=store.keyring).name == name
        return
    with pytest.raises(NotFound) as refused:
        find_person(directory, key, keyring=store.keyring)
    assert not key or key not in str(refused.value)


async def test_somebody_known_by_phone_stays_the_same_with_a_mail_address(
    store: Store,
) -> None:
    await _import_all(store)
    before = find_person(await store.directory(), PHONE, keyring=store.keyring)
    row = f"member@turag.example,Member,committee,{FACTORY},worker,{PHONE},bn,,"
    done = await _import(store, Kind.PEOPLE, row)
    assert (done.added, done.changed) == (0, 1)
    after = find_person(
        await store.directory(), "member@turag.example", keyring=store.keyring
    )
    assert after.id == before.id


async def test_a_phone_left_blank_is_forgotten(store: Store) -> None:
    await import_programme(store)
    with_phone = PEOPLE[0].replace(",,,,en;ta", f",,,{PHONE},en;ta")
    await _import(store, Kind.PEOPLE, with_phone)
    assert find_person(await store.directory(), PHONE, keyring=store.keyring)
    await _import(store, Kind.PEOPLE, PEOPLE[0])
    with pytest.raises(NotFound):
        find_person(await store.directory(), PHONE, keyring=store.keyring)


async def test_a_webhook_secret_is_made_once_shown_once_and_kept(store: Store) -> None:
    done = await _import(store, Kind.BRANDS, *BRANDS)
    secret = done.secrets["pelle"]
    assert list(done.secrets) == ["pelle"]
    assert len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) == 24
    assert secret not in repr(done)
    assert await _secret(store) == secret
    again = await _import(store, Kind.BRANDS, BRANDS[1].replace("care@", "desk@"))
    assert again.secrets == {}
    assert again.changed == 1
    assert await _secret(store) == secret


async def test_a_webhook_secret_of_the_brands_own_replaces_it(store: Store) -> None:
    await _import(store, Kind.BRANDS, *BRANDS)
    own = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    row = BRANDS[1].replace("hook,,", f"hook,{own},")
    assert (await _import(store, Kind.BRANDS, row)).changed == 1
    assert await _secret(store) == own
    assert (await _import(store, Kind.BRANDS, row)).unchanged == 1


async def _secret(store: Store) -> str:
    sealed = (await store.directory()).brands["pelle"].webhook_secret_sealed
    assert sealed is not None
    return store.keyring.open(sealed, "brand|webhook_secret|pelle").decode()


async def test_a_holiday_and_an_older_one_may_not_close_a_site_for_a_year(
    store: Store,
) -> None:
    await import_programme(store)
    await _import(store, Kind.HOLIDAYS, "BD,2027-01-01,2027-06-30,Flood,")
    with pytest.raises(ImportRefused, match="from 2027-01-01"):
        await _import(store, Kind.HOLIDAYS, "Gazipur,2027-07-01,2028-03-01,Flood,")
    done = await _import(store, Kind.HOLIDAYS, "Gazipur,2027-07-01,2027-08-01,Flood,")
    assert done.added == 1


async def test_a_site_may_not_come_into_a_region_that_is_closed_for_a_year(
    store: Store,
) -> None:
    await import_programme(store)
    await _import(store, Kind.HOLIDAYS, "LK,2026-12-02,2028-01-01,Closed,")
    row = f"{FACTORY},Turag Garments,,LK,,garment,1,,Asia/Colombo,ta,,sun,09:00-17:00,"
    with pytest.raises(ImportRefused, match="row 2, hours: no working time"):
        await _import(store, Kind.SITES, row)


async def test_the_newest_emergency_number_holds_also_when_an_old_one_returns(
    store: Store,
) -> None:
    old, new = "BD,emergency,999,Police,bn,", "BD,emergency,333,Help,bn,"
    for after, row in enumerate((old, new, old)):
        await _import(store, Kind.HELPLINES, row, after=after)
        directory = await store.directory()
        assert directory.emergency_number("BD") == row.split(",")[2]
    again = await _import(store, Kind.HELPLINES, old, after=9)
    assert again.unchanged == 1
    assert (await store.directory()).version == directory.version


async def test_two_imports_at_once_take_turns(store: Store) -> None:
    both = await asyncio.gather(
        _import(store, Kind.SITES, *SITES), _import(store, Kind.SITES, *SITES)
    )
    assert sorted((done.added, done.unchanged) for done in both) == [(0, 2), (2, 0)]


async def test_a_large_programme_is_read_within_two_seconds(store: Store) -> None:
    await import_programme(store)
    sites = [
        f",Unit {n},,BD,Gazipur,garment,1,,Asia/Dhaka,bn,900,fri,08:00-17:00,"
        for n in range(500)
    ]
    codes = [key for _row, key in (await _import(store, Kind.SITES, *sites)).rows]
    people = [
        f"p{n}@units.example,P{n},committee,{codes[n % 500]},worker,,bn,,"
        for n in range(5_000)
    ]
    assert (await _import(store, Kind.PEOPLE, *people)).added == 5_000
    holidays = [f"BD,2027-{m:02}-{d:02},,Day,," for m in range(1, 13) for d in (3, 17)]
    holidays = [row.removesuffix(",") for row in holidays]
    await _import(store, Kind.HOLIDAYS, *holidays)
    clock = asyncio.get_running_loop().time
    start = clock()
    directory: Directory = await store.directory()
    assert clock() - start < 2
    assert len(directory.calendars) == 502
    assert len(directory.members(Route.COMMITTEE, codes[7], TODAY)) == 10
