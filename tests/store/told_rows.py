"""Complaints at random for the rows that auditors get, and a programme for them."""

import json
import random
from collections.abc import Sequence
from datetime import date
from uuid import UUID

from app.domain.taxonomy import Category, Severity
from app.statistics.model import SENSITIVE, CaseFacts, Kept, Outcome, Stage, StageTime
from app.store.engine import Store
from app.store.figures.facts import row_of

SITES = {"900001": 900, "900002": 60, "900003": 30, "900004": None}
COUNTRY = {"900001": "BD", "900002": "IN", "900003": "IN", "900004": "BD"}


async def add_sites(store: Store) -> None:
    for code, workers in SITES.items():
        await store.pool.execute(
            "INSERT INTO site (code, name, local_name, country, region, kind, tier,"
            " os_id, timezone, languages, workers, weekly_rest, hours, hotline)"
            " VALUES ($1, $1, $1, $2, $3, 'garment', 1, '', 'Asia/Dhaka', '{en}', $4,"
            " 'fri', '08:00-17:00', '')",
            code,
            COUNTRY[code],
            f"{COUNTRY[code]} north",
            workers,
        )


def complaints(seed: int, count: int, *, year: int = 2025) -> list[CaseFacts]:
    """Return complaints that crowd in places, as they do."""
    chance = random.Random(seed)
    return [one(chance, number, year) for number in range(count)]


def one(chance: random.Random, number: int, year: int) -> CaseFacts:
    site = chance.choice([*SITES, "900001", "900001", None])
    category = chance.choice(
        [Category.WAGE] * 6 + [Category.HOUR] * 3 + list(Category)[:12]
    )
    is_sensitive = category in SENSITIVE
    kept = chance.choice(list(Kept))
    return CaseFacts(
        id=UUID(int=(year << 64) + number + 1),
        received_on=date(year, chance.choice((1, 1, 2, 3, 4, 7)), 1 + number % 27),
        site=site,
        country=COUNTRY[site] if site else chance.choice(("BD", "IN")),
        category=category.value,
        severity=chance.choice((Severity.S3, Severity.S3, Severity.S2)).value,
        route="internal_committee"
        if is_sensitive
        else chance.choice(("committee", "committee", "committee", "partner")),
        channel=chance.choice(("sms", "sms", "voice", "web")),
        language=chance.choice(("bn", "bn", "bn", "hi", "ta")),
        filer=chance.choice(("worker", "worker", "worker", "union")),
        outcome=chance.choice(list(Outcome)),
        is_info=chance.random() < 0.05,
        is_part=chance.random() < 0.05,
        stages={
            stage: StageTime(kept, *((None, None) if kept is Kept.RUNNING else (30, 9)))
            for stage in Stage
        },
        seq=number + 1,
    )


async def count(store: Store, facts: Sequence[CaseFacts]) -> None:
    """Write them as they are counted, without the sums, which rows do not read."""
    rows = json.dumps([row_of(one) for one in facts], default=str)
    await store.pool.execute(
        "INSERT INTO stat_case"
        " SELECT * FROM jsonb_populate_recordset(NULL::stat_case, $1::jsonb)"
        " ON CONFLICT DO NOTHING",
        rows,
    )
