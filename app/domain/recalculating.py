"""Clocks set anew on today's calendar, or under another policy.

An import moves no deadline that runs. Where it should, because a festival was
announced late or a promise was written wrongly, somebody says so with a
reason, a second person agrees, and the ledger keeps both and what moved.
"""

from dataclasses import replace

from app.domain.authority import Refusal
from app.domain.closing import need_reason
from app.domain.commands import Recalculate
from app.domain.draft import Draft
from app.domain.handover import as_new, holding, record_moved, rehome
from app.domain.pausing import need_second_person, tell_second_person
from app.domain.promises import recompute
from app.domain.taxonomy import State


def recalculate(draft: Draft, command: Recalculate, _to: State) -> str | None:
    """Reckon what still runs, earlier or later; what was met or missed stays."""
    need_reason(command)
    need_second_person(draft, command.second, "A recalculation")
    before, held = draft.case, holding(draft)
    _change_policy(draft, command.policy)
    draft.record(
        "clocks.recalculated",
        command.note,
        second=str(command.second),
        policy=draft.case.policy_version,
        calendar=draft.calendar.id,
    )
    draft.case = recompute(
        draft.case,
        draft.entry,
        draft.calendar,
        at=draft.at,
        may_be_later=True,
        is_anew=True,
    )
    moved = record_moved(draft, before)
    rehome(draft, held, as_new)
    if draft.case.route.is_factory_side and not held.route.is_factory_side:
        raise Refusal(
            "lowering",
            "Under that policy the case would go to the factory: hand it back first,"
            " or keep its policy.",
        )
    tell_second_person(draft, command.second)
    if not moved:
        return "No due time moved."
    return (
        f"Due times that moved: {moved}. See"
        f" threadline deadlines --case {draft.case.number}"
    )


def _change_policy(draft: Draft, version: str) -> None:
    if not version:
        return
    known = [policy.version for policy in draft.directory.policies]
    if version not in known:
        raise Refusal(
            "no_policy",
            f"There is no policy of {version}: known are {', '.join(known)}.",
        )
    draft.case = replace(draft.case, policy_version=version)
