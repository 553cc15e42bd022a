"""Which body gets a case when its facts change, and who hears of it."""

from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.case import Decision
from app.domain.commands import Command
from app.domain.taxonomy import Category, Conflict, Route, Severity, State
from tests.builders import (
    BRANDS_TOLD,
    COMMITTEE,
    GAZIPUR,
    PARTNERS,
    TIRUPPUR,
    act,
    after,
    by,
    id_of,
    named,
    opened,
    told,
)

NOTE = "A reason."
WAGE: dict[str, Any] = {}
FORC: dict[str, Any] = {"category": Category.FORC}
YES: dict[str, Any] = {"conflict": Conflict.YES}
RAISED: dict[str, Any] = {"severity_raised": True}


@pytest.mark.parametrize(
    ("given", "command", "name", "template", "route", "hears"),
    [
        pytest.param(
            {"conflict": None},
            verbs.AnswerConflict(Conflict.NO),
            None,
            "case_new",
            Route.COMMITTEE,
            COMMITTEE,
            id="a-no-sends-it-to-the-committee-at-once",
        ),
        pytest.param(
            {"conflict": None},
            verbs.AnswerConflict(Conflict.UNKNOWN),
            None,
            None,
            Route.PARTNER,
            set(),
            id="dont-know-leaves-it-and-tells-nobody",
        ),
        pytest.param(
            YES,
            verbs.AnswerConflict(Conflict.NO),
            None,
            None,
            Route.PARTNER,
            set(),
            id="a-no-after-a-yes-lowers-nothing",
        ),
        pytest.param(
            WAGE,
            verbs.AnswerConflict(Conflict.YES),
            None,
            "case_handed",
            Route.PARTNER,
            PARTNERS,
            id="a-yes-after-a-no-takes-it-away",
        ),
        pytest.param(
            WAGE,
            verbs.RaiseDanger(),
            None,
            "case_handed",
            Route.PARTNER,
            PARTNERS | BRANDS_TOLD,
            id="danger-takes-it-away-and-alerts",
        ),
        pytest.param(
            WAGE,
            verbs.SetSeverity(Severity.S1),
            "gaz-com-w1",
            "case_handed",
            Route.PARTNER,
            PARTNERS | BRANDS_TOLD,
            id="so-does-a-person",
        ),
        pytest.param(
            {"category": Category.OSHS},
            verbs.RaiseDanger(),
            None,
            "case_handed",
            Route.SAFETY_COMMITTEE,
            {"gaz-safe-w1", "gaz-safe-w2", "gaz-safe-m1"} | BRANDS_TOLD,
            id="a-machines-danger-stays-and-alerts",
        ),
        pytest.param(
            {"site": None},
            verbs.ChooseSite(GAZIPUR),
            None,
            "case_new",
            Route.COMMITTEE,
            COMMITTEE,
            id="a-site-brings-a-committee",
        ),
        pytest.param(
            {"category": Category.OTHR},
            verbs.ChooseTopic(Category.WAGE),
            None,
            "case_new",
            Route.COMMITTEE,
            COMMITTEE,
            id="a-topic-brings-a-committee",
        ),
        pytest.param(
            FORC,
            verbs.ChooseTopic(Category.WAGE),
            None,
            None,
            Route.PARTNER,
            set(),
            id="a-topic-lowers-no-guess-that-guards-more",
        ),
        pytest.param(
            WAGE,
            verbs.SetCategory(Category.FORC),
            "gaz-com-w1",
            "case_new",
            Route.PARTNER,
            PARTNERS | BRANDS_TOLD,
            id="a-graver-category-leaves-and-alerts",
        ),
        pytest.param(
            RAISED,
            verbs.HandBack(note=NOTE),
            "partner-bd",
            "case_handed",
            Route.COMMITTEE,
            COMMITTEE,
            id="handed-back",
        ),
        pytest.param(
            {"category": Category.ABUS, "severity_raised": True},
            verbs.HandBack(note=NOTE),
            "partner-bd",
            "case_handed",
            Route.COMMITTEE,
            COMMITTEE,
            id="handed-back-past-an-s1-entry-of-the-partners",
        ),
        pytest.param(
            YES,
            verbs.Release(),
            "partner-bd",
            "case_new",
            Route.COMMITTEE,
            COMMITTEE,
            id="released",
        ),
        pytest.param(
            WAGE,
            verbs.TakeOver(),
            "partner-bd",
            "case_handed",
            Route.PARTNER,
            PARTNERS,
            id="taken-over",
        ),
        pytest.param(
            WAGE,
            verbs.Exclude(id_of("gaz-com-w1")),
            "partner-bd",
            "case_handed",
            Route.PARTNER,
            PARTNERS,
            id="one-worker-too-few",
        ),
        pytest.param(
            WAGE,
            verbs.Exclude(id_of("gaz-com-m2")),
            "partner-bd",
            None,
            Route.COMMITTEE,
            set(),
            id="a-manager-less-moves-nothing",
        ),
    ],
)
def test_who_gets_the_case(
    given: dict[str, Any],
    command: Command,
    name: str | None,
    template: str | None,
    route: Route,
    hears: set[str],
) -> None:
    decision = act(opened(**given), command, name)
    assert decision.refusal is None
    assert decision.case.route == route
    assert hears_but_readers(decision) == hears
    if template:
        assert told(decision, template) | told(decision, "brand_alert") == hears


