"""A hotline with the small programme behind it, on a day at noon."""

import os
from datetime import UTC, datetime

import pytest

from app.store.engine import Store
from tests.stories.programme import import_programme
from tests.stories.telling import Telling

NOON = datetime(2026, 12, 2, 6, 0, tzinfo=UTC)

# `make test-all` runs every size that is promised, `make test` a small one.
IS_WHOLE = os.environ.get("THREADLINE_TEST_TIER") == "all"


@pytest.fixture
async def talk(store: Store) -> Telling:
    await import_programme(store)
    return Telling(store, NOON)
