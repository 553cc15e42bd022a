"""The web process: the only place that joins its real parts."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from pathlib import Path

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.api.door import ApiDoor
from app.api.routes import api_routes
from app.carriers.abilities import SOMLENG, Dialect
from app.carriers.enabled import enabled
from app.carriers.shelf import on_shelf
from app.channels.carriers import CarrierDoor, carrier_routes
from app.channels.ivr.render import voice
from app.channels.ivr.routes import VoiceDoor, voice_routes
from app.channels.signature import Verifier
from app.channels.sms.render import listed, twiml
from app.channels.sms.routes import SmsDoor, platform_routes, sms_routes
from app.channels.web.look import Look
from app.channels.web.open_pages import OpenPages, open_routes, prover
from app.channels.web.routes import WebDoor, web_routes
from app.console.frame import Door
from app.console.look import Look as RoomLook
from app.console.rooms import console_routes
from app.conversation.calls.spoken import PROMPTS
from app.edge.application import bare_application
from app.edge.deps import Bell, Broker, NoBell, Parts
from app.edge.health import health_routes
from app.edge.metrics import Metrics
from app.gateways.bell import RedisBell
from app.receipts.receipt import Signer
from app.results.heads import head_routes
from app.results.routes import ResultsRoom, results_routes
from app.runtime.clock import now
from app.runtime.settings import Settings
from app.store.engine import Store
from app.store.migrate import head
from app.store.prompts import Sounds
from app.store.sealing import Keyring
from app.wording.catalog import Catalog
from app.wording.sounds import Manifest

_ROOT = Path(__file__).resolve().parent.parent


def build(
    settings: Settings,
    store: Store,
    catalog: Catalog,
    *,
    demo: bool = False,
    bell: Bell | None = None,
    broker: Broker | None = None,
    clock: Callable[[], datetime] = now,
) -> FastAPI:
    """Return the application over parts that are open already.

    Without a bell nobody is rung and the workers find what is owed when they
    next look. `demo` adds the demo's pages; whether it may is the caller's to
    check.
    """
    metrics = Metrics()
    app = bare_application(metrics)
    bell = bell or NoBell()
    _furnish(app, metrics, settings, store, catalog, demo, bell, broker, clock)
    return app


def create_app(settings: Settings, *, demo: bool = False) -> FastAPI:
    """Return an application that opens its own parts when it starts.

    Only `threadline serve` makes one: it sets up the logs, and refuses a demo
    database and secrets that were made for trying things out.
    """
    metrics = Metrics()

    @asynccontextmanager
    async def opened(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as opening:
            catalog = Catalog.load(_ROOT / "locales")
            keyring = Keyring(settings.keys, settings.pepper)
            store = await Store.open(settings.database_url, keyring)
            opening.push_async_callback(store.close)
            bell, broker = _bell_and_broker(settings, opening)
            _furnish(app, metrics, settings, store, catalog, demo, bell, broker)
            yield

    return bare_application(metrics, lifespan=opened)


def _bell_and_broker(
    settings: Settings, opening: AsyncExitStack
) -> tuple[Bell, Broker | None]:
    """Return what rings the workers and what asks whether Redis is there."""
    if not settings.redis_url:
        return NoBell(), None
    bell = RedisBell(settings.redis_url)
    redis: Redis = Redis.from_url(
        settings.redis_url, socket_connect_timeout=1, socket_timeout=1
    )
    opening.push_async_callback(bell.aclose)
    opening.push_async_callback(redis.aclose)

    async def answers() -> bool:
        try:
            return bool(await redis.ping())
        except RedisError:
            return False

    return bell, answers


def _furnish(
    app: FastAPI,
    metrics: Metrics,
    settings: Settings,
    store: Store,
    catalog: Catalog,
    demo: bool,
    bell: Bell,
    broker: Broker | None,
    clock: Callable[[], datetime] = now,
) -> None:
    verifier = Verifier.of(
        settings.public_base_url,
        settings.twilio_auth_tokens,
        settings.twilio_shared_keys,
    )
    sounds = Sounds(
        Manifest.load(_ROOT / "locales"),
        catalog,
        PROMPTS,
        allow_synthetic=settings.allow_synthetic_prompts,
    )
    parts = Parts(
        settings=settings,
        store=store,
        bell=bell,
        metrics=metrics,
        broker=broker,
        now=clock,
        schema_head=head(),
        sounds=sounds,
    )
    app.state.parts = parts
    somleng = on_shelf(settings.sms_folder)[SOMLENG] if settings.is_somleng else None
    texts = SmsDoor(
        parts,
        verifier,
        twiml(catalog),
        carrier=somleng,
        listed=listed(catalog),
    )
    spoken = voice(settings.public_base_url, knows_pause=not settings.is_somleng)
    calls = VoiceDoor(parts, verifier, sounds, spoken)
    app.router.routes.extend(sms_routes(texts))
    for platform in _platform_doors(parts, catalog):
        app.router.routes.extend(platform_routes(platform))
    app.router.routes.extend(carrier_routes(_carrier_door(parts, catalog)))
    app.router.routes.extend(voice_routes(calls))
    app.router.routes.extend(health_routes(parts))
    app.state.api = ApiDoor(parts)
    app.router.routes.extend(api_routes())
    signer = Signer(settings.signing_key)
    prove = prover(signer, settings.public_base_url)
    web = WebDoor(parts, Look(catalog), prove, settings.leave_url)
    app.router.routes.extend(web_routes(web))
    app.router.routes.extend(open_routes(OpenPages(web, signer)))
    app.router.routes.extend(results_routes(ResultsRoom(parts)))
    app.router.routes.extend(head_routes(parts))
    app.router.routes.extend(console_routes(Door(parts, RoomLook(catalog))))
    if demo:
        # Not even loaded where it is not served.
        from app.demo.door_routes import DoorRoom, door_routes
        from app.demo.poster_routes import PosterRoom, poster_routes
        from app.demo.routes import DemoRoom, demo_routes

        app.router.routes.extend(demo_routes(DemoRoom.of(parts, _to_itself(app))))
        app.router.routes.extend(door_routes(DoorRoom(parts)))
        app.router.routes.extend(poster_routes(PosterRoom(parts, catalog)))


def _carrier_door(parts: Parts, catalog: Catalog) -> CarrierDoor:
    """Return where carriers knock that are in use; `BadCarrier` where one cannot be."""
    settings = parts.settings
    in_use = enabled(
        settings.sms_providers, settings.sms_variables, settings.sms_folder
    )
    of_files = {
        name: each for name, each in in_use.items() if each.dialect is Dialect.HTTP
    }
    return CarrierDoor(parts, of_files, catalog)


def _platform_doors(parts: Parts, catalog: Catalog) -> Iterator[SmsDoor]:
    """Yield where platforms knock that speak as Twilio does and stand beside it."""
    settings = parts.settings
    in_use = enabled(
        settings.sms_providers, settings.sms_variables, settings.sms_folder
    )
    for name, carrier in in_use.items():
        if not carrier.is_platform:
            continue
        variables = settings.sms_variables[name]
        yield SmsDoor(
            parts,
            Verifier.of(settings.public_base_url, (variables["AUTH_TOKEN"],)),
            twiml(catalog),
            provider=name,
            account_sid=variables["ACCOUNT_SID"],
            carrier=carrier,
            listed=listed(catalog),
        )


def _to_itself(app: FastAPI) -> httpx.AsyncClient:
    """Return a client whose requests go through this very application.

    The demo's phone takes every layer of a real text, signature included,
    and no socket that a proxy or a firewall could keep from it.
    """
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://threadline")
