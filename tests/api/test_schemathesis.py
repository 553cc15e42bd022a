"""Whatever a machine sends, each operation answers as it says of itself.

The requests are made up from the description, for a token of each kind, and sent
to the application on a real Postgres through a real server.
"""

import asyncio
import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, assume, given, settings, strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from app.actions.api_tokens import make_token
from app.actions.brand_room import promise
from app.api.door import ApiDoor, Pace
from app.api.openapi import document
from app.domain.scopes import SCOPES
from app.domain.taxonomy import Role
from app.main import create_app
from app.runtime.clock import now
from app.store.engine import Store
from app.store.ids import new_id
from app.store.sealing import Keyring
from tests.api.conftest import settings_for
from tests.conftest import Ground, on_server
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import Telling
from tests.workers.debts import owe

IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"
EXAMPLES = 500 if IS_WHOLE else 25
REFUSED = 50 if IS_WHOLE else 3  # where a token has not the scope
WHO = {
    "committee": "gaz-com-w1",
    "partner": "partner-bd",
    "brand": "norda-buyer",
    "admin": "admin",
}
_ROLES = {
    "committee": Role.COMMITTEE,
    "partner": Role.PARTNER,
    "brand": Role.BRAND,
    "admin": Role.ADMIN,
}
ANSWERS = (
    not_a_server_error,
    checks.status_code_conformance,
    checks.response_schema_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
)

_API = document()
_SCHEMA = schemathesis.openapi.from_dict(_API)
_OPERATIONS = [found.ok() for found in _SCHEMA.get_all_operations()]
_SCOPES = {
    operation["operationId"]: operation["security"][0]["token"]
    for methods in _API["paths"].values()
    for operation in methods.values()
}


@dataclass
class Served:
    """The running application, tokens by role, and what there is to ask after."""

    url: str
    tokens: dict[str, str]
    known: dict[str, list[str]]


@pytest.fixture(scope="module")
def served(ground: Ground, template: str) -> Iterator[Served]:
    name = f"asked_{uuid.uuid4().hex[:10]}"
    asyncio.run(on_server(ground, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    url = ground.database(name)
    tokens, known = asyncio.run(_live(url))
    app = create_app(settings_for(url))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(app, port=port, log_config=None, access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.02)
    app.state.api = ApiDoor(app.state.parts, pace=Pace(most=10**9))
    yield Served(f"http://127.0.0.1:{port}", tokens, known)
    server.should_exit = True
    thread.join(timeout=20)
    asyncio.run(on_server(ground, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))


async def _live(url: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Let two weeks pass over three cases, so that everybody has something."""
    keyring = Keyring([bytes(range(32))], pepper=bytes(32))
    store = await Store.open(url, keyring, max_size=4)
    try:
        at = now()
        talk = Telling(store, at - timedelta(days=16))
        numbers = []
        for place in range(3):
            ticket = await talk.open(
                "482170 three months no overtime pay",
                *("2", "no"),
                line=ENGLISH_LINE,
                phone=f"+88017000000{place:02}",
            )
            numbers.append(ticket.number)
        await talk.run_until(at)
        owed_id = await owe(store, "brand_webhook", "norda", template="brand_missed")
        attempt = new_id(at)
        await store.pool.execute(
            "INSERT INTO hook_attempt VALUES ($1, $2, 'norda', $3, 'brand_missed',"
            " '204', 12)",
            attempt,
            owed_id,
            at,
        )
        people = {p.name: p for p in (await store.directory()).people}
        await promise(store, numbers[0], by=people[WHO["brand"]], at=talk.at)
        tokens = {}
        for role, name in WHO.items():
            person = people[name]
            wanted = [scope.value for scope in SCOPES[person.role]]
            made = await make_token(
                store, person, name="x", scopes=wanted, days=9, at=at
            )
            tokens[role] = made.secret
    finally:
        await store.close()
    return tokens, {
        "number": numbers,
        "handle": numbers,
        "attempt": [str(attempt)],
    }


def _may(role: str, operation: Any) -> bool:
    """Tell whether the role's token has the scope that the operation needs."""
    needed = _SCOPES[operation.definition.raw["operationId"]]
    offered = {scope.value for scope in SCOPES[_ROLES[role]]}
    return set(needed) <= offered


def _asking(served: Served, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {served.tokens[role]}"}


_EACH = [
    pytest.param(role, operation, id=f"{role} {operation.label}")
    for role in WHO
    for operation in _OPERATIONS
]


@pytest.mark.parametrize(("role", "operation"), _EACH)
def test_what_is_well_asked(served: Served, role: str, operation: Any) -> None:
    asks = [*ANSWERS, checks.ignored_auth]
    how = settings(
        max_examples=EXAMPLES if _may(role, operation) else REFUSED,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    @how
    @given(
        case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        is_known=st.booleans(),
        pick=st.integers(0, 2),
    )
    def ask(case: Any, is_known: bool, pick: int) -> None:
        """Half of the time of something that is there."""
        for name in case.path_parameters or ():
            if is_known and (known := served.known.get(name)):
                case.path_parameters[name] = known[pick % len(known)]
        case.call_and_validate(
            base_url=served.url, headers=_asking(served, role), checks=asks
        )

    ask()


def _is_empty(value: Any) -> bool:
    """Tell whether a query's value holds nothing that an address could carry."""
    if isinstance(value, dict):
        return all(_is_empty(each) for each in value.values())
    return isinstance(value, list) and all(_is_empty(each) for each in value)


def _asks_for_something(operation: Any) -> bool:
    return bool(operation.body or operation.query or operation.path_parameters)


@pytest.mark.parametrize(
    ("role", "operation"),
    [
        each
        for each in _EACH
        if _may(*each.values) and _asks_for_something(each.values[1])
    ],
)
def test_what_is_badly_asked(served: Served, role: str, operation: Any) -> None:
    how = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )

    @how
    @given(case=operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    def ask(case: Any) -> None:
        # What is empty is not on the wire: then nothing bad was asked.
        assume(not any(_is_empty(each) for each in (case.query or {}).values()))
        case.call_and_validate(
            base_url=served.url,
            headers=_asking(served, role),
            checks=[*ANSWERS, checks.negative_data_rejection],
        )

    ask()
