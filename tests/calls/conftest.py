"""A line that rings: the real service, a carrier in a box, a clock that jumps."""

from collections.abc import AsyncIterator, Iterator

import pytest

from app.store.engine import Store
from tests.calls.telephone import Telephone, telephone
from tests.conftest import Ground
from tests.stories.programme import database_with_programme


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    """The programme is imported once, and each test gets a copy."""
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
async def line(store: Store) -> AsyncIterator[Telephone]:
    async with telephone(store) as made:
        yield made
