"""A database with the small programme in it, and a story about to begin."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from app.store.engine import Store
from tests.conftest import Ground
from tests.stories.programme import database_with_programme
from tests.stories.telling import DHAKA, Telling

# A Tuesday, twenty minutes before midnight, in Gazipur.
NIGHT = datetime(2026, 12, 1, 23, 40, tzinfo=DHAKA)


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    """The programme is imported once, and each test gets a copy."""
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
def story(store: Store) -> Telling:
    return Telling(store, NIGHT)
