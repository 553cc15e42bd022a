"""What a brand may read: cut in one place, and never put together again."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from app.domain import commands as verbs
from app.domain.answer_times import answer_times
from app.domain.brand_view import (
    Bundle,
    Day,
    Depth,
    Happened,
    Seat,
    ToldRung,
    Tried,
    awaited,
    bundle,
)
from app.domain.case import CaseFile, Decision, Recipient
from app.domain.directory import Directory
from app.domain.errors import BadInput, Refused
from app.domain.leading import hand_lead, lead_of
from app.domain.policy import Policy
from app.domain.remedies import planned
from app.domain.strike import strike
from app.domain.taxonomy import PROTECTED, Category, Clock, Severity, State
from tests.builders import (
    DAYS,
    DINDIGUL,
    GAZIPUR,
    HOURS,
    POLICY,
    PROGRAMME,
    SITES,
    TIRUPPUR,
    TUESDAY,
    act,
    by,
    due,
    id_of,
    named,
    opened,
    programme,
    told,
)

LATER = TUESDAY + 60 * DAYS
EVENTS = (
    Happened(TUESDAY + HOURS, "case.acknowledged"),
    Happened(TUESDAY + 2 * HOURS, "note.added"),
    Happened(TUESDAY + 3 * HOURS, "member.excluded"),
    Happened(TUESDAY + DAYS, "case.started"),
)
TO_NORDA = (Recipient("brand", "norda"),)


def rung(reason: str = "missed", clock: str = "resolve", **more: Any) -> ToldRung:
    step = more.pop("step", 0)
    return ToldRung(
        more.pop("at", TUESDAY + 20 * DAYS),
        clock,
        0,
        reason,
        step,
        more.pop("to", TO_NORDA),
        **more,
    )


def cut(
    case: CaseFile,
    *rungs: ToldRung,
    brand: str = "norda",
    directory: Directory = PROGRAMME,
    events: Sequence[Happened] = EVENTS,
) -> Bundle | None:
    return bundle(case, brand, directory, rungs=rungs, events=events, at=LATER)


def rungs_of(decision: Decision) -> list[ToldRung]:
    return [
        ToldRung(LATER, e.clock, e.round, e.reason, e.step, e.recipients)
        for e in decision.escalations
        if e.rung == "brand"
    ]


def missed(case: CaseFile, directory: Directory = PROGRAMME) -> Decision:
    """Let the promise to resolve pass."""
    return strike(case, directory, False, due(case, Clock.RESOLVE))


def small(workers: int | None) -> Directory:
    sites = {s.code: replace(s, workers=workers) for s in SITES}
    return replace(PROGRAMME, sites=sites)


# How much.


def test_who_was_not_told_reads_nothing() -> None:
    assert cut(opened()) is None
    assert cut(opened(), rung(), brand="kesto") is None


def test_a_missed_date_lets_the_brand_read_the_coded_facts() -> None:
    decision = missed(opened())
    read = cut(decision.case, *rungs_of(decision))
    assert read is not None
    assert read.depth is Depth.WHOLE
    assert read.number == decision.case.number
    assert read.site is not None
    assert (read.site.code, read.category, read.severity, read.state) == (
        GAZIPUR,
        Category.WAGE,
        Severity.S3,
        State.RECEIVED,
    )
    assert [tried for _, tried in read.tried] == [
        Tried.ACKNOWLEDGED,
        Tried.FIRST_ACTION,
    ]
    steps = {step.name: step for step in read.clocks}
    assert steps["resolve"].is_missed
    assert steps["resolve"].late_by is not None
    assert steps["resolve"].late_by % timedelta(hours=1) == timedelta()
    assert set(read.ask) == {"partner-bd@example.org", "partner-bd-2@example.org"}


def test_the_way_to_the_site_is_that_of_the_brand_on_the_day_it_came() -> None:
    case = opened(site=DINDIGUL, country="IN")
    read = cut(case, rung())
    assert read is not None
    (path,) = read.paths
    assert path.brand == "Norda"
    assert path.through is not None
    assert (path.through.code, path.site.code) == (TIRUPPUR, DINDIGUL)
    assert path.since.year == 2025


@pytest.mark.parametrize("category", sorted(PROTECTED))
def test_of_a_protected_case_only_the_country_and_whom_to_ask(
    category: Category,
) -> None:
    case = opened(category=category)
    read = cut(case, rung("alert", "alert"), rung())
    assert read == Bundle(
        Depth.ALERT,
        "BD",
        ("partner-bd@example.org", "partner-bd-2@example.org"),
        ("resolve",),
    )


def test_an_alert_names_the_number_where_the_category_is_no_protected_one() -> None:
    case = opened(category=Category.FORC)
    read = cut(case, rung("alert", "alert"))
    assert read is not None
    assert (read.depth, read.number, read.site) == (Depth.ALERT, case.number, None)


def test_a_release_lets_brands_read_a_protected_case() -> None:
    case = replace(opened(category=Category.GBVH), is_released_to_brand=True)
    read = cut(case, rung("alert", "alert"))
    assert read is not None
    assert read.depth is Depth.WHOLE


def test_a_cluster_is_no_case() -> None:
    read = cut(opened(), rung("cluster", "WAGE"))
    assert read is not None
    assert (read.depth, read.number, read.clocks) == (Depth.CLUSTER, None, ())
    assert (read.site and read.site.code, read.category) == (GAZIPUR, Category.WAGE)
    assert read.count == (POLICY.cluster and POLICY.cluster.cases)
    assert not read.has_thread


def test_what_an_alert_and_a_cluster_said_apart_is_not_put_together() -> None:
    case = opened(category=Category.FORC)
    read = cut(case, rung("alert", "alert"), rung("cluster", "FORC"))
    assert read is not None
    assert (read.depth, read.number, read.site) == (Depth.ALERT, case.number, None)


def worded(wording: str) -> Policy:
    ladders = tuple(
        replace(
            ladder,
            steps=tuple(replace(step, wording=wording) for step in ladder.steps),
        )
        for ladder in POLICY.ladders
    )
    return replace(POLICY, ladders=ladders)


@pytest.mark.parametrize(
    ("wording", "depth", "has_number", "has_site"),
    [
        ("named", Depth.WHOLE, True, True),
        ("general", Depth.GENERAL, False, True),
        ("veiled", Depth.ALERT, True, False),
    ],
)
def test_a_page_says_no_more_than_the_policy_let_the_notice_say(
    wording: str, depth: Depth, has_number: bool, has_site: bool
) -> None:
    directory = programme(policy=worded(wording))
    read = cut(opened(directory=directory), rung(), directory=directory)
    assert read is not None
    assert read.depth is depth
    assert (read.number is not None, read.site is not None) == (has_number, has_site)


def test_a_life_in_danger_by_its_own_hand_is_no_brands_business() -> None:
    assert cut(opened(category=Category.CRIS), rung()) is None


def test_a_case_that_moved_out_of_the_chain_is_gone() -> None:
    case = replace(opened(), site=TIRUPPUR, country="IN")
    assert cut(case, rung(to=(Recipient("brand", "kesto"),)), brand="kesto") is None


@pytest.mark.parametrize("workers", [None, 1, 49])
def test_of_a_small_site_there_are_months_only(workers: int | None) -> None:
    decision = missed(opened())
    read = cut(decision.case, *rungs_of(decision), directory=small(workers))
    assert read is not None
    days = [read.opened_on, *(step.due_on for step in read.clocks)]
    days += [day for day, _ in read.tried]
    assert all(day is not None and day.is_month and day.day.day == 1 for day in days)
    assert all(step.late_by is None for step in read.clocks)


def test_of_a_larger_site_there_are_days_and_never_a_minute() -> None:
    read = cut(opened(), rung(), directory=small(50))
    assert read is not None
    assert read.opened_on == Day(TUESDAY.date(), False)


# What a veiled case does not tell.

_texts = st.sampled_from(["", "sms", "ivr", "web", "+880", "bn", "ta"])


@given(
    st.sampled_from(sorted(PROTECTED)),
    st.sampled_from([TIRUPPUR, DINDIGUL]),
    st.sampled_from(list(Severity)),
    st.sampled_from(list(State)),
    st.integers(0, 400),
    _texts,
    st.lists(st.sampled_from([event.kind for event in EVENTS]), max_size=4),
    st.sampled_from(["10000007", "20000004"]),
    st.booleans(),
)
def test_no_field_of_a_veiled_bundle_depends_on_the_case(
    category: Category,
    site: str,
    severity: Severity,
    state: State,
    hours: int,
    text: str,
    kinds: list[str],
    number: str,
    is_raised: bool,
) -> None:
    case = replace(
        opened(category=Category.GBVH, site=TIRUPPUR, country="IN"),
        category=category,
        site=site,
        severity=severity,
        state=state,
        opened_at=TUESDAY + hours * HOURS,
        channel=text,
        hotline=text,
        language=text,
        number=number,
        is_raised=is_raised,
    )
    read = cut(
        case,
        rung("alert", "alert"),
        rung(),
        events=[Happened(TUESDAY + hours * HOURS, kind) for kind in kinds],
    )
    assert read is not None
    plain = Bundle(Depth.ALERT, "IN", ("partner-tn@example.org",), ("resolve",))
    assert asdict(read) == asdict(plain)


@given(
    st.sampled_from(list(Category)),
    st.lists(
        st.sampled_from(
            [
                ("alert", "alert"),
                ("missed", "resolve"),
                ("cluster", "WAGE"),
                ("not_solved", "confirmation"),
                ("unknown", "x"),
            ]
        ),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
)
def test_a_number_beside_a_site_is_read_only_where_a_notice_named_both(
    category: Category, reasons: list[tuple[str, str]], is_released: bool
) -> None:
    case = replace(opened(category=category), is_released_to_brand=is_released)
    read = cut(case, *(rung(*each) for each in reasons))
    if read is None:
        assert category is Category.CRIS
        return
    may = is_released if category in PROTECTED else False
    named_both = {reason for reason, _ in reasons} & {"missed", "not_solved"}
    if read.number is not None and read.site is not None:
        assert may or (category not in PROTECTED and named_both)
    if category in PROTECTED and not is_released:
        assert (read.number, read.site, read.category) == (None, None, None)


# Who leads.

SEATS = (
    Seat("norda", TUESDAY + DAYS),
    Seat("kesto", TUESDAY + DAYS),
)


def shares(norda: float | None, kesto: float | None) -> Directory:
    bought = {"norda": norda, "kesto": kesto}
    return replace(
        PROGRAMME,
        sourcing=tuple(
            replace(row, share=bought.get(row.brand)) for row in PROGRAMME.sourcing
        ),
    )


@pytest.mark.parametrize(
    ("norda", "kesto", "leads"),
    [(30, 10, "norda"), (10, 30, "kesto"), (None, None, "kesto")],
)
def test_who_buys_most_leads(
    norda: float | None, kesto: float | None, leads: str
) -> None:
    lead = lead_of(opened(), SEATS, shares(norda, kesto))
    assert lead is not None
    assert (lead.brand, lead.is_handed) == (leads, False)


def _hand(case: CaseFile, to: str, who: str, seats: Sequence[Seat] = SEATS) -> Decision:
    person = by(who).person
    assert person is not None
    return hand_lead(
        case,
        to,
        seats,
        by=person,
        directory=shares(30, 10),
        at=LATER,
        through="page",
    )


def test_the_lead_is_handed_on_and_its_new_brand_is_told() -> None:
    decision = _hand(opened(), "kesto", "norda-buyer")
    assert told(decision, "lead_handed") == {"brand kesto"}
    lead = lead_of(decision.case, SEATS, shares(30, 10))
    assert lead is not None
    assert (lead.brand, lead.is_handed) == ("kesto", True)
    with pytest.raises(Refused):
        _hand(decision.case, "norda", "norda-buyer")
    back = _hand(decision.case, "norda", "kesto-desk")
    assert back.case.brand_lead == "norda"


def test_later_notices_name_the_brand_that_has_the_lead() -> None:
    case = _hand(opened(directory=shares(30, 10)), "kesto", "norda-buyer").case
    decision = missed(case, shares(30, 10))
    parts = {
        next(iter(named([o.recipient]))): o.params["part"]
        for o in decision.owed
        if o.template == "brand_missed"
    }
    assert parts["brand kesto"] == "lead"
    assert parts["brand norda"] == "copy"


@pytest.mark.parametrize(
    ("to", "who"),
    [("kesto", "kesto-desk"), ("norda", "norda-buyer"), ("silva", "norda-buyer")],
)
def test_only_the_lead_hands_it_to_another_that_was_told(to: str, who: str) -> None:
    with pytest.raises(Refused):
        _hand(opened(), to, who)


# Who is waited for, and how long it took.


def test_a_brand_is_awaited_until_it_answers_but_not_where_it_has_no_number() -> None:
    buyer = by("norda-buyer").person
    assert buyer is not None
    decision = missed(opened())
    at = LATER - 30 * DAYS
    timer = awaited(decision.case, buyer, PROGRAMME, at)
    assert timer is not None
    answered = act(decision.case, verbs.Answer(), "norda-buyer", at=at)
    assert awaited(answered.case, buyer, PROGRAMME, at) is None
    veiled = missed(opened(category=Category.DISC))
    assert awaited(veiled.case, buyer, PROGRAMME, at) is None


def test_answers_are_measured_for_each_brand() -> None:
    both = (Recipient("brand", "norda"), Recipient("brand", "kesto"))
    norda, partner = str(id_of("norda-buyer")), str(id_of("partner-bd"))
    at = TUESDAY
    times = answer_times(
        [
            rung(at=at, to=both, answered_at=at + 2 * HOURS, answered_by=norda),
            rung(at=at + DAYS, to=both, answered_at=at + 2 * DAYS, answered_by=partner),
            rung(at=at + 3 * DAYS, to=both),
        ],
        PROGRAMME,
    )
    assert (times["norda"].told, times["norda"].answered, times["norda"].waiting) == (
        3,
        2,
        1,
    )
    assert times["norda"].median == timedelta(hours=13)
    assert times["norda"].last == timedelta(days=1)
    assert (times["kesto"].answered, times["kesto"].median) == (1, timedelta(days=1))


# The remedy plan.


@pytest.mark.parametrize(
    ("form", "says"),
    [
        (("no", "brand", "2026-10-01", "Pay."), "root cause"),
        (("price", "no", "2026-10-01", "Pay."), "root cause"),
        (("price", "brand", "soon", "Pay."), "year-month-day"),
        (("price", "brand", "2026-08-31", "Pay."), "from today"),
        (("price", "brand", "2036-08-31", "Pay."), "from today"),
        (("price", "brand", "2026-10-01", "  "), "what will be done"),
        (("price", "brand", "2026-10-01", "x" * 2001), "2000"),
    ],
)
def test_a_plan_says_why_who_when_and_what(
    form: tuple[str, str, str, str], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        planned(*form, today=TUESDAY.date())
    assert planned("price", "brand", "2026-09-01", "Pay.", today=TUESDAY.date())


def test_a_step_that_only_ended_with_the_case_is_not_called_done() -> None:
    case = act(opened(), verbs.Acknowledge(), "gaz-com-w1", at=TUESDAY + HOURS).case
    over = TUESDAY + 2 * HOURS
    ended = act(case, verbs.Unfounded(note="A test."), "partner-bd", at=over).case
    kept = (Happened(TUESDAY + HOURS, "clock.met"),)
    read = cut(ended, rung(), events=kept)
    assert read is not None
    steps = {step.name: step for step in read.clocks}
    assert steps["acknowledge"].met_on is not None
    assert not steps["acknowledge"].is_ended
    assert steps["resolve"].is_ended
    assert steps["resolve"].met_on is None
