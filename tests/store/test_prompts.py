"""Recorded prompts in the store, and the book that follows them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.conversation.calls.spoken import PROMPTS
from app.directory_files.kinds import Kind
from app.store.engine import Store
from app.store.prompts import (
    Sounds,
    Spoken,
    StudioPass,
    keep,
    load,
    open_studio,
    spoken_from,
    studio_pass,
)
from app.wording.catalog import Catalog
from app.wording.sounds import Book, Manifest
from tests.directory.files import FACTORY, SITES
from tests.directory.test_import_directory import _import
from tests.wording.test_audio import as_wav, hum

LOCALES = Path(__file__).parents[2] / "locales"
AT = datetime(2026, 12, 1, 12, tzinfo=UTC)
CATALOG = Catalog.load(LOCALES)
SHIPPED = Manifest.load(LOCALES)
SPEAKER = StudioPass("bn", "Rina")


def sounds(*, allow_synthetic: bool = False) -> Sounds:
    return Sounds(SHIPPED, CATALOG, PROMPTS, allow_synthetic=allow_synthetic)


async def book_of(store: Store, asked: Sounds) -> Book:
    async with store.transaction() as tx:
        return await asked.now(tx)


def read(book: Book, prompt: str, *, hertz: float = 440) -> Spoken:
    content = as_wav(hum(2, hertz=hertz))
    return spoken_from(content, prompt, "bn", "Rina", book)


async def test_a_recording_is_heard_by_every_process_at_once(store: Store) -> None:
    """Another process asks by the directory's version, and that has moved on."""
    elsewhere = sounds()
    before = await book_of(store, elsewhere)
    assert before.sound("welcome", "bn") is None
    one = read(before, "welcome")
    async with store.transaction() as tx:
        await keep(tx, [one], at=AT)
    after = await book_of(store, elsewhere)
    heard = after.sound("welcome", "bn")
    assert heard == replace(one.sound, text="")
    assert await elsewhere.bytes_of(store, heard.name) == (one.audio, "audio/wav")


async def test_a_book_is_read_once_a_version(store: Store) -> None:
    asked = sounds()
    first = await book_of(store, asked)
    assert await book_of(store, asked) is first


async def test_who_records_again_replaces_what_was(store: Store) -> None:
    asked = sounds()
    book = await book_of(store, asked)
    for hertz in (440, 550):
        async with store.transaction() as tx:
            await keep(tx, [read(book, "welcome", hertz=hertz)], at=AT)
    async with store.transaction() as tx:
        (kept,) = await load(tx.connection)
    assert kept.hash == read(book, "welcome", hertz=550).sound.hash
    first = read(book, "welcome", hertz=440).sound
    assert await asked.bytes_of(store, first.name) is None


async def test_the_same_sound_may_stand_for_two_prompts(store: Store) -> None:
    book = await book_of(store, sounds())
    async with store.transaction() as tx:
        await keep(tx, [read(book, "pin_right"), read(book, "reach_yes")], at=AT)
        assert len(await load(tx.connection)) == 2


async def test_a_sites_name_is_spoken_until_the_site_is_renamed(store: Store) -> None:
    await _import(store, Kind.SITES, *SITES)
    asked = sounds()
    book = await book_of(store, asked)
    prompt = f"site_{FACTORY}"
    async with store.transaction() as tx:
        await keep(tx, [read(book, prompt)], at=AT)
    assert (await book_of(store, asked)).has_place(FACTORY, "bn")
    async with store.transaction() as tx:
        await tx.connection.execute("UPDATE site SET local_name = '', name = 'New'")
        await tx.connection.execute("UPDATE directory_version SET version = 99")
    assert not (await book_of(store, asked)).has_place(FACTORY, "bn")


@pytest.mark.parametrize("by", ["hash", "name", "file"])
async def test_a_shipped_sound_is_found_by_hash_address_and_file(
    store: Store, by: str
) -> None:
    tone = SHIPPED.synthetic["", "tone"]
    content = (LOCALES / "audio" / "tone.mp3").read_bytes()
    found = await sounds().bytes_of(store, getattr(tone, by))
    assert found == (content, "audio/mpeg")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("0" * 32, id="no-such-sound"),
        pytest.param("0" * 32 + ".wav", id="no-such-recording"),
        pytest.param("../../pyproject.toml", id="a-way-out"),
        pytest.param("manifest.json", id="no-sound-at-all"),
        pytest.param("", id="nothing"),
    ],
)
async def test_nothing_else_is_served(store: Store, name: str) -> None:
    assert await sounds().bytes_of(store, name) is None


async def test_a_speakers_code_holds_for_a_day_and_is_nobody_elses(
    store: Store,
) -> None:
    code, day = store.keyring.pin_hash("studio", "123456"), timedelta(days=1)
    async with store.transaction() as tx:
        assert await open_studio(tx, code, SPEAKER, at=AT, to=AT + day)
        assert not await open_studio(tx, code, SPEAKER, at=AT, to=AT + day)
        assert await studio_pass(tx, code, at=AT + day / 2) == SPEAKER
        assert await studio_pass(tx, code, at=AT + day) is None
        other = store.keyring.pin_hash("studio", "123457")
        assert await studio_pass(tx, other, at=AT) is None
        assert await open_studio(tx, code, SPEAKER, at=AT + day, to=AT + 2 * day)
