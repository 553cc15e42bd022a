"""A database with the small programme in it, and a story about to begin."""

from datetime import datetime

import pytest

from app.store.engine import Store
from tests.stories.programme import import_programme
from tests.stories.telling import DHAKA, Telling

# A Tuesday, twenty minutes before midnight, in Gazipur.
NIGHT = datetime(2026, 12, 1, 23, 40, tzinfo=DHAKA)


@pytest.fixture
async def story(store: Store) -> Telling:
    await import_programme(store)
    return Telling(store, NIGHT)
