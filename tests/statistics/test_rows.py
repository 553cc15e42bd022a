"""Nobody stands alone in what rows tell, however the complaints fall."""

from collections import Counter
from uuid import UUID

from hypothesis import given, strategies as st

from app.statistics.rows import (
    COLUMNS,
    LAST,
    OF_SENSITIVE,
    OF_SITES,
    ORDER,
    PERIOD,
    SENSITIVE_WORD,
    Row,
    generalise,
    prepared,
)

VALUES = {
    "country": ("BD", "IN"),
    "region": ("north", "south"),
    "kind": ("garment", "spinning_mill"),
    "tier": ("1", "2"),
    "site": ("482170", "613054", "700001"),
    PERIOD: ("2026-01", "2026-02", "2026-03"),
    "category": ("WAGE", "HOUR", ""),
    "severity": ("S2", "S3"),
    "route": ("committee", "partner"),
    "channel": ("sms", "voice"),
    "language": ("bn", "hi", "ta"),
    "filer": ("worker", "union"),
}
cells = st.fixed_dictionaries(
    {
        c: st.none() | st.sampled_from(v) if c != PERIOD else st.sampled_from(v)
        for c, v in VALUES.items()
    }
)
rows = st.lists(
    st.tuples(cells, st.sampled_from(("2026-Q1", "2026-Q2"))), max_size=40
).map(
    lambda many: [
        Row(UUID(int=n + 1), quarter, told) for n, (told, quarter) in enumerate(many)
    ]
)


@given(rows, st.integers(2, 7))
def test_every_combination_that_is_told_has_k_rows(many: list[Row], k: int) -> None:
    told = generalise(many, k)
    sizes = Counter((each.row.quarter, each.row.key) for each in told)
    assert all(size >= k for size in sizes.values())


@given(rows, st.integers(2, 7))
def test_rows_are_told_once_truly_or_not_and_only_small_quarters_wait(
    many: list[Row], k: int
) -> None:
    told = {each.row.id: each for each in generalise(many, k)}
    sizes = Counter(row.quarter for row in many)
    assert set(told) == {row.id for row in many if sizes[row.quarter] >= k}
    for row in many:
        if row.id not in told:
            continue
        each = told[row.id]
        for column in COLUMNS:
            said, was = each.row.told[column], row.told[column]
            assert said in (was, None) or (column, said) == (PERIOD, row.quarter)


@given(rows, st.integers(2, 7))
def test_the_order_of_rows_tells_nothing(many: list[Row], k: int) -> None:
    def keyed(some: list[Row]) -> dict[UUID, tuple[object, ...]]:
        return {e.row.id: (e.level, e.row.key) for e in generalise(some, k)}

    assert keyed(many) == keyed(many[::-1])


def test_what_is_alone_is_told_with_the_smallest_group() -> None:
    """Six of wages, seven of hours, and one of neither, somewhere else."""
    full = {column: values[0] for column, values in VALUES.items()}
    wages = [Row(UUID(int=n), "2026-Q1", full) for n in range(1, 7)]
    hours = [
        Row(UUID(int=n), "2026-Q1", {**full, "category": "HOUR"}) for n in range(7, 14)
    ]
    lonely = Row(UUID(int=99), "2026-Q1", {c: v[-1] for c, v in VALUES.items()})
    told = {e.row.id.int: e for e in generalise([*wages, *hours, lonely], 5)}
    assert {n for n, e in told.items() if e.level == LAST} == {*range(1, 7), 99}
    assert set(told[99].row.told.values()) == {None, "2026-Q1"}
    assert told[8].level == 0
    assert told[8].row.told["category"] == "HOUR"


def test_what_never_is_told_is_withheld_first() -> None:
    full = {column: values[0] for column, values in VALUES.items()}
    row = Row(UUID(int=1), "2026-Q1", full)
    sensitive = prepared(row, is_sensitive=True, is_factory=True, workers=900)
    shown = {c: v for c, v in sensitive.told.items() if v is not None}
    assert shown == {"country": "BD", PERIOD: "2026-Q1", "category": SENSITIVE_WORD}
    assert set(shown) == set(OF_SENSITIVE)
    for is_factory, workers in ((False, 900), (True, 49), (True, None)):
        placed = prepared(
            row, is_sensitive=False, is_factory=is_factory, workers=workers
        )
        assert [c for c, v in placed.told.items() if v is None] == list(OF_SITES)
    assert prepared(row, is_sensitive=False, is_factory=True, workers=50) == row


def test_each_column_is_withheld_at_one_step() -> None:
    assert sorted(c for step in ORDER for c in step) == sorted(COLUMNS)
