"""Postgres and Redis of our own, where the environment names none.

Several processes share them: the first starts, the last stops. Who uses one
holds a shared lock on a file, and starting and stopping happen under another,
exclusive one. Locks end with the process, so kill -9 of any user leaves the
count right; at worst a server runs on until the next user stops it.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from app.runtime.keys import make_home
from app.runtime.own_postgres import OwnPostgres, programs
from app.runtime.own_redis import OwnRedis
from app.runtime.places import (
    ServicesError,
    account_for,
    make_private,
    open_the_way,
    open_tree,
    socket_directory,
)
from app.runtime.settings import Settings

__all__ = ["Services", "ServicesError", "services"]


@dataclass(frozen=True, slots=True)
class Services:
    """Where Postgres and Redis are, whether ours or given."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)


class _Server(Protocol):
    @property
    def url(self) -> str: ...
    def ensure(self) -> None: ...
    def stop(self) -> None: ...


@contextmanager
def services(settings: Settings) -> Iterator[Services]:
    """Use Postgres and Redis; starts what is blank in the settings and not up.

    Blocks while another process starts or stops the same servers. Raises
    `ServicesError`, which says what to do.
    """
    home = settings.home
    with ExitStack() as stack:
        database_url, redis_url = settings.database_url, settings.redis_url
        try:
            if not database_url:
                database_url = stack.enter_context(_shared(home, "postgres"))
            if not redis_url:
                redis_url = stack.enter_context(_shared(home, "redis"))
        except PermissionError as error:
            raise ServicesError(
                f"{error.filename or home} belongs to another user: run as that user, "
                "or set THREADLINE_HOME to a directory of your own."
            ) from error
        yield Services(database_url, redis_url)


@contextmanager
def _shared(home: Path, name: str) -> Iterator[str]:
    make_home(home)
    with ExitStack() as stack:
        with _locked(home / f"{name}.start.lock", fcntl.LOCK_EX):
            users = stack.enter_context(
                _locked(home / f"{name}.users.lock", fcntl.LOCK_SH)
            )
            server = _postgres(home) if name == "postgres" else _redis(home)
            server.ensure()
        try:
            yield server.url
        finally:
            with _locked(home / f"{name}.start.lock", fcntl.LOCK_EX):
                if _is_alone(users):
                    server.stop()
                # Given back before anyone may count again.
                fcntl.flock(users, fcntl.LOCK_UN)


@contextmanager
def _locked(path: Path, kind: int) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, kind)
        yield descriptor
    finally:
        os.close(descriptor)


def _is_alone(users: int) -> bool:
    """Tell whether nobody else holds the users' lock, under the start lock."""
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _postgres(home: Path) -> _Server:
    data = home / "postgres"
    account = account_for(data)
    sockets = socket_directory(home)
    make_private(sockets)
    sockets /= "postgres"
    make_private(sockets, account)
    if account:
        # data's parent is the home: it may be passed through, not listed.
        open_the_way((programs(), data, sockets), home)
        open_tree(programs().parent)
    return OwnPostgres(
        data=data, sockets=sockets, log=home / "postgres.log", account=account
    )


def _redis(home: Path) -> _Server:
    data = home / "redis"
    make_private(data)
    sockets = socket_directory(home)
    make_private(sockets)
    return OwnRedis(data=data, socket=sockets / "redis.sock", log=home / "redis.log")
