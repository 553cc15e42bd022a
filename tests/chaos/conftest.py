"""A programme whose clocks are seconds, for processes with real clocks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.actions.import_directory import import_directory
from app.actions.import_policy import import_policy
from app.directory_files.kinds import Kind
from app.runtime.clock import now
from app.store.engine import Store
from app.store.programme import found
from app.store.sealing import Keyring
from tests.chaos.processes import (
    KEY,
    PEPPER,
    Letterbox,
    Running,
    environment,
    free_port,
    letterbox,
)
from tests.stories.programme import as_csv

LINE = "+15550100880"
PARTNER, ADMIN, BRAND = "partner@x.example", "admin@x.example", "brand@x.example"

_SINCE = "2024-01-01"
_PROGRAMME = {
    Kind.SITES: [
        (
            *("482170", "A factory", "", "BD", "Dhaka", "garment", "1", ""),
            *("Asia/Dhaka", "bn", "900", "fri", "08:00-17:00", ""),
        )
    ],
    Kind.BRANDS: [("norda", "Norda", BRAND, "", "", "en")],
    Kind.SOURCING: [("norda", "482170", "", _SINCE, "", "")],
    Kind.PEOPLE: [
        (PARTNER, "Partner", "partner", "BD", "", "", "en", _SINCE, ""),
        (ADMIN, "Admin", "admin", "", "", "", "en", _SINCE, ""),
    ],
    Kind.NUMBERS: [(LINE, "BD", "twilio", "bn", "yes", "answer", "", "")],
}


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([KEY], PEPPER.replace(" ", "-").encode())


@pytest.fixture
async def programme(store: Store) -> Store:
    """A partner, a secretariat and a brand: no committee, so few are told."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    await found(store, as_demo=False, at=at)
    for kind, rows in _PROGRAMME.items():
        await import_directory(store, kind, as_csv(kind, rows), at=at)
    return store


async def quicken(store: Store, *, acknowledge: str) -> None:
    """From yesterday on wages are to be acknowledged within seconds.

    Whatever the hour at which the tests run, everybody is told at once.
    """
    yesterday = (now() - timedelta(days=1)).date()
    policy = f"""
        version = "{yesterday}"
        quiet = ""
        cluster = false
        [[category]]
        code = "WAGE"
        severity = "S3"
        route = "committee"
        acknowledge = "{acknowledge}"
        first_action = "60d"
        resolve = "90d"
    """
    await import_policy(store, policy, at=now())


@pytest.fixture
def box() -> Iterator[tuple[Letterbox, int]]:
    with letterbox() as opened:
        yield opened


@pytest.fixture
def running(
    database_url: str, tmp_path: Path, box: tuple[Letterbox, int]
) -> Iterator[Running]:
    """Nothing runs yet; whatever a test starts is ended after it.

    Redis is nowhere: all of it must work without.
    """
    env = environment(
        database_url,
        tmp_path,
        redis_url="redis://127.0.0.1:9",
        smtp_port=box[1],
        port=free_port(),
    )
    processes = Running(env, tmp_path / "log")
    yield processes
    processes.kill_all()
