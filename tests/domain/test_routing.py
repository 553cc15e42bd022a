"""Which body gets a case: by category, conflict, site, danger and who is left."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.directory import Directory
from app.domain.routing import Routing, route
from app.domain.taxonomy import Category, Conflict, Route
from tests.builders import (
    DINDIGUL,
    PROGRAMME,
    TRUSTING_POLICY,
    TUESDAY,
    id_of,
    opened,
    programme,
)

TRUSTING = programme(policy=TRUSTING_POLICY)
SAFETY = ("gaz-safe-w1", "gaz-safe-w2")
COMMITTEE = ("gaz-com-w1", "gaz-com-w2")
PARTNERS = ("partner-bd", "partner-bd-2")

GIVEN: list[Any] = [
    pytest.param({}, PROGRAMME, Route.COMMITTEE, "policy", id="no-goes-to-committee"),
    pytest.param(
        {"conflict": None},
        PROGRAMME,
        Route.PARTNER,
        "conflict",
        id="until-it-is-answered-the-partner-has-it",
    ),
    pytest.param(
        {"conflict": Conflict.YES},
        PROGRAMME,
        Route.PARTNER,
        "conflict",
        id="yes-keeps-it-from-the-committee",
    ),
    pytest.param(
        {"conflict": Conflict.UNKNOWN},
        PROGRAMME,
        Route.PARTNER,
        "conflict",
        id="dont-know-keeps-it-from-the-committee",
    ),
    pytest.param(
        {"site": None},
        PROGRAMME,
        Route.PARTNER,
        "no_site",
        id="without-a-site-the-partner-has-it",
    ),
    pytest.param(
        {"site": "999999"},
        PROGRAMME,
        Route.PARTNER,
        "no_site",
        id="a-code-that-nobody-has-is-no-site",
    ),
    pytest.param(
        {"severity_raised": True},
        PROGRAMME,
        Route.PARTNER,
        "danger",
        id="danger-leaves-the-committee",
    ),
    pytest.param(
        {"category": Category.OSHS},
        PROGRAMME,
        Route.SAFETY_COMMITTEE,
        "policy",
        id="safety-has-its-own-committee",
    ),
    pytest.param(
        {"category": Category.OSHS, "severity_raised": True},
        PROGRAMME,
        Route.SAFETY_COMMITTEE,
        "policy",
        id="danger-of-a-machine-stays-by-its-own-s1-entry",
    ),
    pytest.param(
        {"category": Category.OSHS, "severity_raised": True, "conflict": None},
        PROGRAMME,
        Route.PARTNER,
        "conflict",
        id="danger-of-a-machine-waits-on-the-conflict-as-well",
    ),
    pytest.param(
        {"category": Category.ABUS, "severity_raised": True},
        PROGRAMME,
        Route.PARTNER,
        "policy",
        id="physical-abuse-has-an-s1-entry-that-names-the-partner",
    ),
    pytest.param(
        {"category": Category.FORC},
        PROGRAMME,
        Route.PARTNER,
        "policy",
        id="forced-labour-bypasses-whatever-was-answered",
    ),
    pytest.param(
        {"category": Category.GBVH},
        PROGRAMME,
        Route.PARTNER,
        "policy",
        id="harassment-bypasses-by-default",
    ),
    pytest.param(
        {"category": Category.GBVH},
        TRUSTING,
        Route.INTERNAL_COMMITTEE,
        "policy",
        id="a-trusted-internal-committee-has-it",
    ),
    pytest.param(
        {"category": Category.GBVH},
        programme(policy=TRUSTING_POLICY, without=["gaz-ic-w1"]),
        Route.PARTNER,
        "fallback",
        id="an-internal-committee-of-one-worker-falls-to-the-partner",
    ),
    pytest.param(
        {"category": Category.OSHS},
        programme(without=["gaz-safe-w1"]),
        Route.COMMITTEE,
        "fallback",
        id="a-safety-committee-of-one-worker-falls-to-the-committee",
    ),
    pytest.param(
        {"category": Category.OSHS},
        programme(without=["gaz-safe-w1", "gaz-com-w1"]),
        Route.PARTNER,
        "fallback",
        id="with-both-committees-too-small-the-partner-has-it",
    ),
    pytest.param(
        {},
        programme(without=["gaz-com-w1", *PARTNERS]),
        Route.SECRETARIAT,
        "fallback",
        id="with-nobody-else-left-the-secretariat-has-it",
    ),
    pytest.param(
        {"category": Category.OTHR},
        programme(without=PARTNERS),
        Route.SECRETARIAT,
        "fallback",
        id="a-country-without-partner-falls-to-the-secretariat",
    ),
    pytest.param(
        {},
        programme(without=["gaz-com-m1", "gaz-com-m2"]),
        Route.COMMITTEE,
        "policy",
        id="only-worker-side-seats-decide-whether-it-stands",
    ),
    pytest.param(
        {"site": DINDIGUL},
        PROGRAMME,
        Route.PARTNER,
        "fallback",
        id="a-mill-with-one-worker-on-its-committee-has-none",
    ),
]


@pytest.mark.parametrize(("seed", "directory", "to", "why"), GIVEN)
def test_route_of_a_new_case(
    seed: dict[str, Any], directory: Directory, to: Route, why: str
) -> None:
    case = opened(directory=directory, **seed)
    assert case.route == to
    assert route(case, directory, TUESDAY.date()) == Routing(to, why)


@pytest.mark.parametrize(
    ("excluded", "to"),
    [
        pytest.param(["gaz-com-m1"], Route.COMMITTEE, id="a-manager-recused"),
        pytest.param(["gaz-com-n1"], Route.COMMITTEE, id="a-neutral-recused"),
        pytest.param(["gaz-com-w1"], Route.PARTNER, id="one-of-two-workers-recused"),
        pytest.param(
            ["gaz-com-w1", "partner-bd"], Route.PARTNER, id="one-partner-is-left"
        ),
        pytest.param(
            ["gaz-com-w1", *PARTNERS], Route.SECRETARIAT, id="every-partner-recused"
        ),
    ],
)
def test_who_is_recused_does_not_count(excluded: list[str], to: Route) -> None:
    case = replace(opened(), excluded=frozenset(map(id_of, excluded)))
    assert route(case, PROGRAMME, TUESDAY.date()).route == to


@pytest.mark.parametrize(
    ("changes", "to", "why"),
    [
        pytest.param(
            {"is_released": True, "conflict": Conflict.YES},
            Route.COMMITTEE,
            "policy",
            id="released-in-spite-of-a-yes",
        ),
        pytest.param(
            {"is_withheld": True}, Route.PARTNER, "kept", id="kept-in-spite-of-a-no"
        ),
        pytest.param(
            {"is_withheld": True, "is_released": True},
            Route.PARTNER,
            "kept",
            id="keeping-beats-releasing",
        ),
        pytest.param(
            {"category": Category.FORC, "is_released": True},
            Route.PARTNER,
            "policy",
            id="a-bypass-category-is-never-released",
        ),
    ],
)
def test_a_partner_gives_and_keeps(
    changes: dict[str, Any], to: Route, why: str
) -> None:
    case = replace(opened(), **changes)
    assert route(case, PROGRAMME, TUESDAY.date()) == Routing(to, why)
