"""What every verb says of its own ground, and how numbers are worded."""

import asyncpg
import pytest

from app.cli import ground
from app.cli.ground import on_ground, some
from app.domain.errors import Refused


def test_one_is_said_otherwise_than_many() -> None:
    assert [some(n, "head", "heads") for n in (0, 1, 2)] == [
        "0 heads",
        "1 head",
        "2 heads",
    ]


@pytest.mark.parametrize(
    "missing", [asyncpg.UndefinedColumnError, asyncpg.UndefinedTableError]
)
def test_older_tables_are_named_with_what_to_do(
    missing: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise missing("column stat_case.rung_partner does not exist")

    monkeypatch.setattr(ground, "_on_store", fails)
    with pytest.raises(Refused, match="older than this program: run `threadline mig"):
        on_ground(fails)
