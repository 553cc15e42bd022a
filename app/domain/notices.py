"""What is owed to whom, in parameters and never in words.

A staff notice names the case, the site and a date, and nothing of what the
worker said. What a brand hears of a protected case names less still.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from app.domain import bodies
from app.domain.case import CaseFile, Deadline, Recipient
from app.domain.directory import Brand, Directory, Person
from app.domain.draft import Draft, to_people
from app.domain.taxonomy import PROTECTED, REMEDIATED, Category, Clock, State

# The states that are news to the worker, where she said yes to being told.
NEWS = frozenset(
    {
        State.ACKNOWLEDGED,
        State.IN_REVIEW,
        State.REOPENED,
        State.REMEDY_PROPOSED,
        State.RESOLVED,
        State.IN_REMEDIATION,
        State.CLOSED_DECLARED,
        State.CLOSED_UNFOUNDED,
        State.CLOSED_WITHDRAWN,
        State.CLOSED_REFERRED,
        State.CLOSED_NO_CONTACT,
    }
)


def named(case: CaseFile) -> dict[str, Any]:
    """Return the case's handle and its site, blank where it has none."""
    return {"number": case.number, "site": case.site or ""}


def dated(case: CaseFile, clock: Deadline) -> dict[str, Any]:
    return {
        **named(case),
        "clock": clock.name,
        "due_at": clock.due_at.isoformat(),
    }


def next_clock(case: CaseFile) -> Deadline:
    """Return the promise that is due next; where none runs, the last one due."""
    running = [clock for clock in case.deadlines if clock.is_running]
    if running:
        return min(running, key=lambda clock: clock.due_at)
    return max(case.deadlines, key=lambda clock: clock.due_at)


def tell_new(draft: Draft, people: Iterable[Person], occasion: str) -> None:
    """A case that these people have not seen before."""
    params = dated(draft.case, next_clock(draft.case))
    draft.owe("case_new", to_people(people), params, occasion=occasion)


def hand(draft: Draft, people: Iterable[Person], reason: str) -> None:
    """A case that comes to these people, or back to them, and why."""
    draft.owe(
        "case_handed",
        to_people(people),
        {**dated(draft.case, next_clock(draft.case)), "reason": reason},
        occasion=f"{reason}:{draft.case.handovers}",
    )


def tell_worker(draft: Draft) -> None:
    """There is news; the one neutral sentence, and only after a yes."""
    case = draft.case
    if case.may_be_told and case.state in NEWS:
        draft.owe(
            "worker_news",
            [Recipient("worker", "")],
            {},
            occasion=f"{case.state.value}:{case.round}{_asked_before(case)}",
        )


def _asked_before(case: CaseFile) -> str:
    """A child's case comes to the same state again within one round."""
    asked = case.deadline(Clock.CONFIRMATION)
    return f":{asked.round}" if asked and case.category in REMEDIATED else ""


def tell_worker_of_message(draft: Draft) -> None:
    """Somebody has a message for her; the sentence says no more than ever."""
    if draft.case.may_be_told:
        draft.owe(
            "worker_news",
            [Recipient("worker", "")],
            {},
            occasion=f"message:{draft.at.astimezone(UTC).isoformat()}",
        )


def tell_worker_it_goes_on(draft: Draft, withdrawal: Deadline) -> None:
    """What she was told would end the case does not; after a yes, as above."""
    if draft.case.may_be_told:
        draft.owe(
            "worker_news",
            [Recipient("worker", "")],
            {},
            occasion=f"withdrawal_lapsed:{withdrawal.round}",
        )


def tell_worker_of_check(draft: Draft, round: int, *, until: datetime) -> None:
    """A question waits for her, in the same neutral sentence as ever."""
    if draft.case.may_be_told:
        draft.owe(
            "worker_news",
            [Recipient("worker", "")],
            {},
            occasion=f"check:{round}",
            expires_at=until,
        )


def may_reach_brands(case: CaseFile) -> bool:
    """A life in danger by its own hand is never a brand's business."""
    return case.category != Category.CRIS and case.site is not None


def is_veiled(case: CaseFile) -> bool:
    """Return whether brands may learn only that there is something."""
    return case.category in PROTECTED and not case.is_released_to_brand


def to_brand(
    brand: Brand, case: CaseFile, directory: Directory, day: date
) -> tuple[Recipient, ...]:
    """Return every way to one brand: its address, its webhook, its people."""
    found = [Recipient("brand", brand.slug)] if brand.email else []
    if brand.webhook_url:
        found.append(Recipient("brand_webhook", brand.slug))
    people = bodies.not_excluded(case, directory.brand_people(brand.slug, day))
    elsewhere = [
        person
        for person in people
        if not person.email or person.email.casefold() != brand.email.casefold()
    ]
    return (*found, *to_people(elsewhere))


def partner_addresses(draft: Draft) -> list[str]:
    """How a brand reaches the partner, else the secretariat: by e-mail."""
    case, directory, day = draft.case, draft.directory, draft.day
    for people in (
        bodies.partners(case, directory, day),
        bodies.secretariat(case, directory, day),
    ):
        found = [person.email for person in people if person.email]
        if found:
            return found
    return []


def alert_params(draft: Draft) -> Mapping[str, Any]:
    """That there is a case in the chain, where to ask, and nothing of it.

    A protected case has no number here: an older message may have joined the
    number to the site.
    """
    params = {"country": draft.case.country, "partner": partner_addresses(draft)}
    if is_veiled(draft.case):
        return params
    return {"number": draft.case.number, **params}


def missed_params(draft: Draft, clock: Deadline) -> Mapping[str, Any]:
    return {**dated(draft.case, clock), "country": draft.case.country}


def veiled_params(draft: Draft, clock: Deadline) -> Mapping[str, Any]:
    """Neither number, site, category nor date: only the step that was missed."""
    return {**alert_params(draft), "clock": clock.name}
