"""What a committee lacks: by the programme's rules, else by the law."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.data import load_committees
from app.domain.bodies import stands
from app.domain.composition import Composition, parse_compositions
from app.domain.directory import Directory, Person
from app.domain.errors import BadInput
from app.domain.taxonomy import Role, Route, Side
from app.domain.validity import FEWEST_WORKERS, Lack, Missing, lacks
from tests.builders import (
    DINDIGUL,
    GAZIPUR,
    SINCE,
    TIRUPPUR,
    TUESDAY,
    opened,
    person,
    programme,
)

DAY = TUESDAY.date()
BODY = Role.COMMITTEE
LAWS = load_committees()
SIDES = {"w": Side.WORKER, "m": Side.MANAGEMENT, "n": Side.NEUTRAL}


def member(name: str, site: str, role: Role, **more: Any) -> Person:
    seat = person(name, role, site, side=SIDES[name[0]], until=more.pop("until", None))
    return replace(seat, **more)


def committee(
    *members: str,
    role: Role = BODY,
    site: str = GAZIPUR,
    rules: tuple[Composition, ...] = (),
    laws: tuple[Composition, ...] = LAWS,
    workers: int | None = 900,
) -> Directory:
    """Return a programme with one body; each member as `wf1`: side, sex, her own.

    A `c` at the end presides, an `x` is from outside, an `a` an alternate.
    """
    plus = [
        member(
            name,
            site,
            role,
            sex=name[1] if name[1] in "fm" else "",
            chairs=name.endswith("c"),
            is_external=name.endswith("x"),
            is_alternate=name.endswith("a"),
        )
        for name in members
    ]
    made = programme(plus=plus)
    people = tuple(p for p in made.people if p.role is not role or p in plus)
    sites = {**made.sites, site: replace(made.sites[site], workers=workers)}
    return replace(
        made, people=people, sites=sites, committee_rules=rules, committee_laws=laws
    )


def rule(**asked: Any) -> Composition:
    usual: dict[str, Any] = {"scope": "*", "body": Route.COMMITTEE, "source": "ours"}
    return Composition(**{**usual, **asked})


def codes(found: tuple[Lack, ...]) -> dict[str, tuple[int | None, int | None]]:
    return {lack.code.value: (lack.have, lack.need) for lack in found}


@pytest.mark.parametrize(
    ("route", "site", "members", "lacking"),
    [
        pytest.param(
            Route.COMMITTEE,
            TIRUPPUR,
            ("wf1", "wf2", "mm1", "mm2c"),
            {},
            id="India-equal-sides-and-a-chair",
        ),
        pytest.param(
            Route.COMMITTEE,
            TIRUPPUR,
            ("wf1", "wf2", "wf3", "mm1c"),
            {"parity": (3, 1)},
            id="India-unequal-sides",
        ),
        pytest.param(
            Route.COMMITTEE,
            TIRUPPUR,
            (*(f"wf{n}" for n in range(6)), *(f"mm{n}" for n in range(5)), "mmc"),
            {"too_many_members": (12, 10)},
            id="India-more-than-ten",
        ),
        pytest.param(
            Route.COMMITTEE,
            TIRUPPUR,
            ("wf1", "mm1"),
            {"too_few_workers": (1, 2), "no_chair": (0, 1)},
            id="one-worker-is-never-enough",
        ),
        pytest.param(
            Route.COMMITTEE,
            GAZIPUR,
            ("wf1", "wf2", "wf3", "mm1"),
            {},
            id="Bangladesh-more-workers-than-employers",
        ),
        pytest.param(
            Route.COMMITTEE,
            GAZIPUR,
            ("wf1", "wf2", "mm1", "mm2", "mm3"),
            {"parity": (2, 3)},
            id="Bangladesh-fewer-workers",
        ),
        pytest.param(
            Route.INTERNAL_COMMITTEE,
            TIRUPPUR,
            ("wf1c", "wf2", "mm1", "mm2x"),
            {},
            id="POSH-half-women-a-woman-presides-one-from-outside",
        ),
        pytest.param(
            Route.INTERNAL_COMMITTEE,
            TIRUPPUR,
            ("wf1", "wm2", "wm3", "mm1c"),
            {
                "too_few_women": (25, 50),
                "no_woman_chair": (0, 1),
                "no_external": (0, 1),
            },
            id="POSH-all-three-are-missing",
        ),
        pytest.param(
            Route.INTERNAL_COMMITTEE,
            TIRUPPUR,
            ("wf1", "w.2", "w.3", "mm1", "m.2x"),
            {"sex_not_recorded": (3, 0), "no_chair": (0, 1)},
            id="unknown-sex-is-not-recorded-and-never-a-failing",
        ),
        pytest.param(
            Route.INTERNAL_COMMITTEE,
            GAZIPUR,
            ("wf1c", "wf2", "mm1", "mm2"),
            {"too_few_members": (4, 5), "too_few_women": (50, 51)},
            id="Bangladesh-five-and-a-majority-of-women",
        ),
        pytest.param(
            Route.SAFETY_COMMITTEE, GAZIPUR, ("wf1", "wf2"), {}, id="left-to-the-rules"
        ),
        pytest.param(
            Route.COMMITTEE,
            GAZIPUR,
            ("wf1", "wf2a", "wf3a", "mm1"),
            {"too_few_workers": (1, 2)},
            id="an-alternate-is-no-member",
        ),
        pytest.param(
            Route.COMMITTEE,
            GAZIPUR,
            (),
            {"too_few_workers": (0, 2)},
            id="nobody-at-all",
        ),
    ],
)
def test_what_the_law_would_have(
    route: Route,
    site: str,
    members: tuple[str, ...],
    lacking: dict[str, tuple[int, int]],
) -> None:
    directory = committee(*members, role=Role(route.value), site=site)
    found = lacks(route, site, directory, DAY)
    assert codes(found) == lacking
    enforced = {lack.code for lack in found if lack.is_enforced}
    assert enforced <= {Missing.WORKERS}


@pytest.mark.parametrize(
    ("workers", "is_asked"),
    [
        pytest.param(49, False, id="too-small-for-the-law"),
        pytest.param(50, True, id="large-enough"),
        pytest.param(None, True, id="nobody-said-how-many"),
    ],
)
def test_the_law_asks_by_the_size_of_the_site(
    workers: int | None, is_asked: bool
) -> None:
    directory = committee("wf1", "wf2", "mm1", "mm2", "mm3", workers=workers)
    found = lacks(Route.COMMITTEE, GAZIPUR, directory, DAY)
    assert (Missing.PARITY in {lack.code for lack in found}) == is_asked


@pytest.mark.parametrize(
    ("asked", "members", "stays"),
    [
        pytest.param({}, ("wf1", "wf2"), True, id="nothing-imported"),
        pytest.param({"fewest": 3}, ("wf1", "wf2"), False, id="too-few-members"),
        pytest.param({"fewest": 2}, ("wf1", "wf2"), True, id="enough-members"),
        pytest.param({"fewest_workers": 3}, ("wf1", "wf2"), False, id="workers"),
        pytest.param({"fewest_workers": 1}, ("wf1",), False, id="never-fewer-than-two"),
        pytest.param({"parity": "equal"}, ("wf1", "wf2", "mm1"), False, id="unequal"),
        pytest.param(
            {"parity": "workers_not_fewer"}, ("wf1", "wf2", "mm1"), True, id="parity"
        ),
        pytest.param({"women_percent": 50}, ("wm1", "wm2"), False, id="no-women"),
        pytest.param({"women_percent": 50}, ("w.1", "w.2"), True, id="not-recorded"),
        pytest.param({"quorum": 3}, ("wf1", "wf2"), False, id="no-quorum"),
    ],
)
def test_what_is_imported_takes_cases_away(
    asked: dict[str, Any], members: tuple[str, ...], stays: bool
) -> None:
    rules = (rule(**asked),) if asked else ()
    directory = committee(*members, rules=rules)
    held = stands(Route.COMMITTEE, opened(), directory, DAY)
    assert held == stays
    case = opened(directory=directory)
    assert (case.route is Route.COMMITTEE) == stays
    found = lacks(Route.COMMITTEE, GAZIPUR, directory, DAY)
    assert any(lack.is_enforced for lack in found) != stays


def test_what_only_the_law_asks_takes_no_case_away() -> None:
    directory = committee("wf1", "wf2", "mm1", "mm2", "mm3")
    found = lacks(Route.COMMITTEE, GAZIPUR, directory, DAY)
    assert [lack.code for lack in found] == [Missing.PARITY]
    assert "Participation Committee" in found[0].source
    assert opened(directory=directory).route is Route.COMMITTEE


def test_a_quorum_counts_who_is_left_for_this_case() -> None:
    directory = committee("wf1", "wf2", "wf3", "mm1", rules=(rule(quorum=4),))
    case = opened(directory=directory)
    assert case.route is Route.COMMITTEE
    gone = next(p for p in directory.people if p.name == "wf3")
    less = replace(case, excluded=frozenset({gone.id}))
    assert not stands(Route.COMMITTEE, less, directory, DAY)


@pytest.mark.parametrize(
    ("scopes", "need"),
    [
        pytest.param({"*": 3}, 3, id="everywhere"),
        pytest.param({"*": 3, "BD": 4}, 4, id="the-country-before-everywhere"),
        pytest.param({"BD": 4, "Gazipur": 5}, 5, id="the-region-before-the-country"),
        pytest.param({"Gazipur": 5, GAZIPUR: 6}, 6, id="the-site-before-its-region"),
        pytest.param({"IN": 9}, None, id="not-another-country"),
    ],
)
def test_the_most_specific_rule_holds(scopes: dict[str, int], need: int | None) -> None:
    rules = tuple(rule(scope=scope, fewest=n) for scope, n in scopes.items())
    directory = committee("wf1", "wf2", rules=rules)
    found = codes(lacks(Route.COMMITTEE, GAZIPUR, directory, DAY))
    assert found.get("too_few_members", (None, None))[1] == need


def test_a_term_that_ended_is_named_where_its_place_is_still_empty() -> None:
    ended = DAY - timedelta(days=3)
    old = member("w-old", GAZIPUR, BODY, until=ended)
    directory = committee("wf1", "mm1")
    short = replace(directory, people=(*directory.people, old))
    found = lacks(Route.COMMITTEE, GAZIPUR, short, DAY)
    assert (Missing.TERM, ended) in {(lack.code, lack.day) for lack in found}
    directory = committee("wf1", "wf2", "mm1")
    filled = replace(directory, people=(*directory.people, old))
    assert lacks(Route.COMMITTEE, GAZIPUR, filled, DAY) == ()


@given(st.lists(st.sampled_from(["wf", "wm", "w.", "mf", "mm", "m."]), max_size=12))
def test_recording_a_sex_as_woman_never_makes_a_committee_lack_more(
    kinds: list[str],
) -> None:
    asked = (rule(women_percent=50),)
    before = [f"{kind}{n}" for n, kind in enumerate(kinds)]
    after = [name.replace(".", "f") for name in before]
    enforced = [
        any(
            lack.code is Missing.WOMEN
            for lack in lacks(
                Route.COMMITTEE, GAZIPUR, committee(*names, rules=asked), DAY
            )
        )
        for names in (before, after)
    ]
    assert enforced[0] == enforced[1]


def test_nobody_asks_a_partner_or_a_place_unknown() -> None:
    directory = committee("wf1")
    assert lacks(Route.PARTNER, GAZIPUR, directory, DAY) == ()
    assert lacks(Route.COMMITTEE, "999999", directory, DAY) == ()
    assert FEWEST_WORKERS == 2
    assert lacks(Route.COMMITTEE, DINDIGUL, directory, SINCE - timedelta(days=1)) != ()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("[[committee", "not TOML", id="no-table"),
        pytest.param('[[committee]]\nscope = "IN"', "body is missing", id="no-body"),
        pytest.param(
            '[[committee]]\nscope="IN"\nbody="partner"\nsource="s"\ntitle="t"\n'
            'confidence="A"',
            "partner is no committee",
            id="no-committee",
        ),
        pytest.param(
            '[[committee]]\nscope="IN"\nbody="committee"\nsource="s"\ntitle="t"\n'
            'confidence="A"\nparity="most"',
            "parity: one of",
            id="no-parity",
        ),
        pytest.param(
            '[[committee]]\nscope="IN"\nbody="committee"\nsource="s"\ntitle="t"\n'
            'confidence="A"\nfewest=-1',
            "fewest: write a whole number",
            id="no-number",
        ),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(text: str, said: str) -> None:
    with pytest.raises(BadInput, match=said.replace("[", r"\[")):
        parse_compositions(text)


def test_every_row_of_the_law_has_a_source_and_a_confidence() -> None:
    assert all(law.source and law.confidence in "ABC" for law in LAWS)
    assert {law.scope for law in LAWS} == {"IN", "BD"}
    assert date(2026, 9, 1) == DAY
