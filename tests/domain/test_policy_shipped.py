"""The two policies that ship, against the table of the field guide."""

from collections.abc import Callable

import pytest

from app.data import load_default, load_demo
from app.domain.policy import Entry, Policy, parse_policy
from app.domain.taxonomy import Category, Clock, Route, Severity

S1 = Severity.S1

# Category, severity, route, acknowledge, first action, resolve, plan, alert.
TABLE = """
WAGE S3 committee        2wd 5wd 14d -   -
WAGE S2 committee        2wd 5wd 14d -   -
HOUR S3 committee        2wd 5wd 21d -   -
SOCS S3 committee        2wd 7wd 30d -   -
MATC S2 committee        1wd 3wd 14d -   -
GBVH S1 partner          4h  24h 14d -   alert
ABUS S2 committee        1wd 3wd 14d -   -
ABUS S1 partner          4h  24h 14d -   alert
CHLD S1 partner          4h  72h 30d 14d alert
FORC S1 partner          4h  24h 30d 7d  alert
OSHS S2 safety_committee 1wd 3wd 21d -   -
OSHS S1 safety_committee 1h  4h  24h -   alert
WASH S3 committee        2wd 5wd 14d -   -
TERM S2 committee        1wd 3wd 14d -   -
FOAS S2 partner          1wd 3wd 30d -   -
DISC S2 committee        1wd 5wd 30d -   -
DORM S3 partner          1wd 3wd 14d -   -
RETA S1 partner          4h  24h 14d -   alert
CRIS S1 partner          1h  4h  24h -   -
INFO S4 committee        -   5wd 14d -   -
OTHR S3 partner          1wd 3wd 30d -   -
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


def row(entry: Entry) -> list[str]:
    times = (entry.acknowledge, entry.first_action, entry.resolve, entry.plan)
    return [
        entry.category,
        entry.severity,
        entry.route,
        *(str(time) if time else "-" for time in times),
        "alert" if entry.brand_alert else "-",
    ]


def test_the_shipped_policy_is_the_table() -> None:
    assert [row(entry) for entry in load_default().entries] == ROWS


def test_all_18_categories_are_there() -> None:
    assert {entry.category for entry in load_default().entries} == set(Category)
    assert load_default().version == "2026-01-01"
    assert not load_default().is_demo


def test_every_s1_entry_alerts_the_brands_except_a_crisis() -> None:
    silent = {
        entry.category
        for entry in load_default().entries
        if entry.severity is S1 and not entry.brand_alert
    }
    assert silent == {Category.CRIS}


@pytest.mark.parametrize("category", list(Category))
def test_raising_to_s1_makes_no_promise_later(category: Category) -> None:
    # Working days are never shorter than their bare count of days.
    usual = dict(load_default().entry(category).clocks)
    raised = dict(load_default().entry(category, S1).clocks)
    assert {Clock.FIRST_ACTION, Clock.RESOLVE} <= set(raised)
    for name, time in usual.items():
        assert raised[name].elapsed <= time.elapsed


def test_the_demo_differs_from_the_shipped_policy_by_its_clocks_alone() -> None:
    def shape(entry: Entry) -> list[str]:
        line = row(entry)
        return [
            *line[:3],
            *("-" if time == "-" else "time" for time in line[3:7]),
            line[7],
        ]

    demo = load_demo()
    assert demo.is_demo
    assert [shape(e) for e in demo.entries] == [
        shape(e) for e in load_default().entries
    ]
    assert [c.severity for c in demo.severity_entries] == [S1]


def test_the_story_of_the_demo_is_over_within_five_minutes() -> None:
    pay = load_demo().entry(Category.WAGE)
    assert pay.route is Route.COMMITTEE
    assert [time.elapsed.total_seconds() for _, time in pay.clocks] == [45, 90, 180]
    for entry in load_demo().entries:
        for _, time in entry.clocks:
            assert time.elapsed.total_seconds() <= 180


@pytest.mark.parametrize("load", [load_default, load_demo])
def test_the_stored_text_of_a_shipped_policy_is_the_same_policy(
    load: Callable[[], Policy],
) -> None:
    assert parse_policy(load().toml) == load()
