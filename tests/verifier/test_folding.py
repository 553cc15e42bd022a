"""The verifier's way from events to what a case counts for, against the service's."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings, strategies as st

from app.statistics.fold import Told, fold
from app.statistics.measures import MEASURES as OURS, contribution, is_factory
from app.verifier.verify_ledger import MEASURES, Case, figure_of, micros
from tests.builders import PROGRAMME
from tests.verifier.book import by_case, lived

SITES = (None, "482170", "615238")
CLOCKS = ("acknowledge", "first_action", "resolve", "review")
START = datetime(2026, 7, 1, 9, tzinfo=UTC)

sites, clocks = st.sampled_from(SITES), st.sampled_from(CLOCKS)
rounds, steps = st.integers(0, 2), st.integers(0, 2)
categories = st.sampled_from(("WAGE", "HOUR", "GBVH", "INFO", "CHLD"))
severities = st.sampled_from(("S1", "S3"))
routes = st.sampled_from(("committee", "internal_committee", "partner"))
states = st.sampled_from(
    (
        *("resolved", "reopened", "closed_confirmed", "closed_declared"),
        *("closed_referred", "closed_withdrawn", "closed_unfounded"),
        *("closed_no_contact", "in_remediation", "received"),
    )
)
rungs = st.sampled_from(("factory_head", "secretariat", "brand", "partner"))
named_rungs = st.builds(
    lambda trigger, clock, turn, kind: f"rung:{trigger}:{clock}:{turn}{kind}",
    st.sampled_from(("missed", "denied")),
    st.sampled_from((*CLOCKS, "law:in:ird")),
    rounds,
    st.sampled_from(("", ":committee")),
)
moments = st.integers(0, 3000).map(lambda h: (START + timedelta(hours=h)).isoformat())
entries = st.fixed_dictionaries(
    {
        "clock": clocks,
        "round": rounds,
        "opened_at": moments,
        "promise": st.sampled_from(("4h", "")),
        "calendar": st.sampled_from(("", "zone:Asia/Dhaka", "zone:Asia/Kolkata")),
        "paused": st.just(0),
        "due_at": moments,
    }
)
OPENED = {
    "site": sites,
    "country": st.sampled_from(("BD", "IN")),
    "category": categories,
    "severity": severities,
    "route": routes,
    "channel": st.just("sms"),
    "language": st.just("bn"),
}
to = st.sampled_from(([], [["person", "a"]]))
KINDS: dict[str, dict[str, Any]] = {
    "site.set": {"site": sites, "country": st.sampled_from(("BD", "IN"))},
    "category.set": {"category": categories, "severity": severities},
    "case.rerouted": {"was": routes, "route": routes},
    "case.resolved": {},
    "case.reopened": {},
    "remediation.begun": {},
    "remediation.ended": {},
    "child.kept": {},
    "case.closed": {"state": states},
    "main.followed": {"state": states},
    "case.joined": {"stopped": st.dictionaries(clocks, moments, max_size=2)},
    "case.unjoined": {},
    "case.escalated": {
        "rung": rungs, "to": to, "clock": clocks, "round": rounds, "step": steps
    },
    "rung.answered": {"rung": named_rungs, "step": steps, "late": st.booleans()},
    "brand.promised": {},
    "reprisal.asked": {},
    "reprisal.unanswered": {},
    "reprisal.checked": {"answer": st.sampled_from(("no", "unsaid"))},
    "reprisal.reported": {},
    "remedy.finished": {"beneficiaries": st.sampled_from((None, 1, 400))},
    "pause.begun": {"until": moments},
    "pause.ended": {},
    "clock.met": {"clock": clocks, "round": rounds, "is_late": st.booleans()},
    "clock.missed": {"clock": clocks, "round": rounds},
    "text.added": {},
}  # fmt: skip

Raw = tuple[str, dict[str, Any]]
happenings: st.SearchStrategy[Raw] = st.sampled_from([*KINDS]).flatmap(
    lambda kind: st.tuples(
        st.just(kind),
        st.fixed_dictionaries(
            KINDS[kind], optional={"set": st.lists(entries, max_size=3)}
        ),
    )
)
openings: st.SearchStrategy[Raw] = st.tuples(
    st.just("case.opened"),
    st.fixed_dictionaries({**OPENED, "set": st.lists(entries, max_size=3)}),
)


def by_service(told: Sequence[Told], site: str) -> tuple[str, dict[str, int]] | None:
    facts = fold(
        UUID(int=1),
        told,
        lambda name: PROGRAMME.calendar_named(name) if name else None,
        lambda _: None,
    )
    if facts is None or not is_factory(facts) or facts.site != site:
        return None
    added = dict(zip(OURS, contribution(facts), strict=True))
    return facts.quarter, {name: count for name, count in added.items() if count}


def by_verifier(told: Iterable[Told], site: str) -> dict[str, int] | None:
    case = Case("1")
    for event in told:
        texts = {name: json.dumps(value) for name, value in event.facts.items()}
        case.take(micros(event.at.isoformat()), event.kind, texts)
    return case.measures() if case.is_known_to_committee_of(site) else None


def told_of(raw: Iterable[Raw]) -> list[Told]:
    return [
        Told(
            n,
            START + timedelta(hours=7 * n),
            kind,
            {"actor": str(UUID(int=3)), **facts},
        )
        for n, (kind, facts) in enumerate(raw)
    ]


@settings(max_examples=400, deadline=None)
@given(openings, st.lists(happenings, max_size=20))
def test_both_count_the_same_of_any_events(opened: Raw, rest: list[Raw]) -> None:
    told = told_of([opened, *rest])
    for site in SITES[1:]:
        wanted = by_service(told, str(site))
        assert by_verifier(told, str(site)) == (wanted and wanted[1])


def test_both_count_the_same_of_lives_lived_at_every_step() -> None:
    counted = 0
    for events in by_case(lived(5, 60)).values():
        told = [Told(e.seq, e.at, e.kind, e.values) for e in events]
        site = next((e.values["site"] for e in events if e.values.get("site")), "")
        for end in range(1, len(told) + 1):
            wanted = by_service(told[:end], site)
            assert by_verifier(told[:end], site) == (wanted and wanted[1])
            counted += wanted is not None
    assert counted > 100


def test_both_know_the_same_measures() -> None:
    assert set(OURS) == MEASURES


def test_rates_are_rounded_in_tenths_halves_upwards() -> None:
    sums = {"confirmed": 1, "complaints": 16}  # 6.25 per cent
    assert figure_of("confirmation_rate", sums) == 6.3
    assert figure_of("confirmation_rate", {}) is None
    assert figure_of("not_resolved", {"open": 2, "referred": 1}) == 3
