"""The words of the posters as they are served."""

from pathlib import Path

import pytest

from app.wording.catalog import Catalog


@pytest.fixture(scope="session")
def words() -> Catalog:
    return Catalog.load(Path(__file__).resolve().parents[2] / "locales")
