"""When the clocks wait for the worker.

A pause ends by itself when the case's seven days are used up, so that nobody
need remember to end it: `until` is that latest end until somebody does.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.domain import notices
from app.domain.authority import Hat, Refusal, hats
from app.domain.case import CaseFile, Deadline, Pause
from app.domain.clocks import POLICY_CLOCKS
from app.domain.commands import Pause as PauseVerb, Resume
from app.domain.deadlines import LONGEST_PAUSE
from app.domain.directory import Person
from app.domain.draft import Draft, to_people
from app.domain.promises import next_look, repaused
from app.domain.taxonomy import Role, Severity, State


def open_pause(case: CaseFile, at: datetime) -> Pause | None:
    """Return the pause that lasts at `at`, if one does."""
    lasting = [p for p in case.pauses if p.until is None or p.until > at]
    return lasting[-1] if lasting else None


def pause(draft: Draft, command: PauseVerb, _to: State) -> None:
    """Stop the clocks: a reason, two people from outside the factory, never S1.

    Seven days in all.
    """
    case = draft.case
    if not command.note.strip():
        raise Refusal("no_reason", "Give the reason: --note TEXT.")
    if case.severity == Severity.S1:
        raise Refusal("critical", "The clocks of an S1 case never pause.")
    if open_pause(case, draft.at) is not None:
        raise Refusal("paused", "The clocks are paused already.")
    need_second_person(draft, command.second, "A pause")
    left = LONGEST_PAUSE - _used(case.pauses)
    if left <= timedelta():
        raise Refusal("used_up", "This case has used its seven days of pause.")
    # The reason itself is sealed in the ledger; the case carries no words.
    began = Pause(draft.at, draft.at + left, "waits_for_worker", draft.person.id)
    tell_second_person(draft, command.second)
    draft.record(
        "pause.begun",
        command.note,
        second=str(command.second),
        until=(draft.at + left).isoformat(),
    )
    _repause(draft, (*case.pauses, began))


def resume(draft: Draft, command: Resume, _to: State) -> None:
    if open_pause(draft.case, draft.at) is None:
        raise Refusal("not_paused", "The clocks are running.")
    end_pause(draft, note=command.note)


def end_pause(draft: Draft, *, note: str = "") -> None:
    """End the pause that lasts, if one does, and give back what it left."""
    lasting = open_pause(draft.case, draft.at)
    if lasting is None:
        return
    ended = replace(lasting, until=draft.at)
    kept = [p for p in draft.case.pauses if p is not lasting]
    draft.record("pause.ended", note)
    _repause(draft, (*kept, ended))


def need_second_person(draft: Draft, person: UUID, what: str) -> None:
    """Refuse what moves clocks unless two people from outside the factory agree."""
    second = draft.directory.person(person)
    if second is None or second.id == draft.person.id or not _may_agree(draft, second):
        raise Refusal(
            "no_second",
            f"{what} needs a second person: another partner of the case,"
            " or somebody of the secretariat.",
        )


def tell_second_person(draft: Draft, person: UUID) -> None:
    """Whoever was named as agreeing hears of it, and can object."""
    second = draft.directory.person(person)
    if second is not None:
        occasion = f"{draft.at.astimezone(UTC).isoformat()}"
        params = notices.named(draft.case)
        draft.owe("second_named", to_people([second]), params, occasion=occasion)


def _may_agree(draft: Draft, second: Person) -> bool:
    """A partner who works alone has the secretariat for a second person."""
    case, day = draft.case, draft.day
    is_secretariat = second.role == Role.ADMIN and second.serves_on(day)
    if is_secretariat and second.id not in case.excluded:
        return True
    return Hat.PARTNER in hats(second, case, draft.directory, day)


def _used(pauses: Iterable[Pause]) -> timedelta:
    lengths = [p.until - p.since for p in pauses if p.until is not None]
    return sum(lengths, timedelta())


def _repause(draft: Draft, pauses: tuple[Pause, ...]) -> None:
    """Move the clocks that run from the old pauses to the new ones."""
    longer = _used(pauses) - _used(draft.case.pauses)
    draft.change(pauses=pauses)
    for clock in draft.case.deadlines:
        if clock.name not in POLICY_CLOCKS:
            continue
        if clock.is_running:
            draft.put(_moved(draft, clock, longer))
        elif clock.promise and clock.paused == len(pauses):
            # Its step was taken during this pause, which has turned out shorter.
            draft.put(replace(_moved(draft, clock, longer), next_at=clock.next_at))


def _moved(draft: Draft, clock: Deadline, longer: timedelta) -> Deadline:
    """Return the clock under the new pauses.

    One from before a clock's basis was kept moves by the length of the pause.
    """
    if clock.promise:
        calendar = draft.directory.calendar_named(clock.calendar) or draft.calendar
        return repaused(clock, draft.case.pauses, calendar, at=draft.at)
    if clock.due_at <= draft.at:
        return clock  # Missed, though no sweep has seen it yet.
    moved = replace(
        clock,
        due_at=clock.due_at + longer,
        remind_50_at=_later(clock.remind_50_at, longer),
        remind_80_at=_later(clock.remind_80_at, longer),
    )
    return replace(moved, next_at=next_look(moved, draft.at))


def _later(at: datetime | None, by: timedelta) -> datetime | None:
    return None if at is None else at + by
