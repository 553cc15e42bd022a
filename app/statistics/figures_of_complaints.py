"""The figures of complaints: what is counted of them, each in one sentence."""

from collections.abc import Iterator, Mapping

from app.statistics.definition import (
    COHORT,
    RECEIVED,
    Definition,
    Spread,
    Unit,
    Way,
    percentiles,
    rated,
    summed,
)
from app.statistics.model import Stage

_STAGES: Mapping[Stage, tuple[str, str]] = {
    Stage.ACKNOWLEDGE: ("Acknowledged", "the body said that it has read it"),
    Stage.FIRST_ACTION: ("First action", "the body took a first step"),
    Stage.RESOLVE: ("Resolved", "the solution that stands was declared"),
}


def _stage(stage: Stage) -> Iterator[Definition]:
    name, until = _STAGES[stage]
    yield summed(
        f"{stage}_in_time",
        f"{name} in time",
        f"Complaints received in the period of which {until} before the time that was"
        " promised had passed.",
        spread=Spread.ALL,
    )
    yield summed(
        f"{stage}_late",
        f"{name} late, or overdue",
        f"Complaints received in the period of which {until} after the promised time,"
        " or of which that time has passed without it.",
        spread=Spread.ALL,
    )
    yield summed(
        f"{stage}_running",
        f"{name}: not due",
        "Complaints received in the period of which that promise is not due yet, or"
        " ended with the case before it was due.",
        spread=Spread.ALL,
    )
    yield rated(
        f"{stage}_on_time_share",
        f"{name} in time, share",
        f"In time, by in time and late together: {COHORT} whose promise was kept or"
        " has passed.",
        (f"{stage}_in_time",),
        (f"{stage}_in_time", f"{stage}_late"),
        spread=Spread.ALL,
    )
    ends = ("receipt", until)
    yield from percentiles(stage, name, ends, ("clock", "working"), Spread.HOURS)


def _received() -> Iterator[Definition]:
    yield Definition(
        "contacts",
        "Contacts",
        "Calls that were answered, missed ones that were to be returned, and texts or"
        " forms that opened a case, greeted, asked or mistyped, in the period; what is"
        " said later of a case that is there is none, nor are test calls. They are"
        " counted by the day and leave no event, so that nobody's call leaves a trace.",
        Unit.CONTACTS,
        way=Way.COUNT,
    )
    yield Definition(
        "test_calls",
        "Test calls",
        "Contacts that only tried whether the line works; counted like contacts.",
        Unit.CONTACTS,
        way=Way.COUNT,
    )
    yield summed(
        "complaints",
        "Complaints",
        "What workers brought in the period that is more than a question (INFO); each"
        " counts, also where several about one matter were joined.",
        spread=Spread.ALL,
    )
    yield summed(
        "parts",
        "Complaints joined to another",
        "Complaints received in the period that are worked as a part of another one;"
        " they stand as that one stands, and have no promises of their own.",
    )
    yield summed(
        "info",
        "Questions",
        "What was received in the period that is a question (INFO) and no complaint.",
        unit=Unit.CASES,
    )
    yield summed(
        "cases",
        "Cases",
        "Complaints received in the period, those that were joined counted as one: what"
        " bodies have to work on.",
        unit=Unit.CASES,
    )
    yield summed(
        "people_affected",
        "People affected",
        "One person for each complaint received in the period, joined ones included,"
        " or as many as the largest number of beneficiaries of one of its remedies.",
        "affected",
        unit=Unit.PEOPLE,
    )
    yield summed(
        "history",
        "Logged before Threadline",
        "Complaints received in the period that were logged on paper or in lists and"
        " imported; every figure that has them in it says so.",
    )


