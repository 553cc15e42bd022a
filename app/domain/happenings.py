"""What staff record of what happened: it starts and meets the law's clocks."""

from datetime import date, timedelta

from app.domain.authority import Refusal
from app.domain.case import LAW, Milestone
from app.domain.closing import need_reason
from app.domain.commands import Extend, Formal, Happened
from app.domain.draft import Draft
from app.domain.durations import Duration, parse_term
from app.domain.laws import BEFORE, Happening, Law
from app.domain.statutory import extended
from app.domain.taxonomy import State

# Of these only the day helps, and it lies before the telling.
_NEEDS_DAY = BEFORE | {Happening.WAGE_PERIOD_ENDED, Happening.APPOINTED}
# What a body of the factory does itself, and so may record.
_OF_BODY = frozenset(
    {
        Happening.COPY_SENT,
        Happening.REPLY_RECEIVED,
        Happening.INQUIRY_ENDED,
        Happening.REPORT_SENT,
        Happening.EMPLOYER_ACTED,
        Happening.DECISION,
        Happening.APPEAL_DECIDED,
        Happening.WAGES_PAID,
        Happening.DUES_PAID,
        Happening.CONTRIBUTION_PAID,
        Happening.REGISTERED,
    }
)
# Steps of an inquiry, which only a written complaint begins.
_OF_INQUIRY = frozenset(
    {
        Happening.COPY_SENT,
        Happening.REPLY_RECEIVED,
        Happening.INQUIRY_ENDED,
        Happening.REPORT_SENT,
    }
)
_LONG_AGO = timedelta(days=3653)


def happened(draft: Draft, command: Happened, _to: State) -> None:
    """Something that a law looks at; without a day it was now."""
    _need_recordable(draft, command)
    if command.on is None and command.what in _NEEDS_DAY:
        raise Refusal("no_day", "Give the day on which it was: --on DATE.")
    if command.what is Happening.COUNSEL_REASON:
        need_reason(command)
    _remember(draft, command.what, command.on)
    draft.record(
        "milestone.recorded",
        command.note,
        what=command.what.value,
        on=command.on.isoformat() if command.on else None,
    )


def _need_recordable(draft: Draft, command: Happened) -> None:
    what, case = command.what, draft.case
    if what is Happening.OPENED:
        raise Refusal("opened", "The case records its own beginning.")
    if what is Happening.FORMAL:
        raise Refusal("formal", "A written complaint has its own verb: formal.")
    if draft.person.role.is_factory_side and what not in _OF_BODY:
        raise Refusal("not_own", "A body records only what it did itself.")
    if what in _OF_INQUIRY and not case.is_formal:
        raise Refusal(
            "informal",
            "There is no written complaint yet: a partner records it with formal.",
        )
    if what is Happening.CHILD_SEXUAL_OFFENCE and not _starts(draft, what):
        raise Refusal(
            "no_duty",
            "This mark is for CHLD and GBVH cases in India: set the category first.",
        )


def _starts(draft: Draft, what: Happening) -> bool:
    """Return whether it starts a clock of a law that the case is about."""
    laws = draft.directory.laws_of(draft.case.country, draft.case.category)
    return any(what in law.starts for law in laws)


def make_formal(draft: Draft, command: Formal, _to: State) -> None:
    """The worker complains in writing: her wish, said in the note."""
    if not command.note.strip():
        raise Refusal("no_consent", "Write that the worker wants this: --note TEXT.")
    if draft.case.is_formal:
        raise Refusal("formal", "The written complaint is on record already.")
    if not _starts(draft, Happening.FORMAL):
        raise Refusal(
            "no_formal", "No law in this table looks at a written complaint here."
        )
    _remember(draft, Happening.FORMAL, command.on)
    on = command.on.isoformat() if command.on else None
    draft.record("case.formalised", command.note, was="informal", on=on)


def _remember(draft: Draft, what: Happening, on: date | None) -> None:
    if on is not None and not draft.day - _LONG_AGO <= on <= draft.day:
        raise Refusal("day", "The day must be today or lie within the last ten years.")
    at = draft.at if on is None else None
    milestone = Milestone(what, on, at, recorded_at=draft.at)
    draft.change(milestones=(*draft.case.milestones, milestone))


def extend(draft: Draft, command: Extend, _to: State) -> None:
    """Whoever may lengthen a term of the law did so, and gave a reason."""
    need_reason(command)
    law = draft.directory.law(command.law)
    clock = draft.case.deadline(LAW + command.law)
    if law is None or clock is None or clock.met_at is not None:
        raise Refusal("no_law_clock", "No clock of that law runs in this case.")
    assert law.length is not None
    term = parse_term(clock.promise)
    longer = Duration(term.amount + command.by.amount, term.unit)
    _need_allowed(law, command.by, longer.amount - law.length.amount)
    moved = extended(draft, law, clock, longer)
    draft.put(moved)
    draft.record(
        "law.extended",
        command.note,
        law=law.id,
        by=str(command.by),
        was=clock.due_at.isoformat(),
        due_at=moved.due_at.isoformat(),
    )


def _need_allowed(law: Law, by: Duration, in_all: int) -> None:
    most = law.may_extend
    if most is None:
        raise Refusal("no_extension", "The law knows no extension of this term.")
    if by.unit != most.unit or in_all > most.amount:
        raise Refusal(
            "extension", f"The law extends this term by {most} in all, and no more."
        )