def hears_but_readers(decision: Decision) -> set[str]:
    """Return who hears of it, but for the partner whose reading it waits for."""
    owed = (o.recipient for o in decision.owed if o.template != "words_wait")
    return named(owed)


def test_danger_takes_a_case_away_again_that_was_handed_back() -> None:
    case = after(
        opened(severity_raised=True), (verbs.HandBack(note=NOTE), by("partner-bd"))
    )
    decision = act(case, verbs.RaiseDanger(), None)
    assert decision.case.route == Route.PARTNER
    # The brands were alerted when it was opened: once in a case's life.
    assert told(decision) == PARTNERS


def test_a_lowered_case_stays_with_the_partner_until_it_is_handed_back() -> None:
    case = after(
        opened(severity_raised=True),
        (verbs.SetSeverity(Severity.S3, note=NOTE), by("partner-bd")),
    )
    assert (case.route, case.severity) == (Route.PARTNER, Severity.S3)
    handed = act(case, verbs.HandBack(note=NOTE), "partner-bd").case
    assert handed.route == Route.COMMITTEE


def test_nobody_gets_a_case_back_by_being_included_again() -> None:
    case = after(
        opened(),
        (verbs.Exclude(id_of("gaz-com-w1")), by("partner-bd")),
        (verbs.Include(id_of("gaz-com-w1")), by("partner-bd")),
        (verbs.SetSeverity(Severity.S2), by("partner-bd")),
    )
    assert case.route == Route.PARTNER
    assert act(case, verbs.HandBack(note=NOTE), "partner-bd").case.route == (
        Route.COMMITTEE
    )


def test_a_site_found_later_alerts_the_brands_that_nobody_could_name() -> None:
    case = opened(site=None, severity_raised=True)
    assert case.alerted == {"@secretariat"}
    decision = act(case, verbs.ChooseSite(GAZIPUR), None)
    assert told(decision, "brand_alert") == BRANDS_TOLD
    again = act(decision.case, verbs.SetSite(TIRUPPUR), "partner-bd")
    assert told(again, "brand_alert") == set()


def test_danger_takes_physical_abuse_away_again_that_was_handed_back() -> None:
    case = after(
        opened(category=Category.ABUS, severity_raised=True),
        (verbs.HandBack(note=NOTE), by("partner-bd")),
    )
    assert case.route == Route.COMMITTEE
    assert act(case, verbs.RaiseDanger(), None).case.route == Route.PARTNER


def test_a_yes_takes_back_what_was_released() -> None:
    case = after(opened(conflict=None), (verbs.Release(), by("partner-bd")))
    assert case.route == Route.COMMITTEE
    answer = verbs.AnswerConflict(Conflict.YES)
    assert act(case, answer, None).case.route == Route.PARTNER


def test_a_signature_does_not_outlast_the_body_it_was_given_on() -> None:
    case = after(
        opened(),
        (verbs.Resolve(), by("gaz-com-m1")),
        (verbs.TakeOver(), by("partner-bd")),
        (verbs.HandBack(note=NOTE), by("partner-bd")),
        (verbs.Resolve(), by("gaz-com-w1")),
    )
    assert case.state == State.RECEIVED


def test_the_secretariat_is_alerted_once() -> None:
    case = opened(site=None, severity_raised=True)
    decision = act(case, verbs.ChooseTopic(Category.FORC), None)
    assert decision.case.category == Category.FORC
    assert told(decision) == set()
