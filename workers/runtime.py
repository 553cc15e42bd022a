"""What every worker stands on, and how one is opened from the environment."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from app.actions.carrying import Words
from app.actions.deliver import ALONE
from app.actions.reconcile_recordings import Memory
from app.conversation.calls.spoken import PROMPTS
from app.gateways.send import Gateways, gateways, media, recordings
from app.gateways.timestamp import TimestampAuthority
from app.gateways.twilio_media import TwilioMedia
from app.gateways.twilio_recordings import TwilioRecordings
from app.receipts.keys import SigningKey
from app.runtime.clock import now
from app.runtime.settings import Settings, read_settings
from app.store import outbox
from app.store.engine import Store
from app.store.prompts import Sounds
from app.store.sealing import Keyring
from app.wording.catalog import Catalog
from app.wording.sounds import Manifest

LOCALES = Path(__file__).parents[1] / "locales"


@dataclass(frozen=True, slots=True)
class Runtime:
    """One worker process: where it remembers, how it speaks, what time it is."""

    store: Store
    catalog: Words
    senders: Gateways
    sweep_seconds: float
    window: timedelta = ALONE  # in which notices to one person become one message
    recordings: TwilioRecordings | None = None  # None: Twilio is not set
    media: TwilioMedia | None = None  # the same
    memory: Memory = field(default_factory=Memory)
    sounds: Sounds | None = None  # None: the words are not all there
    clock: Callable[[], datetime] = now
    base_url: str = ""  # where the rooms answer
    signing: SigningKey | None = None  # of heads
    stamps: TimestampAuthority | None = None  # None: nobody stamps them
    threshold: int = 10  # complaints under which no figure is told
    threshold_auditor: int = 5

    async def aclose(self) -> None:
        await self.senders.aclose()
        if self.stamps is not None:
            await self.stamps.aclose()
        if self.recordings is not None:
            await self.recordings.aclose()
        if self.media is not None:
            await self.media.aclose()


async def build_runtime(
    settings: Settings,
    store: Store,
    catalog: Words,
    *,
    clock: Callable[[], datetime] = now,
) -> Runtime:
    """Choose the gateways by what the database says of itself."""
    async with store.transaction() as tx:
        is_demo = await outbox.is_demo(tx)
    return Runtime(
        store=store,
        catalog=catalog,
        senders=gateways(settings, is_demo=is_demo),
        sweep_seconds=settings.sweep_seconds,
        # Whoever watches a demo waits for each notice.
        window=ALONE if is_demo else timedelta(seconds=settings.digest_seconds),
        recordings=recordings(settings, is_demo=is_demo),
        media=media(settings, is_demo=is_demo),
        sounds=_sounds(settings, catalog),
        clock=clock,
        base_url=settings.public_base_url.rstrip("/"),
        signing=SigningKey(settings.signing_key) if settings.signing_key else None,
        stamps=_stamps(settings, is_demo=is_demo),
        threshold=settings.threshold,
        threshold_auditor=settings.threshold_auditor,
    )


def _stamps(settings: Settings, *, is_demo: bool) -> TimestampAuthority | None:
    """Return who stamps the heads; a demo speaks to nobody."""
    if is_demo or not settings.timestamp_url:
        return None
    return TimestampAuthority(settings.timestamp_url)


def _sounds(settings: Settings, catalog: Words) -> Sounds | None:
    if not isinstance(catalog, Catalog):
        return None
    allowed = settings.allow_synthetic_prompts
    manifest = Manifest.load(LOCALES)
    return Sounds(manifest, catalog, PROMPTS, allow_synthetic=allowed)


async def runtime_from_environment() -> Runtime:
    """Open a worker's parts from the environment alone, as arq's command does."""
    settings = read_settings(os.environ)
    store = await Store.open(
        settings.database_url, Keyring(settings.keys, settings.pepper)
    )
    return await build_runtime(settings, store, Catalog.load(LOCALES))
