"""A programme behind a real Kannel, with real processes on both of its sides."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.actions.import_directory import import_directory
from app.directory_files.kinds import Kind
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
from tests.kannel.cable import Cable, cable
from tests.kannel.gateway import PASSWORD, SECRET, USER, Kannel
from tests.kannel.handset import Handset
from tests.stories.programme import Row, as_csv

LINE = "16000"  # a short code, as an operator gives one out
PARTNER = "partner@x.example"

_SINCE = "2024-01-01"
_PROGRAMME: Mapping[Kind, Sequence[Row]] = {
    Kind.SITES: [
        (
            *("482170", "A factory", "", "BD", "Dhaka", "garment", "1", ""),
            *("Asia/Dhaka", "bn", "900", "fri", "08:00-17:00", ""),
        )
    ],
    Kind.PEOPLE: [
        (PARTNER, "Partner", "partner", "BD", "", "", "en", _SINCE, ""),
        ("admin@x.example", "Admin", "admin", "", "", "", "en", _SINCE, ""),
    ],
    Kind.NUMBERS: [(LINE, "BD", "kannel", "bn", "yes", "none", "", "")],
}


@dataclass
class World:
    """Our side, Kannel, and the phone's side of it."""

    store: Store
    ours: Running
    cable: Cable  # by which Kannel brings texts
    kannel: Kannel
    handset: Handset

    async def cases(self) -> int:
        count: int = await self.store.pool.fetchval("SELECT count(*) FROM cases")
        return count

    async def news(self) -> Any:
        """Return the one row of news that is owed to a worker."""
        return await self.store.pool.fetchrow(
            "SELECT * FROM outbox WHERE template = 'worker_news'"
        )

    def tune(self, **variables: str) -> None:
        """Change what processes that are started from now on are told."""
        self.ours.env = {**self.ours.env, **variables}


@pytest.fixture
def keyring() -> Keyring:
    return Keyring([KEY], PEPPER.replace(" ", "-").encode())


@pytest.fixture
async def programme(store: Store) -> Store:
    """A factory without a committee, its partner, and a short code at Kannel."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    await found(store, as_demo=False, at=at)
    for kind, rows in _PROGRAMME.items():
        await import_directory(store, kind, as_csv(kind, rows), at=at)
    return store


@pytest.fixture
def box() -> Iterator[tuple[Letterbox, int]]:
    with letterbox() as opened:
        yield opened


@pytest.fixture
async def world(
    programme: Store,
    database_url: str,
    tmp_path: Path,
    box: tuple[Letterbox, int],
) -> AsyncIterator[World]:
    """Kannel runs and phones are there; of ours nothing runs yet.

    Whatever was started is ended, by its own id.
    """
    port = free_port()
    variables = environment(
        database_url,
        tmp_path,
        redis_url="redis://127.0.0.1:9",
        smtp_port=box[1],
        port=port,
    )
    async with cable(port) as laid:
        kannel = Kannel(tmp_path / "kannel", f"http://127.0.0.1:{laid.port}")
        ours = Running(
            {**variables, **_for_kannel(kannel, port)}, tmp_path / "ours.log"
        )
        handset = Handset(kannel.ports.smsc, tmp_path)
        try:
            await kannel.start()
            handset.listen()
            yield World(programme, ours, laid, kannel, handset)
        finally:
            handset.leave()
            ours.kill_all()
            kannel.kill_all()


def _for_kannel(kannel: Kannel, port: int) -> Mapping[str, str]:
    return {
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "SMS_PROVIDERS": "kannel",
        "SMS_ROUTES": "BD:kannel",
        "SMS_KANNEL_USER": USER,
        "SMS_KANNEL_PASSWORD": PASSWORD,
        "SMS_KANNEL_SECRET": SECRET,
        "SMS_KANNEL_API_BASE": kannel.api_base,
    }
