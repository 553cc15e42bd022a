"""Who may hear of a case as it stands, by role and route."""

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest

from app.domain.directory import Person
from app.domain.taxonomy import PROTECTED, Category, Role, Route
from app.outbox.hearing import (
    Standing,
    veil,
    why_no_brand,
    why_not,
    why_not_its_chain,
)

TODAY, SITE = date(2026, 9, 1), "482170"
MEMBER = Person(
    id=UUID(int=1),
    email="member@example.org",
    name="A member",
    role=Role.COMMITTEE,
    org=(SITE,),
    side=None,
    phone_tag=None,
    phone_sealed=None,
    languages=("en",),
    since=None,
    until=None,
)
HELD = Standing(Route.COMMITTEE, Category.WAGE, SITE, "BD", is_released_to_brand=False)
COMMITTEES = (Role.COMMITTEE, Role.INTERNAL_COMMITTEE, Role.SAFETY_COMMITTEE)


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("role", COMMITTEES)
def test_a_committee_hears_of_what_it_holds_and_of_nothing_else(
    role: Role, route: Route
) -> None:
    reason = why_not(replace(MEMBER, role=role), replace(HELD, route=route), TODAY)
    assert reason == (None if role.value == route.value else "moved")


@pytest.mark.parametrize("route", Route)
def test_the_head_hears_only_while_a_body_of_the_factory_holds_it(route: Route) -> None:
    head = replace(MEMBER, role=Role.FACTORY_HEAD)
    reason = why_not(head, replace(HELD, route=route), TODAY)
    assert reason == (None if route.is_factory_side else "moved")


@pytest.mark.parametrize("role", [Role.COMMITTEE, Role.FACTORY_HEAD])
@pytest.mark.parametrize("site", ["110220", None])
def test_no_factory_hears_of_anothers_case(role: Role, site: str | None) -> None:
    person = replace(MEMBER, role=role)
    assert why_not(person, replace(HELD, site=site), TODAY) == "moved"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({}, None, id="while-a-committee-there-holds-it"),
        pytest.param({"route": Route.PARTNER}, "moved", id="not-once-taken-over"),
        pytest.param({"site": "110220"}, "moved", id="not-once-it-is-of-elsewhere"),
        pytest.param({"category": Category.DISC}, "moved", id="nor-once-protected"),
        pytest.param({"category": Category.CRIS}, "moved", id="nor-a-life-in-danger"),
    ],
)
def test_the_head_of_a_factory_that_a_mill_sells_to_hears_of_the_mill(
    changes: dict[str, Any], expected: str | None
) -> None:
    head = replace(MEMBER, role=Role.FACTORY_HEAD, org=("615238",))
    standing = replace(HELD, **changes)
    assert why_not(head, standing, TODAY, sold_from=SITE) == expected
    assert why_not(head, standing, TODAY) == "moved"
    member = replace(head, role=Role.COMMITTEE)
    assert why_not(member, standing, TODAY, sold_from=SITE) == "moved"


@pytest.mark.parametrize("route", Route)
@pytest.mark.parametrize("role", [Role.PARTNER, Role.ADMIN])
def test_those_outside_hear_wherever_it_stands(role: Role, route: Route) -> None:
    person = replace(MEMBER, role=role, org=())
    assert why_not(person, replace(HELD, route=route), TODAY) is None


@pytest.mark.parametrize("category", Category)
def test_a_brands_people_hear_what_their_brand_may_hear(category: Category) -> None:
    buyer, standing = (
        replace(MEMBER, role=Role.BRAND, org=("norda",)),
        replace(HELD, category=category),
    )
    reason = "not_for_brands" if category is Category.CRIS else None
    assert why_not(buyer, standing, TODAY) == why_no_brand(standing) == reason


@pytest.mark.parametrize("category", Category)
def test_a_protected_case_is_veiled_until_it_is_released(category: Category) -> None:
    standing = replace(HELD, category=category)
    assert standing.is_veiled is (category in PROTECTED)
    assert not replace(standing, is_released_to_brand=True).is_veiled


def test_a_message_about_no_case_still_asks_whether_the_reader_serves() -> None:
    assert why_not(MEMBER, None, TODAY) is None
    left = replace(MEMBER, until=date(2026, 8, 31))
    assert why_not(left, None, TODAY) == "term_over"


FULL = {"number": "48213459", "site": SITE, "clock": "resolve", "due_at": "x"}


@pytest.mark.parametrize(
    ("template", "params", "expected"),
    [
        pytest.param(
            "brand_missed",
            FULL,
            (
                "brand_missed_protected",
                {"country": "BD", "partner": ["p"], "clock": "resolve"},
            ),
            id="a-missed-date-names-its-step-alone",
        ),
        pytest.param(
            "not_solved",
            {"number": "48213459", "site": SITE, "count": 2},
            ("brand_alert", {"country": "BD", "partner": ["p"]}),
            id="what-is-about-no-date-does-not-say-that-one-has-passed",
        ),
        pytest.param(
            "brand_alert",
            {"number": "48213459", "country": "IN", "partner": ["q"], "clock": "plan"},
            ("brand_alert", {"country": "IN", "partner": ["q"]}),
            id="an-alert-loses-its-number",
        ),
    ],
)
def test_veil(
    template: str,
    params: dict[str, object],
    expected: tuple[str, dict[str, object]],
) -> None:
    assert veil(template, params, "BD", ["p"]) == expected


@pytest.mark.parametrize(
    ("brands", "is_corrected", "expected"),
    [
        pytest.param(["norda"], True, None, id="it-buys-from-the-right-site-too"),
        pytest.param(["kesto"], True, "moved", id="it-buys-from-the-wrong-site-alone"),
        pytest.param(["kesto", "norda"], True, None, id="an-agent-of-one-that-does"),
        pytest.param(["kesto"], False, None, id="the-site-is-as-it-was"),
    ],
)
def test_a_brand_hears_of_no_site_that_it_does_not_buy_from(
    brands: list[str], is_corrected: bool, expected: str | None
) -> None:
    buyers = ["norda", "silva"]
    reason = why_not_its_chain(brands, buyers, is_corrected=is_corrected)
    assert reason == expected
