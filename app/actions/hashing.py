"""Passwords hashed and compared with argon2id, two at a time.

Each takes 64 MiB and a fifth of a second of a processor: in threads, so that
the loop goes on answering, and never more than two, so that nobody fills the
memory by guessing.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn.frequency_lists import FREQUENCY_LISTS  # type: ignore[import-untyped]

from app.domain.directory import Person
from app.domain.errors import Busy
from app.domain.passwords import MOST, Weakness, normalised, weakness

_AT_ONCE = 2
_MOST_WAITING = 40  # some four seconds' worth

_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)


class _Kitchen:
    """Where hashes are made; who would wait for long is sent away instead."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        self._enter()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _hasher.hash, password)
        finally:
            self._waiting -= 1

    async def verify(self, hashed: str | None, password: str) -> bool:
        self._enter()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, _verify, hashed, password)
        finally:
            self._waiting -= 1

    def _enter(self) -> None:
        if self._waiting >= _MOST_WAITING:
            raise Busy("passwords")
        self._waiting += 1


_kitchen = _Kitchen()


async def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return await _kitchen.hash(normalised(password))


async def is_right(password: str, kept: str | None) -> bool:
    """Tell whether it is the password; without one to compare it takes as long."""
    return await _kitchen.verify(kept, normalised(password[:MOST]))


def _verify(kept: str | None, password: str) -> bool:
    nobodys = _nobodys()
    try:
        return _hasher.verify(kept or nobodys, password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    """Return a hash that no password opens, made like all the others."""
    return _hasher.hash("\N{REPLACEMENT CHARACTER}" * MOST)


def weakness_of(person: Person, password: str) -> Weakness | None:
    """Return why a password is not taken from this person; None: it is."""
    own = (person.name, person.email, person.email.partition("@")[0])
    return weakness(password, own=own, is_known=lambda said: said in _stolen())


@cache
def _stolen() -> frozenset[str]:
    return frozenset(word.lower() for word in FREQUENCY_LISTS["passwords"])
