"""`threadline run`, `serve`, `worker`, `migrate`."""

import asyncio
import contextlib
import fcntl
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Annotated

import structlog
import typer

from app.actions.import_policy import ensure_default_policy
from app.carriers.enabled import enabled
from app.cli.ground import console, demo_carriers, open_store, say
from app.cli.phones import RUN_FILE
from app.domain.errors import Refused
from app.domain.hosts import is_loopback
from app.runtime.clock import now
from app.runtime.embedded import services
from app.runtime.keys import are_generated, make_home, read_local_settings
from app.runtime.logs import configure_logs
from app.runtime.settings import Settings, read_settings
from app.runtime.supervisor import (
    DO_NOT_RESTART,
    PortTaken,
    exit_with_parent,
    listen,
    supervise,
)
from app.store.engine import Store
from app.store.migrate import migrate as bring_up, pending
from app.store.programme import Programme, found

log = structlog.get_logger()

# "482170, we are not paid for three months' overtime", then "no": it is not
# about the committee, HR or the owner.
_TO_TRY = (
    'text +8801700000001 "৪৮২১৭০ তিন মাস ওভারটাইমের টাকা পাই না"',
    'text +8801700000001 "না"',
    "cases list",
)

_FILES = ("sites", "brands", "sourcing", "people", "holidays", "numbers", "helplines")

_INSIDE = "THREADLINE_INSIDE_RUN"
_DRAIN = 20  # seconds for requests under way when the web process stops


def add_to(app: typer.Typer) -> None:
    for verb in (run, serve, worker, migrate):
        app.command()(verb)


