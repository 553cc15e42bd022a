"""Calendars on a real database: a version for each change, none for nothing."""

from dataclasses import replace

from app.actions.import_directory import import_directory
from app.actions.import_policy import ensure_default_policy
from app.directory_files.kinds import Kind
from app.domain.calendar_text import calendar_text
from app.store.engine import Store
from tests.directory.files import AT, FACTORY, MILL, as_file, import_programme


async def _versions(store: Store) -> list[str]:
    async with store.transaction() as tx:
        rows = await tx.connection.fetch(
            "SELECT site, version FROM calendar_version ORDER BY site, version"
        )
    return [f"{row['site']}/{row['version']}" for row in rows]


async def _holidays(store: Store, *lines: str) -> None:
    await import_directory(store, Kind.HOLIDAYS, as_file(Kind.HOLIDAYS, *lines), at=AT)


async def test_a_version_for_each_change_and_each_site_that_it_touches(
    store: Store,
) -> None:
    await import_programme(store)
    first = await store.directory()
    assert await _versions(store) == sorted([f"{FACTORY}/1", f"{MILL}/1"])
    await _holidays(store, f"{FACTORY},2026-12-25,2026-12-31,Stock taking,")
    await _holidays(store, f"{FACTORY},2026-12-25,2026-12-31,Stock taking,")
    now = await store.directory()
    assert now.calendars[FACTORY].id == f"{FACTORY}/2"
    assert now.calendars[MILL].id == f"{MILL}/1"
    was = now.calendar_named(f"{FACTORY}/1")
    assert was is not None
    assert was == first.calendars[FACTORY]
    assert was != now.calendars[FACTORY]
    await _holidays(store, "*,2026-12-16,,A day for all,")
    everywhere = await store.directory()
    assert everywhere.calendars[FACTORY].id == f"{FACTORY}/3"
    assert everywhere.calendars[MILL].id == f"{MILL}/2"


async def test_what_is_written_down_is_what_is_in_force(store: Store) -> None:
    await import_programme(store)
    await _holidays(store, f"{MILL},2026-12-24,,Half a day,08:00-12:00")
    directory = await store.directory()
    for calendar in directory.calendars.values():
        assert directory.past_calendars[calendar.id].text == calendar_text(calendar)


async def test_sites_from_before_versions_get_their_first_one_at_the_start(
    store: Store,
) -> None:
    await import_programme(store)
    async with store.transaction() as tx:
        await tx.connection.execute("DELETE FROM calendar_version")
    before = (await store.directory()).calendars[FACTORY]
    await ensure_default_policy(store, at=AT)
    await ensure_default_policy(store, at=AT)
    assert await _versions(store) == sorted([f"{FACTORY}/1", f"{MILL}/1"])
    after = (await store.directory()).calendars[FACTORY]
    assert replace(after) == before
    assert after.id == before.id == f"{FACTORY}/1"
