"""A programme with complaints of 2025, published, and an auditor with her key."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from app.actions.mandates import record_mandate
from app.domain.mandates import Mandate
from app.receipts.keys import SigningKey
from app.reports.age import write_identity
from app.statistics.model import Audience, Cell, Told
from app.store import releases
from app.store.engine import Store
from app.store.releases import Header
from tests.conftest import Ground, as_owner
from tests.store.told_rows import add_sites, complaints, count
from tests.stories.programme import database_with_programme

AT = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
KEY = SigningKey(bytes(range(32)))
PERIODS = ("2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4", "2025")


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    with database_with_programme(ground, template) as name:
        yield name


@dataclass(frozen=True)
class Audit:
    """What an export needs: a store, an auditor's key, a way to record mandates."""

    store: Store
    folder: Path
    identity: Path
    recipient: str

    async def mandate(self, **more: Any) -> Mandate:
        return await record_mandate(
            self.store,
            next(
                p for p in (await self.store.directory()).people if p.role == "auditor"
            ),
            **{
                "sites": (),
                "countries": (),
                "since": date(2026, 1, 1),
                "until": date(2026, 12, 31),
                "purpose": "Yearly audit, contract 7",
                "recipient": self.recipient,
                "by": None,
                "through": "cli:test",
                "at": AT,
                **more,
            },
        )


def cell(period: str, by: str, value: str, figure: str, number: float | None) -> Cell:
    told = Told.EXACT if number is not None else Told.FEWER
    return Cell(period, by, value, figure, number, told)


async def publish(store: Store, cells: list[Cell]) -> None:
    header = Header(1, Audience.AUDITOR, AT, 7, "2026-12", 5, bytes(32))
    async with store.transaction() as tx:
        await releases.write(tx, header, cells, at=AT)


async def unpublish(store: Store) -> None:
    """Take back what was published: the service itself may not."""
    async with as_owner(store) as owner:
        await owner.execute("DELETE FROM published_cell; DELETE FROM release")


@pytest.fixture
async def audit(store: Store, tmp_path: Path) -> Audit:
    await add_sites(store)
    await count(store, complaints(3, 400))
    await publish(
        store,
        [
            *(cell(p, "", "", "complaints", 90.0) for p in PERIODS),
            *(cell(p, "", "", "confirmed", 40.0) for p in PERIODS),
            *(cell(p, "", "", "declared", 30.0) for p in PERIODS),
            *(cell(p, "", "", "not_resolved", 20.0) for p in PERIODS[:3]),
            cell("2025-Q4", "", "", "not_resolved", None),
            *(cell("2025", "country", c, "complaints", 180.0) for c in ("BD", "IN")),
            cell("2025", "site", "900001", "complaints", 61.0),
            cell("2025", "site", "900002", "complaints", None),
        ],
    )
    identity = tmp_path / "auditor.key"
    return Audit(store, tmp_path, identity, write_identity(identity))
