"""A hotline with the small programme behind it, on a day at noon."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.store.engine import Store
from tests.conftest import Ground
from tests.stories.programme import database_with_programme
from tests.stories.telling import Telling

NOON = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)

# `make test-all` runs every size that is promised, `make test` a small one.
IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    """The programme is imported once, and each test gets a copy."""
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
def talk(store: Store) -> Telling:
    return Telling(store, NOON)
