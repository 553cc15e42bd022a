"""Tokens from the command line: printed once, listed, ended."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.actions.api_tokens import bearer_of
from app.runtime.clock import now
from app.store.engine import Store
from tests.cli.test_verbs import Command
from tests.conftest import Ground
from tests.stories.programme import database_with_programme

WHO = "gaz-com-w1@example.org"


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    with database_with_programme(ground, template) as name:
        yield name


async def test_a_token_is_printed_once_listed_and_ended(
    store: Store, database_url: str, redis_url: str, tmp_path: Path, root: Path
) -> None:
    run = Command(tmp_path, database_url, redis_url, root)
    keys = {"THREADLINE_KEYS": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}
    made = run(
        *("tokens", "make", WHO, "--name", "our list"),
        *("--scopes", "cases:read,cases:act", "--days", "7"),
        **keys,
    )
    assert made.returncode == 0, made.stderr
    secret = made.stdout.strip()
    bearer = await bearer_of(store, secret, now())
    assert bearer is not None
    assert (bearer.person.email, len(bearer.scopes)) == (WHO, 2)
    (listed,) = run.json("tokens", "list", WHO, **keys)
    assert (listed["name"], listed["holds"]) == ("our list", True)
    assert secret not in str(listed)
    ended = run("tokens", "end", WHO, listed["id"], **keys)
    assert ended.returncode == 0, ended.stderr
    assert await bearer_of(store, secret, now()) is None
    (listed,) = run.json("tokens", "list", WHO, **keys)
    assert not listed["holds"]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        pytest.param(("--scopes", "brand:read"), "what the token is for", id="scope"),
        pytest.param(
            ("--scopes", "cases:read", "--days", "0"), "from 1 to 365", id="days"
        ),
    ],
)
def test_what_makes_none_says_why(
    database_url: str,
    redis_url: str,
    tmp_path: Path,
    root: Path,
    options: tuple[str, ...],
    why: str,
) -> None:
    run = Command(tmp_path, database_url, redis_url, root)
    done = run("tokens", "make", WHO, "--name", "x", *options)
    assert done.returncode == 1
    assert why in done.stderr
