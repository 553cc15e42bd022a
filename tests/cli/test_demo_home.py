"""In a demo's home every verb knows the carriers that `run` makes up for it."""

import asyncio
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.actions.import_directory import import_directory
from app.cli.ground import open_store
from app.demo.programme import files
from app.directory_files.kinds import Kind
from app.runtime.keys import read_local_settings
from app.runtime.settings import Settings
from app.simulator.dialects.known import BESIDE_TWILIO
from app.store.migrate import migrate
from app.store.programme import found
from tests.cli.test_verbs import Command
from tests.conftest import Ground, on_server

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def threadline(ground: Ground, root: Path) -> Iterator[Command]:
    """The command at a demo's home, its programme without a past."""
    name = f"demo_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}"'))
    with TemporaryDirectory(prefix="threadline-demo-") as folder:
        command = Command(Path(folder), ground.database(name), ground.redis_url, root)
        home = {
            "THREADLINE_HOME": str(command.home / "data"),
            "DATABASE_URL": command.database_url,
            "REDIS_URL": command.redis_url,
        }
        migrate(command.database_url)
        asyncio.run(_make_demo(read_local_settings(home)))
        yield command
    asyncio.run(on_server(ground, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _make_demo(settings: Settings) -> None:
    async with open_store(settings) as store:
        assert (await found(store, as_demo=True, at=AT)).is_demo
        for kind, content in files().items():
            await import_directory(store, Kind(kind), content.encode(), at=AT)


def test_the_doctor_misses_no_carrier_of_the_demo(threadline: Command) -> None:
    done = threadline("doctor", "--json")
    said = [f"{each['what']} {each['mend']}" for each in json.loads(done.stdout)]
    assert said
    of_carriers = ("SMS_PROVIDERS", "TWILIO_API_BASE", "_ENTITY_ID")
    assert [each for each in said if any(name in each for name in of_carriers)] == []


def test_the_texts_are_listed_of_each_carrier_of_the_demo(threadline: Command) -> None:
    assert set(threadline.json("texts", "list")) >= set(BESIDE_TWILIO)


def test_what_the_environment_names_itself_stays(threadline: Command) -> None:
    own = threadline.json(
        *("texts", "list"),
        SMS_PROVIDERS="sslwireless",
        SMS_SSLWIRELESS_API_TOKEN="t",
        SMS_SSLWIRELESS_SID="s",
    )
    assert set(own) == {"sslwireless"}
