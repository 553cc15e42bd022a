"""What the admin's room reckons by itself: tables of holidays, a dry run, a tree."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

import pytest

from app.actions.audit import fields_of, key_of
from app.actions.country_holidays import public_days, state_of_region, states_of
from app.actions.dry_run import Fate, reckon
from app.actions.edit_programme import as_file
from app.console.admin.calendars import first_year, ticked_at_first
from app.console.admin.policies import side_by_side
from app.console.admin.sourcing import tree_of
from app.directory_files.kinds import Kind, read_file
from app.directory_files.problems import ImportRefused
from app.directory_files.record import Known
from app.directory_files.sourcing import ALWAYS
from app.domain.commands import Acknowledge
from app.domain.durations import parse_duration
from app.domain.errors import BadInput
from app.domain.policy import Policy
from app.domain.taxonomy import Category, Route
from app.store.imports import Change
from tests.builders import (
    BRANDS,
    DINDIGUL,
    GAZIPUR,
    POLICY,
    TIRUPPUR,
    TUESDAY,
    after,
    by,
    opened,
    programme,
)

TODAY = date(2026, 12, 1)


def test_bangladesh_has_its_days_and_those_of_the_moon_are_marked() -> None:
    days = {d.day: d for d in public_days("BD", 2027, today=TODAY)}
    assert days[date(2027, 3, 26)].name == "Independence Day"
    assert days[date(2027, 3, 10)].is_estimated
    assert not days[date(2027, 3, 26)].is_estimated
    assert all(d.is_public for d in days.values())


def test_a_state_has_days_of_its_own_and_some_take_others() -> None:
    days = {d.name: d for d in public_days("IN", 2027, state="TN", today=TODAY)}
    assert days["Pongal"].is_public
    assert not days["Onam"].is_public
    plain = {d.name for d in public_days("IN", 2027, today=TODAY) if d.is_public}
    assert "Pongal" not in plain


def test_a_region_is_found_by_its_name() -> None:
    assert state_of_region("IN", "tamil nadu") == "TN"
    assert state_of_region("IN", "Dindigul") == ""
    assert state_of_region("BD", "Gazipur") == ""
    assert states_of("IN")["Telangana"] == "TS"


@pytest.mark.parametrize(
    ("country", "year", "state"),
    [("DE", 2027, ""), ("IN", 2027, "XX"), ("BD", 1999, ""), ("BD", 2040, "")],
)
def test_there_is_no_table_for_anything_else(
    country: str, year: int, state: str
) -> None:
    with pytest.raises(BadInput):
        public_days(country, year, state=state, today=TODAY)


def test_what_is_past_or_known_is_not_ticked_and_some_take_it_neither() -> None:
    days = public_days("BD", 2027, today=TODAY)
    known = date(2027, 3, 26)
    ticked = ticked_at_first(days, {known}, date(2027, 3, 20))
    assert known not in ticked
    assert date(2027, 2, 21) not in ticked
    assert date(2027, 5, 1) in ticked
    india = public_days("IN", 2027, state="TN", today=TODAY)
    assert ticked_at_first(india, (), TODAY) == {d.day for d in india if d.is_public}


@pytest.mark.parametrize(("month", "year"), [(10, 2026), (11, 2027), (12, 2027)])
def test_late_in_a_year_the_next_ones_table_is_shown_first(
    month: int, year: int
) -> None:
    assert first_year(date(2026, month, 3)) == year


# ------------------------------------------------------------------- dry run


def _promising(time: str, *, route: Route | None = None) -> Policy:
    """Return the policy with another time to acknowledge complaints about wages."""
    entries = tuple(
        replace(
            entry,
            acknowledge=parse_duration(time),
            route=route or entry.route,
        )
        if entry.category is Category.WAGE
        else entry
        for entry in POLICY.entries
    )
    return replace(POLICY, version="2027-01-01", entries=entries)


def _counts(policy: Policy, *, at: datetime) -> dict[str, tuple[object, object]]:
    read = after(
        opened(),
        (Acknowledge(), by("gaz-com-w1")),
        at=TUESDAY + timedelta(hours=3),
    )
    unread = opened(number="10000015")
    done = reckon(programme(), policy, [read, unread], at=at)
    return {kept.clock: (dict(kept.then), dict(kept.now)) for kept in done.kept}


def test_a_promise_that_is_shorter_would_have_been_missed() -> None:
    counts = _counts(_promising("1h"), at=TUESDAY + timedelta(hours=4))
    then, now = counts["acknowledge"]
    assert then == {Fate.IN_TIME: 1, Fate.OPEN: 1}
    assert now == {Fate.MISSED: 2}
    assert counts["resolve"][0] == counts["resolve"][1]


def test_the_same_policy_makes_no_difference() -> None:
    counts = _counts(_promising("1h"), at=TUESDAY + timedelta(hours=4))
    same = _counts(
        replace(POLICY, version="2027-01-01"), at=TUESDAY + timedelta(hours=4)
    )
    assert all(then == now for then, now in same.values())
    assert counts["acknowledge"][0] == same["acknowledge"][0]


def test_cases_that_would_go_elsewhere_are_counted() -> None:
    policy = _promising("1h", route=Route.PARTNER)
    done = reckon(programme(), policy, [opened()], at=TUESDAY)
    assert done.routes == {("committee", "partner"): 1}


# ------------------------------------------------------------ texts and trees


def test_two_texts_stand_side_by_side_where_they_differ() -> None:
    one = [str(n) for n in range(40)]
    two = [*one[:20], "new", *one[21:], "last"]
    rows = side_by_side(one, two)
    changed = [(r.left, r.right) for r in rows if r.sort == "changed"]
    assert changed == [("20", "new"), ("", "last")]
    assert [r.sort for r in rows].count("gap") == 1
    assert side_by_side(one, one) == []


def test_what_is_bought_through_a_factory_hangs_below_it() -> None:
    directory = programme()
    tree = tree_of(BRANDS[0], directory, date(2026, 9, 1))
    assert [node.row.site for node in tree.nodes] == [GAZIPUR, TIRUPPUR]
    assert [n.row.site for n in tree.nodes[1].children] == [DINDIGUL]
    silva = tree_of(BRANDS[2], directory, date(2026, 9, 1))
    assert silva.nodes == ()
    assert [row.site for row in silva.others] == [TIRUPPUR]


def test_a_mill_without_its_factory_is_not_lost() -> None:
    rows = tuple(r for r in programme().sourcing if r.site != TIRUPPUR)
    tree = tree_of(BRANDS[0], programme(sourcing=rows), date(2026, 9, 1))
    assert {node.row.site for node in tree.nodes} == {GAZIPUR, DINDIGUL}


# --------------------------------------------------------------------- audit


def test_what_tells_a_person_from_others_is_not_in_the_audit() -> None:
    after_ = {
        "id": 1,
        "key": "a@b",
        "email": "a@b",
        "name": "A",
        "phone_tag": b"x",
        "phone_sealed": b"y",
        "sex": "f",
        "role": "committee",
        "org": ["482170"],
    }
    change = Change(
        2, "a@b", (1,), {**after_, "name": "B", "org": [], "sex": ""}, after_
    )
    assert fields_of(Kind.PEOPLE, change) == {
        "name": None,
        "org": [[], ["482170"]],
        "sex": None,
    }


def test_a_relation_since_always_has_a_key_that_can_be_read() -> None:
    change = Change(2, "", ("norda", "482170", "", ALWAYS), None, {"brand": "norda"})
    assert key_of(change) == "norda/482170"


def test_cells_are_written_as_a_spreadsheet_would() -> None:
    content = as_file([{"scope": "BD", "name": 'Eid, "the great"'}])
    assert content.decode() == 'scope,name\r\nBD,"Eid, ""the great"""\r\n'


def test_a_row_that_is_no_row_hides_no_other_ones_faults() -> None:
    known = Known(programme(), (), TODAY, Random(1))
    content = (
        b"scope,date,name,hours\n"
        b"BD,2027-13-01,a,\n"
        b"too,few\n"
        b'BD,2027-01-02,"two\nlines",\n'
        b"nowhere,2027-01-03,b,\n"
        b"BD,2027-01-04,c,\n"
    )
    with pytest.raises(ImportRefused) as refused:
        read_file(Kind.HOLIDAYS, content, known)
    problems = [(problem.row, problem.column) for problem in refused.value.problems]
    assert problems == [(2, "date"), (3, ""), (4, "name"), (5, "scope")]
