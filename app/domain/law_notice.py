"""What an act meant for the terms of the law, for whoever did it to read."""

from app.domain.case import CaseFile, Deadline
from app.domain.draft import Draft
from app.domain.statutory import day_of, id_of


def law_notice(before: CaseFile, draft: Draft) -> str:
    """Return each term that started, moved or was met by the act, with its last day."""
    old = {(clock.name, clock.round): clock for clock in before.statutory}
    said = [
        change
        for clock in sorted(draft.case.statutory, key=lambda c: (c.due_at, c.name))
        if (change := _change(old.get((clock.name, clock.round)), clock, draft))
    ]
    if not said:
        return "No term of the law starts, moves or is met by this."
    return " ".join(said)


def _change(was: Deadline | None, clock: Deadline, draft: Draft) -> str:
    last = day_of(clock.due_at, draft.calendar.zone).isoformat()
    if clock.met_at is not None and (was is None or was.met_at is None):
        return f"{id_of(clock)} is met or over."
    if was is None:
        return f"{id_of(clock)} starts: last day {last}."
    return (
        f"{id_of(clock)} moves: last day {last}." if was.due_at != clock.due_at else ""
    )