def _outcomes() -> Iterator[Definition]:
    yield summed(
        "resolved",
        "Resolved",
        "Complaints received in the period that stand as solved today: confirmed by"
        " the worker, or declared only.",
        *("confirmed", "declared"),
        spread=Spread.ALL,
    )
    worded = (
        ("confirmed", "Resolved, confirmed", "the worker said are solved."),
        (
            "declared",
            "Resolved, declared only",
            "the body said are solved and the worker has neither confirmed nor denied.",
        ),
    )
    for figure, name, rule in worded:
        yield summed(figure, name, f"{RECEIVED} that {rule}", spread=Spread.ALL)
    yield summed(
        "confirmation_unrecorded",
        "Confirmation not recorded",
        "Complaints logged before Threadline and resolved, of which nobody recorded"
        " whether the worker confirmed; they are among those declared only.",
        "unrecorded",
    )
    yield summed(
        "not_resolved",
        "Not resolved",
        f"{RECEIVED} that do not stand as solved today, open ones among them.",
        *("in_remediation", "referred", "withdrawn", "unfounded", "no_contact", "open"),
        spread=Spread.ALL,
    )
    rest = (
        (
            "in_remediation",
            "In remediation",
            "stand in remediation of forced or child labour, with a dated next review.",
        ),
        ("referred", "Referred", "were closed and passed on to somebody outside."),
        ("withdrawn", "Withdrawn", "the worker took back."),
        (
            "unfounded",
            "Unfounded",
            "were closed because nothing was found to be wrong.",
        ),
        (
            "no_contact",
            "Closed without contact",
            "were closed after attempts on three days in which nobody was reached.",
        ),
        ("open", "Open", "are open today, reopened ones among them."),
    )
    for figure, name, rule in rest:
        yield summed(figure, name, f"{RECEIVED} that {rule}")
    yield rated(
        "resolution_rate",
        "Resolution rate",
        "Resolved, by all complaints received in the period: open ones are in the"
        " denominator, and so is every other end.",
        ("confirmed", "declared"),
        spread=Spread.ALL,
    )
    yield rated(
        "confirmation_rate",
        "Confirmation rate",
        "Confirmed by the worker, by all complaints received in the period, open ones"
        " included.",
        ("confirmed",),
        spread=Spread.ALL,
    )
    yield rated(
        "declared_rate",
        "Declared only, share",
        "Declared solved and not confirmed, by all complaints received in the period.",
        ("declared",),
        spread=Spread.ALL,
    )


def _climbing() -> Iterator[Definition]:
    for rung, who in (
        ("committee", "the whole committee"),
        ("partner", "a partner"),
        ("head", "the factory's head"),
        ("first_tier", "the head of a first-tier site"),
        ("secretariat", "the programme's secretariat"),
        ("brand", "a brand"),
    ):
        yield summed(
            f"escalated_{rung}",
            f"Escalated to {who}",
            f"Complaints received in the period of which {who} was told on a rung of"
            " escalation, be it for a missed promise, a no of the worker, or danger.",
            f"rung_{rung}",
        )
        yield rated(
            f"escalated_{rung}_share",
            f"Escalated to {who}, share",
            f"Complaints of which {who} was told, by all received in the period.",
            (f"rung_{rung}",),
        )
    yield summed(
        "brand_answered",
        "Answered by a brand",
        "Complaints of which a brand was told and has promised or answered anything, by"
        " itself or through a partner.",
    )
    yield rated(
        "brand_answer_share",
        "Answered by a brand, share",
        "Answered, by all complaints received in the period of which a brand was told.",
        ("brand_answered",),
        ("brand_asked",),
    )
    yield from percentiles(
        "brand",
        "Answer of a brand",
        ("when a brand was told", "a brand had answered"),
        ("clock",),
        Spread.WHOLE,
    )


def _afterwards() -> Iterator[Definition]:
    yield summed(
        "reopened",
        "Reopened",
        "Complaints received in the period that were opened again at least once.",
    )
    yield rated(
        "reopened_share",
        "Reopened, share",
        "Reopened, by all complaints received in the period.",
        ("reopened",),
    )
    yield summed(
        "reprisal_asked",
        "Asked about reprisals",
        "Complaints received in the period whose worker was asked after the end, at 30"
        " or 90 days, whether anybody made her pay for it.",
    )
    for word, rule in (
        ("yes", "said that somebody did; each opens a case of its own."),
        ("no", "said last that nobody did."),
        ("unsaid", "did last not know, or did not want to say."),
        ("unanswered", "has answered nothing in 14 days."),
    ):
        yield summed(
            f"reprisal_{word}",
            f"Reprisals: {word}",
            f"Complaints received in the period whose worker was asked and {rule}",
        )
    yield rated(
        "reprisals_per_100",
        "Reprisals in 100",
        "Complaints whose worker reported a reprisal, in 100 of those received in the"
        " period whose worker was asked.",
        ("reprisal_yes",),
        ("reprisal_asked",),
        unit=Unit.PER_100,
    )
    yield summed(
        "paused",
        "Paused",
        "Complaints received in the period whose clocks waited for the worker at some"
        " time.",
    )
    yield rated(
        "paused_share",
        "Paused, share",
        "Paused, by all complaints received in the period.",
        ("paused",),
    )
    yield summed(
        "bypassed",
        "Kept from committees",
        "Complaints received in the period that no committee of a factory handles.",
    )
    yield rated(
        "bypassed_share",
        "Kept from committees, share",
        "Kept from committees, by all complaints received in the period.",
        ("bypassed",),
    )


def of_complaints() -> Iterator[Definition]:
    """Give them in the order in which they are told."""
    yield from _received()
    yield from _outcomes()
    for stage in Stage:
        yield from _stage(stage)
    yield from _climbing()
    yield from _afterwards()
