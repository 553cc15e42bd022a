"""The prompts that people have spoken, and what a process can say now."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.store.engine import Store, Transaction
from app.wording.audio import prepare
from app.wording.catalog import Catalog
from app.wording.pieces import site_id, site_words
from app.wording.prompt import Prompt
from app.wording.sounds import (
    RECORDED,
    Book,
    Manifest,
    Sound,
    hash_of_audio,
    hash_of_text,
    media_type,
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sound with its WAV, ready to be kept."""

    sound: Sound
    audio: bytes


@dataclass(frozen=True, slots=True)
class StudioPass:
    """Who may record prompts by phone: in which language, under which name."""

    language: str
    voice: str


def spoken_from(
    content: bytes, prompt: str, language: str, voice: str, book: Book
) -> Spoken:
    """Make one recording ready to be kept; raise BadAudio where nothing is heard."""
    wav, seconds = prepare(content)
    text = book.text(prompt, language)
    digest = hash_of_audio(language, prompt, wav)
    sound = Sound(
        prompt=prompt,
        language=language,
        text=text,
        text_hash=hash_of_text(text),
        hash=digest,
        file=f"{digest}.wav",
        seconds=seconds,
        voice=voice,
        status=RECORDED,
    )
    return Spoken(sound, wav)


async def load(connection: Any) -> tuple[Sound, ...]:
    """Return every recorded prompt, without its audio."""
    rows = await connection.fetch(
        "SELECT language, id, text_hash, hash, seconds, voice FROM prompt"
        " ORDER BY language, id"
    )
    return tuple(
        Sound(
            prompt=row["id"],
            language=row["language"],
            text="",  # what was read is known by its hash alone
            text_hash=row["text_hash"],
            hash=row["hash"],
            file=f"{row['hash']}.wav",
            seconds=row["seconds"],
            voice=row["voice"],
            status=RECORDED,
        )
        for row in rows
    )


async def audio(connection: Any, hash: str) -> bytes | None:
    found: bytes | None = await connection.fetchval(
        "SELECT audio FROM prompt WHERE hash = $1", hash
    )
    return found


async def keep(tx: Transaction, spoken: Iterable[Spoken], *, at: datetime) -> None:
    """Keep recordings, each in place of the one before; every process reloads."""
    await tx.connection.executemany(
        "INSERT INTO prompt"
        " (language, id, text_hash, hash, audio, seconds, voice, at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        " ON CONFLICT (language, id) DO UPDATE SET text_hash = excluded.text_hash,"
        " hash = excluded.hash, audio = excluded.audio,"
        " seconds = excluded.seconds, voice = excluded.voice, at = excluded.at",
        [
            (
                *(one.sound.language, one.sound.prompt, one.sound.text_hash),
                *(one.sound.hash, one.audio, one.sound.seconds, one.sound.voice, at),
            )
            for one in spoken
        ],
    )
    await tx.connection.execute("UPDATE directory_version SET version = version + 1")


async def open_studio(
    tx: Transaction, code_hash: bytes, studio: StudioPass, *, at: datetime, to: datetime
) -> bool:
    """Let a speaker in until `to`; False where another one has this code."""
    await tx.connection.execute("DELETE FROM studio WHERE expires_at <= $1", at)
    done: str = await tx.connection.execute(
        "INSERT INTO studio (code_hash, language, voice, expires_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (code_hash) DO NOTHING",
        *(code_hash, studio.language, studio.voice, to),
    )
    return done.endswith(" 1")


async def studio_pass(
    tx: Transaction, code_hash: bytes, *, at: datetime
) -> StudioPass | None:
    """Return who comes with this code, or None where it is nobody's now."""
    row = await tx.connection.fetchrow(
        "SELECT language, voice FROM studio WHERE code_hash = $1 AND expires_at > $2",
        *(code_hash, at),
    )
    return None if row is None else StudioPass(row["language"], row["voice"])


class Sounds:
    """What this process can speak: read again whenever the programme changes."""

    def __init__(
        self,
        manifest: Manifest,
        catalog: Catalog,
        prompts: Sequence[Prompt],
        *,
        allow_synthetic: bool,
    ) -> None:
        self._manifest = manifest
        self._catalog = catalog
        self._prompts = tuple(prompts)
        self._allow_synthetic = allow_synthetic
        self._files = manifest.files()
        self._read: dict[str, bytes] = {}
        self._at: tuple[int, Book] | None = None

    @property
    def latest(self) -> Book:
        """The book as it was last asked for: what is left without a database."""
        return self._at[1] if self._at else self._book((), {})

    async def at(self, tx: Transaction, version: int) -> Book:
        """Return the book of a directory's version, loading it only when it is new."""
        if self._at is None or self._at[0] != version:
            recorded = await load(tx.connection)
            places = await _places(tx.connection, recorded)
            self._at = (version, self._book(recorded, places))
        return self._at[1]

    async def now(self, tx: Transaction) -> Book:
        """Return the book of the version that the database has now."""
        query = "SELECT version FROM directory_version"
        return await self.at(tx, await tx.connection.fetchval(query))

    async def bytes_of(self, store: Store, name: str) -> tuple[bytes, str] | None:
        """Return a sound and its media type by hash, address or file name."""
        path = self._files.get(name)
        if path is not None:
            if name not in self._read:
                self._read[name] = await asyncio.to_thread(path.read_bytes)
            return self._read[name], media_type(path.name)
        digest, _, suffix = name.partition(".")
        if suffix not in ("", "wav"):
            return None
        async with store.connection() as tx:
            found = await audio(tx.connection, digest)
        return None if found is None else (found, media_type("wav"))

    def _book(
        self, recorded: Sequence[Sound], places: Mapping[str, Mapping[str, str]]
    ) -> Book:
        return Book.of(
            self._manifest.with_recorded(recorded),
            self._catalog,
            self._prompts,
            allow_synthetic=self._allow_synthetic,
            places=places,
        )


async def _places(
    connection: Any, recorded: Sequence[Sound]
) -> dict[str, dict[str, str]]:
    """Return every site's name in the languages that are spoken there.

    A name that somebody recorded in yet another language counts as well.
    """
    also: dict[str, set[str]] = {}
    for sound in recorded:
        also.setdefault(sound.prompt, set()).add(sound.language)
    places: dict[str, dict[str, str]] = {}
    for site in await connection.fetch(
        "SELECT code, name, local_name, languages FROM site ORDER BY code"
    ):
        prompt = site_id(site["code"])
        for language in {*site["languages"], *also.get(prompt, ())}:
            words = site_words(site["name"], site["local_name"], language)
            places.setdefault(language, {})[prompt] = words
    return places
