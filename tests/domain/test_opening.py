"""A case as it begins: its clocks, its body, and which brands are alerted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.domain.opening import open_case
from app.domain.taxonomy import Category, Clock, Conflict, Route, Severity, State
from tests.builders import (
    COMMITTEE,
    DINDIGUL,
    NORDA,
    PARTNERS,
    PROGRAMME,
    SECRETARIAT,
    TIRUPPUR,
    TUESDAY,
    named,
    programme,
    seed,
    told,
)


@pytest.mark.parametrize(
    ("changes", "body", "alerted"),
    [
        pytest.param({}, COMMITTEE, set(), id="the-committee-and-no-brand"),
        pytest.param(
            {"conflict": None}, PARTNERS, set(), id="unanswered-tells-the-partner"
        ),
        pytest.param(
            {"severity_raised": True},
            PARTNERS,
            {*NORDA, "brand kesto"},
            id="danger-alerts-every-brand-at-once",
        ),
        pytest.param(
            {"category": Category.CRIS, "severity_raised": True},
            PARTNERS,
            set(),
            id="a-life-in-danger-never-reaches-a-brand",
        ),
        pytest.param(
            {"category": Category.CHLD, "site": DINDIGUL, "country": "IN"},
            {"partner-tn"},
            NORDA,
            id="a-mill-alerts-who-buys-through-its-customer",
        ),
        pytest.param(
            {"category": Category.FORC, "site": TIRUPPUR, "country": "IN"},
            {"partner-tn"},
            NORDA,
            id="who-stopped-buying-in-june-is-not-alerted-in-september",
        ),
        pytest.param(
            {"category": Category.FOAS},
            PARTNERS,
            set(),
            id="a-bypass-that-is-not-s1-alerts-nobody",
        ),
    ],
)
def test_who_hears_of_a_new_case(
    changes: dict[str, Any], body: set[str], alerted: set[str]
) -> None:
    decision = open_case(seed(**changes), PROGRAMME, TUESDAY)
    assert told(decision, "case_new") == body
    assert told(decision, "brand_alert") == alerted
    # A committee reads nothing before the partner has.
    readers = PARTNERS if body == COMMITTEE else set()
    assert told(decision, "words_wait") == readers
    assert told(decision) == body | alerted | readers


def test_an_alert_says_nothing_of_the_case() -> None:
    decision = open_case(seed(category=Category.CHLD), PROGRAMME, TUESDAY)
    alerts = [o.params for o in decision.owed if o.template == "brand_alert"]
    assert alerts[0] == {
        "country": "BD",
        "partner": ["partner-bd@example.org", "partner-bd-2@example.org"],
    }


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"site": None}, id="without-a-site"),
        pytest.param({"site": TIRUPPUR}, id="where-no-brand-buys"),
    ],
)
def test_where_no_brand_can_be_told_the_secretariat_is(changes: dict[str, Any]) -> None:
    directory = programme(sourcing=())
    decision = open_case(seed(severity_raised=True, **changes), directory, TUESDAY)
    (climbed,) = decision.escalations
    assert (climbed.rung, climbed.reason) == ("secretariat", "alert")
    assert named(climbed.recipients) == SECRETARIAT
    assert told(decision, "brand_alert") == set()


def test_a_new_case_runs_on_the_policy_of_its_local_day() -> None:
    late_evening_utc = datetime(2026, 8, 31, 20, 0, tzinfo=UTC)  # 2 a.m. in Dhaka
    later = PROGRAMME.policies[0].with_version("2026-09-01")
    directory = programme(policy=later)
    case = open_case(seed(), directory, late_evening_utc).case
    assert case.policy_version == "2026-09-01"
    assert case.state == State.RECEIVED
    assert [clock.name for clock in case.deadlines] == [
        Clock.ACKNOWLEDGE,
        Clock.FIRST_ACTION,
        Clock.RESOLVE,
    ]


def test_a_case_without_a_site_runs_on_its_country_every_day() -> None:
    friday = datetime(2026, 9, 4, 4, 0, tzinfo=UTC)
    case = open_case(seed(site=None, category=Category.OTHR), PROGRAMME, friday).case
    acknowledge = case.deadline(Clock.ACKNOWLEDGE)
    assert acknowledge is not None
    # One working day after a Friday is all of Saturday in Dhaka.
    assert acknowledge.due_at == datetime(2026, 9, 5, 18, 0, tzinfo=UTC)
    assert case.route == Route.PARTNER


def test_the_ledger_begins_with_codes_and_dates_only() -> None:
    decision = open_case(seed(conflict=Conflict.YES), PROGRAMME, TUESDAY)
    (event,) = decision.events
    assert event.kind == "case.opened"
    assert event.actor == "worker"
    assert event.facts["why"] == "conflict"
    assert event.facts["policy"] == "2026-01-01"
    assert set(event.facts["due"]) == {"acknowledge", "first_action", "resolve"}


def test_a_raised_case_runs_on_the_clocks_of_s1() -> None:
    case = open_case(seed(severity_raised=True), PROGRAMME, TUESDAY).case
    acknowledge = case.deadline(Clock.ACKNOWLEDGE)
    assert case.severity == Severity.S1
    assert acknowledge is not None
    assert acknowledge.due_at == TUESDAY + timedelta(hours=4)


def test_the_site_says_the_country_whatever_number_was_dialled() -> None:
    case = open_case(seed(country="IN", category=Category.FORC), PROGRAMME, TUESDAY)
    assert case.case.country == "BD"
    assert told(case, "case_new") == PARTNERS
