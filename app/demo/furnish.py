"""Furnish a database that was made for the demo: programme, past year, policy."""

from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files as packaged
from pathlib import Path
from zoneinfo import ZoneInfo

from app.actions.carrier_texts import all_texts
from app.actions.import_directory import import_directory
from app.actions.import_policy import ensure_default_policy, import_policy
from app.carriers.shelf import on_shelf
from app.demo.programme import SEED, codes, files
from app.demo.retell import Told, retell
from app.directory_files.kinds import Kind
from app.domain.policy import parse_policy
from app.store import carrier_texts
from app.store.engine import Store
from app.store.past import case_count
from app.wording.catalog import Catalog

# Of both countries the one whose day begins later: on it, either has begun.
_LATER_DAY = ZoneInfo("Asia/Kolkata")
_LOCALES = Path(__file__).resolve().parents[2] / "locales"


@dataclass(frozen=True, slots=True)
class Furnished:
    """What was done now; `told` is None where cases were there already."""

    told: Told | None
    policy: str  # the version under which new cases open


async def furnish(
    store: Store, *, at: datetime, is_quick: bool = True, seed: int = SEED
) -> Furnished:
    """Import the demo's programme and tell its year, then set the clocks.

    The past ran under the shipped policy. From today on `is_quick` lets new
    cases run in seconds and minutes; otherwise the shipped policy stays. Safe
    to run again, also after a kill: a year half told stays as it is.
    """
    await ensure_default_policy(store, at=at)
    for kind, text in files(seed).items():
        await import_directory(store, Kind(kind), text.encode(), at=at)
    await register_texts(store, at)
    async with store.transaction() as tx:
        is_empty = await case_count(tx.connection) == 0
    told = None
    if is_empty:
        told = await retell(store, codes(seed), until=at, seed=seed)
    directory = await store.directory()
    if is_quick and not directory.policies[-1].is_demo:
        await _quicken(store, at)
        directory = await store.directory()
    return Furnished(told, directory.policies[-1].version)


async def register_texts(store: Store, at: datetime) -> None:
    """Keep made-up ids of every text: to India carriers carry no others."""
    ids = {
        text.text_id: f"1107{number:015d}"
        for number, text in enumerate(all_texts(Catalog.load(_LOCALES)))
        if not text.why_not
    }
    async with store.transaction() as tx:
        for name, carrier in on_shelf().items():
            if carrier.hears and not await carrier_texts.of_carrier(tx, name):
                await carrier_texts.keep(tx, name, ids, at=at)


async def _quicken(store: Store, at: datetime) -> None:
    shipped = packaged("app.data").joinpath("policy-demo.toml").read_text("utf-8")
    today = at.astimezone(_LATER_DAY).date().isoformat()
    quick = parse_policy(shipped).with_version(today)
    await import_policy(store, quick.toml, at=at, is_demo=True)