def run(
    policy: Annotated[
        str, typer.Option(help="demo: clocks of seconds; default: the real one.")
    ] = "demo",
    no_demo: Annotated[
        bool, typer.Option("--no-demo", help="Start with an empty programme.")
    ] = False,
) -> None:
    """Run web and worker here, with Postgres and Redis started where need be.

    A new database gets the demo programme, unless --no-demo is given.
    """
    if policy not in ("demo", "default"):
        raise typer.BadParameter("--policy: demo or default.")
    configure_logs("INFO")
    settings = read_local_settings(os.environ)
    _refuse_bad_carriers(settings)
    with _alone(settings), services(settings) as running:
        here = replace(
            settings, database_url=running.database_url, redis_url=running.redis_url
        )
        bring_up(here.database_url)
        programme = asyncio.run(_found(here, as_demo=not no_demo, policy=policy))
        _refuse_wrong_ground(here, programme, no_demo=no_demo)
        _tell_what_to_do(here, programme, policy)
        sys.exit(_supervise(here, is_demo=programme.is_demo))


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Let one `run` at a time have the home; the lock goes with its process."""
    make_home(settings.home)
    with (settings.home / "run.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(
                f"Another `threadline run` has {settings.home}: stop that one, or"
                " set THREADLINE_HOME and PORT for a second."
            ) from None
        yield


async def _found(settings: Settings, *, as_demo: bool, policy: str) -> Programme:
    as_demo = as_demo and is_loopback(settings.host)
    async with open_store(settings) as store:
        programme = await found(store, as_demo=as_demo, at=now())
        await ensure_default_policy(store, at=now())
        if programme.is_demo:
            await _furnish(store, is_quick=policy == "demo")
        return programme


async def _furnish(store: Store, *, is_quick: bool) -> None:
    """Make the demo what it should be; one that already is costs nothing."""
    newest = (await store.directory()).policies[-1]
    if newest.is_demo and not is_quick:
        raise Refused(
            "This demo already runs on the demo's clocks, and cases keep the policy"
            " that they opened under. Set THREADLINE_HOME to a new folder for"
            " --policy default."
        )
    if newest.is_demo:
        return  # its clocks are set last
    from app.demo.furnish import furnish

    say("Making the demo programme and telling it its past year …")
    await furnish(store, at=now(), is_quick=is_quick)


def _refuse_wrong_ground(
    settings: Settings, programme: Programme, *, no_demo: bool
) -> None:
    if programme.is_demo and no_demo:
        raise Refused(
            f"{settings.home} holds the demo. Set THREADLINE_HOME to another folder"
            " for a programme of your own."
        )
    if programme.is_demo and not is_loopback(settings.host):
        raise Refused("A demo listens on 127.0.0.1 only: leave HOST unset.")


def _tell_what_to_do(settings: Settings, programme: Programme, policy: str) -> None:
    url = f"http://{settings.host}:{settings.port}"
    told = {"url": url, "public_base_url": settings.public_base_url, "pid": os.getpid()}
    (settings.home / RUN_FILE).write_text(json.dumps(told), encoding="utf-8")
    say("")
    say(f"Threadline listens on {url}  (Ctrl-C stops it; data in {settings.home})")
    if not programme.is_demo:
        _tell_how_to_begin(settings)
        return
    seconds = "seconds to minutes" if policy == "demo" else "real working days"
    say(f"Open  {url}/demo/phone  and call the hotline, or text it from {url}/demo.")
    say(f"A poster leads to the web form: {url}/s/482170")
    say(f"The demo's clocks: {seconds}.")
    say("Or, in another terminal:")
    for line in _TO_TRY:
        say(f"  .venv/bin/threadline {line}")
    say("")


def _tell_how_to_begin(settings: Settings) -> None:
    if not is_loopback(settings.host):
        say("No demo: it is shown on 127.0.0.1 only.")
    say("A programme of your own begins with its files, in this order:")
    for kind in ("policy FILE.toml (optional)", *(f"{k}.csv" for k in _FILES)):
        name = kind.split(".")[0].split(" ")[0]
        say(f"  .venv/bin/threadline import {name} {kind.removeprefix('policy ')}")
    say("  .venv/bin/threadline doctor")
    say("")


def _supervise(settings: Settings, *, is_demo: bool) -> int:
    # The children find the embedded services by themselves: whoever of the
    # three ends last, even after kill -9 of this one, stops them.
    env = {
        **os.environ,
        _INSIDE: "1",
        "THREADLINE_HOME": str(settings.home),
    }
    if is_demo:
        env |= demo_carriers(settings)
    web = [sys.executable, "-m", "app.cli", "serve"]
    worker_ = [sys.executable, "-m", "workers"]
    try:
        return supervise([("web", web), ("worker", worker_)], env)
    finally:
        with contextlib.suppress(OSError):
            (settings.home / RUN_FILE).unlink()


def serve() -> None:
    """Serve the web process. The settings come from the environment alone."""
    exit_with_parent()
    configure_logs("INFO")
    with own_ground() as here:
        _serve(here, demo=asyncio.run(check(here)))


def _serve(settings: Settings, *, demo: bool) -> None:
    # Heavy, and only this verb needs them.
    import uvicorn

    from app.main import create_app

    try:
        socket = listen(settings.host, settings.port)
    except PortTaken as taken:
        log.error("web.refused", reason="port is taken", port=settings.port)
        console.print(str(taken), markup=False)
        sys.exit(DO_NOT_RESTART)
    config = uvicorn.Config(
        create_app(settings, demo=demo),
        forwarded_allow_ips=settings.trusted_proxies,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_DRAIN,
    )
    uvicorn.Server(config).run(sockets=[socket])


def worker() -> None:
    """Run the worker: clocks, escalations and owed messages."""
    # Nothing in the app knows the workers; they are a program of their own.
    os.execv(sys.executable, [sys.executable, "-m", "workers"])  # noqa: S606


def migrate() -> None:
    """Bring the tables up to date; marks a new database as a real one."""
    configure_logs("WARNING")
    settings = read_local_settings(os.environ)
    with services(settings) as running:
        applied = bring_up(running.database_url)
        here = replace(settings, database_url=running.database_url)
        asyncio.run(_mark_real(here))
    say(f"{len(applied)} applied." if applied else "Nothing to do.")


async def _mark_real(settings: Settings) -> None:
    async with open_store(settings) as store:
        await found(store, as_demo=False, at=now())
        await ensure_default_policy(store, at=now())


@contextmanager
def own_ground() -> Iterator[Settings]:
    """Give a long-running process its settings, with services that are there."""
    settings = _own_settings()
    with services(settings) as running:
        yield replace(
            settings, database_url=running.database_url, redis_url=running.redis_url
        )


def _own_settings() -> Settings:
    """Read the settings; outside `run`, generated secrets are refused."""
    if os.environ.get(_INSIDE):
        settings = read_local_settings(os.environ)
    else:
        settings = _settings_for_real()
    _refuse_bad_carriers(settings)
    return settings


def _refuse_bad_carriers(settings: Settings) -> None:
    """Refuse carriers that are named and lack what their files ask for."""
    enabled(settings.sms_providers, settings.sms_variables, settings.sms_folder)


def _settings_for_real() -> Settings:
    settings = read_settings(os.environ)
    if are_generated(settings):
        raise Refused(
            "These keys or tokens were made by `threadline run` for trying things"
            " out. Make your own: .env.example says how."
        )
    return settings


async def check(settings: Settings) -> bool:
    """Refuse a database that is not ready or not meant for this; say if demo."""
    missing = await asyncio.to_thread(pending, settings.database_url)
    if missing:
        raise Refused(
            f"The database lacks {len(missing)} migrations: run `threadline migrate`."
        )
    async with open_store(settings) as store:
        programme = await found(store, as_demo=False, at=now())
        await ensure_default_policy(store, at=now())
    if not programme.is_demo:
        return False
    if not os.environ.get(_INSIDE):
        raise Refused(
            "This database was made for the demo; only `threadline run` opens it."
        )
    return is_loopback(settings.host)
