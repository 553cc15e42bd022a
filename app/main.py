"""The web process: the only place that joins its real parts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
from fastapi import FastAPI
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.channels.signature import Verifier
from app.channels.sms.render import twiml
from app.channels.sms.routes import SmsDoor, sms_routes
from app.edge.application import bare_application
from app.edge.deps import Bell, Broker, NoBell, Parts
from app.edge.health import health_routes
from app.edge.metrics import Metrics
from app.gateways.bell import RedisBell
from app.runtime.settings import Settings
from app.store.engine import Store
from app.store.migrate import head
from app.store.sealing import Keyring
from app.wording.catalog import Catalog

_ROOT = Path(__file__).resolve().parent.parent


def build(
    settings: Settings,
    store: Store,
    catalog: Catalog,
    *,
    demo: bool = False,
    bell: Bell | None = None,
    broker: Broker | None = None,
) -> FastAPI:
    """Return the application over parts that are open already.

    Without a bell nobody is rung and the workers find what is owed when they
    next look. `demo` adds the demo's pages; whether it may is the caller's to
    check.
    """
    metrics = Metrics()
    app = bare_application(metrics)
    _furnish(app, metrics, settings, store, catalog, demo, bell or NoBell(), broker)
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
) -> None:
    parts = Parts(
        settings=settings,
        store=store,
        bell=bell,
        metrics=metrics,
        broker=broker,
        schema_head=head(),
    )
    door = SmsDoor(
        parts,
        Verifier.of(
            settings.public_base_url,
            settings.twilio_auth_tokens,
            settings.twilio_shared_keys,
        ),
        twiml(catalog),
    )
    app.state.parts = parts
    app.router.routes.extend(sms_routes(door))
    app.router.routes.extend(health_routes(parts))
    if demo:
        # Not even loaded where it is not served.
        from app.demo.routes import DemoRoom, demo_routes

        app.router.routes.extend(demo_routes(DemoRoom(parts, _to_itself(app))))


def _to_itself(app: FastAPI) -> httpx.AsyncClient:
    """Return a client whose requests go through this very application.

    The demo's phone takes every layer of a real text, signature included,
    and no socket that a proxy or a firewall could keep from it.
    """
    transport = httpx.ASGITransport(app=app)
    return httpx.AsyncClient(transport=transport, base_url="http://threadline")
