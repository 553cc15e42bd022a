"""What staff record of what happened: it starts and meets the law's clocks."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, timedelta
from types import MappingProxyType

from app.domain.authority import Refusal
from app.domain.bodies import partners, secretariat
from app.domain.case import LAW, Milestone
from app.domain.closing import need_reason
from app.domain.commands import Extend, Formal, Happened
from app.domain.draft import Draft, to_people
from app.domain.durations import Duration, parse_term
from app.domain.laws import BEFORE, Happening, Law, bears_on_rights
from app.domain.notices import named
from app.domain.statutory import extended, moment, start_of
from app.domain.taxonomy import Role, State

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
# Only where the law asks whether a child was offended against.
_OF_CHILD = frozenset({Happening.CHILD_SEXUAL_OFFENCE, Happening.NO_SEXUAL_OFFENCE})
# What cannot have been before another thing was: these where they are known.
_NOT_BEFORE: Mapping[Happening, Happening] = MappingProxyType(
    {
        Happening.DECISION: Happening.GRIEVANCE_SENT,
        Happening.CONCILIATION_ASKED: Happening.GRIEVANCE_SENT,
        Happening.APPEAL_DECIDED: Happening.APPEALED,
        Happening.COPY_SENT: Happening.FORMAL,
        Happening.REPLY_RECEIVED: Happening.COPY_SENT,
        Happening.INQUIRY_ENDED: Happening.FORMAL,
        Happening.REPORT_SENT: Happening.INQUIRY_ENDED,
        Happening.EMPLOYER_ACTED: Happening.REPORT_SENT,
    }
)
_LONG_AGO = timedelta(days=3653)


def happened(draft: Draft, command: Happened, _to: State) -> str | None:
    """Something that a law looks at; without a day it was now.

    On a right of the worker's only who stands outside the factory has a word,
    and only a partner's makes a day later that is known.
    """
    _need_recordable(draft, command)
    if command.on is None and command.what in _NEEDS_DAY:
        raise Refusal("no_day", "Give the day on which it was: --on DATE.")
    if command.what is Happening.COUNSEL_REASON:
        need_reason(command)
    milestone = _milestone(draft, command.what, command.on)
    _need_order(draft, milestone)
    facts = {
        "what": command.what.value,
        "on": command.on.isoformat() if command.on else None,
    }
    if _is_for_a_partner(draft, milestone):
        draft.record("milestone.said", command.note, **facts)
        _ask_to_confirm(draft)
        return (
            "Kept as your word: no date of the law moves by it. A partner, or the"
            " secretariat where there is none, was asked to record the day."
        )
    _remember(draft, milestone)
    draft.record("milestone.recorded", command.note, **facts)
    return None


def _need_order(draft: Draft, milestone: Milestone) -> None:
    """Nothing is answered before it was asked."""
    first = _NOT_BEFORE.get(milestone.what)
    known = draft.case.milestone(first) if first else None
    if first is None or known is None:
        return
    day = draft.local_day(moment(known, draft))
    if draft.local_day(moment(milestone, draft)) < day:
        mend = f"a partner records it anew first: happened --what {first} --on DATE"
        if first is Happening.FORMAL:
            mend = "ask the partner"
        raise Refusal(
            "order",
            f"{milestone.what} cannot lie before {first}, which is on record for"
            f" {day}: give that day or a later one. If {day} is wrong, {mend}.",
        )


def _is_for_a_partner(draft: Draft, milestone: Milestone) -> bool:
    """Return whether the word is only kept until a partner confirms it."""
    role, laws = draft.person.role, draft.directory.laws
    if role.is_factory_side:
        return bears_on_rights(milestone.what, laws)
    if role is Role.PARTNER or not partners(draft.case, draft.directory, draft.day):
        return False
    return any(_is_later(draft, law, milestone) for law in laws if law.is_limitation)


def _is_later(draft: Draft, law: Law, milestone: Milestone) -> bool:
    """Return whether the word would give a known start a later day."""
    case = draft.case
    before = start_of(draft, law)
    told = replace(case, milestones=(*case.milestones, milestone))
    after = start_of(replace(draft, case=told), law)
    if before is None or after is None or not before.is_known:
        return False
    return after.at > before.at


def _ask_to_confirm(draft: Draft) -> None:
    case, directory, day = draft.case, draft.directory, draft.day
    people = partners(case, directory, day) or secretariat(case, directory, day)
    draft.owe(
        "law_said",
        to_people(people),
        named(case),
        occasion=draft.at.astimezone(UTC).isoformat(),
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
    if what in _OF_CHILD and not _bears(draft, what):
        raise Refusal(
            "no_duty",
            "This mark is for CHLD and GBVH cases in India: set the category first.",
        )


def _starts(draft: Draft, what: Happening) -> bool:
    """Return whether it starts a clock of a law that the case is about."""
    laws = draft.directory.laws_of(draft.case.country, draft.case.category)
    return any(what in law.starts for law in laws)


def _bears(draft: Draft, what: Happening) -> bool:
    """Return whether a law that the case is about looks at it at all."""
    laws = draft.directory.laws_of(draft.case.country, draft.case.category)
    return any(what in (*law.starts, *law.met_by) for law in laws)


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
    _remember(draft, _milestone(draft, Happening.FORMAL, command.on))
    on = command.on.isoformat() if command.on else None
    draft.record("case.formalised", command.note, was="informal", on=on)


def _milestone(draft: Draft, what: Happening, on: date | None) -> Milestone:
    if on is not None and not draft.day - _LONG_AGO <= on <= draft.day:
        raise Refusal("day", "The day must be today or lie within the last ten years.")
    at = draft.at if on is None else None
    return Milestone(what, on, at, recorded_at=draft.at)


def _remember(draft: Draft, milestone: Milestone) -> None:
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
