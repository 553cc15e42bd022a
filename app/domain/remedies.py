"""The remedy plan: what is put right, why it was wrong, by whom and until when."""

import re
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from app.domain.directory import Directory, Person
from app.domain.errors import BadInput, Refused
from app.domain.taxonomy import Role

LONGEST = 2000  # characters of an action or of its evidence
FARTHEST = timedelta(days=3 * 366)
MOST_PEOPLE = 1_000_000

# To the hundredth, as any of the field's currencies is paid out.
_AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,2})?")
_CURRENCY = re.compile("[A-Z]{3}")


class RootCause(StrEnum):
    """Why it came to the grievance; the first four are how brands buy."""

    LEAD_TIMES = "lead_times"
    PRICE = "price"
    LATE_CHANGES = "late_changes"
    LATE_PAYMENT = "late_payment"
    WAGE_SYSTEM = "wage_system"
    SUPERVISORS = "supervisors"
    RECRUITMENT = "recruitment"
    BUILDING = "building"
    AWARENESS = "awareness"
    OTHER = "other"


class Kind(StrEnum):
    """What is put right: by these remedies are counted."""

    ESI_REGISTRATION = "esi_registration"
    PF_REGISTRATION = "pf_registration"
    BACK_PAY = "back_pay"
    REINSTATEMENT = "reinstatement"
    REPAIR = "repair"
    LEAVE = "leave"
    MATERNITY = "maternity"
    APOLOGY = "apology"
    TRAINING = "training"
    POLICY_CHANGE = "policy_change"
    REFERRAL = "referral"
    OTHER = "other"


# Of these it is said how much money came to workers.
PAID = frozenset({Kind.BACK_PAY})

# Whose words brands read.
_OUTSIDE = frozenset({Role.BRAND, Role.PARTNER, Role.ADMIN})


class Owner(StrEnum):
    """Who sees to an action."""

    FACTORY = "factory"
    BRAND = "brand"
    PARTNER = "partner"
    PROGRAMME = "programme"


class Standing(StrEnum):
    """Where an action stands; that the worker confirms it is her word alone."""

    PLANNED = "planned"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Planned:
    """An action as somebody plans it."""

    root_cause: RootCause
    owner: Owner
    due_on: date
    action: str
    kind: Kind = Kind.OTHER


@dataclass(frozen=True, slots=True)
class Finished:
    """An action as somebody says that it was done."""

    evidence: str
    beneficiaries: int | None
    amount: Decimal | None = None  # of what is paid out alone, see `PAID`
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Remedy:
    """One action of a plan. Its words are blank where they are not the reader's."""

    id: UUID
    at: datetime
    by: UUID
    root_cause: RootCause
    owner: Owner
    due_on: date
    state: Standing
    beneficiaries: int | None
    done_at: datetime | None
    confirmed_at: datetime | None
    action: str = ""
    evidence: str = ""
    evidence_by: UUID | None = None
    kind: Kind = Kind.OTHER
    amount: Decimal | None = None
    currency: str | None = None

    def is_late(self, today: date) -> bool:
        return self.state is Standing.PLANNED and self.due_on < today


def planned(
    root_cause: str,
    owner: str,
    due_on: str,
    action: str,
    *,
    today: date,
    kind: str = "",
) -> Planned:
    """Return what a form says; raise `BadInput` with what to do otherwise.

    A blank kind is `Kind.OTHER`.
    """
    cause = next((c for c in RootCause if c.value == root_cause), None)
    who = next((o for o in Owner if o.value == owner), None)
    if cause is None or who is None:
        raise BadInput("Choose the root cause and who sees to it.")
    what = next((k for k in Kind if k.value == (kind or Kind.OTHER)), None)
    if what is None:
        raise BadInput("Choose what is put right from the list.")
    day = _day(due_on)
    if day < today or day > today + FARTHEST:
        raise BadInput("Give a date from today to three years from now.")
    return Planned(cause, who, day, _words(action, "Write what will be done."), what)


def finished(
    evidence: str, beneficiaries: str, amount: str = "", currency: str = ""
) -> Finished:
    """Return what a form says of an action that is done."""
    count = _count(beneficiaries)
    words = _words(evidence, "Write how one can see that it is done.")
    return Finished(words, count, *_money(amount, currency))


def may_drop(person: Person, planner: Person | None) -> bool:
    """Tell whether she drops it: its own side, and who stands outside both."""
    if person.role in (Role.PARTNER, Role.ADMIN):
        return True
    if planner is None or person.role is not planner.role:
        return False
    return person.id == planner.id or not set(person.org).isdisjoint(planner.org)


def need_planned(state: str) -> None:
    if state != Standing.PLANNED:
        raise Refused("This action is not open any more. Load the page again.")


def need_paid(kind: Kind, done: Finished) -> None:
    if done.amount is not None and kind not in PAID:
        raise BadInput("Only of back pay an amount is said: leave it out.")


def for_brands(remedy: Remedy, directory: Directory) -> Remedy:
    """Return the action as brands read it: a committee's words stay with it."""
    return replace(
        remedy,
        action=remedy.action if _is_outside(remedy.by, directory) else "",
        evidence=remedy.evidence if _is_outside(remedy.evidence_by, directory) else "",
    )


def _is_outside(writer: UUID | None, directory: Directory) -> bool:
    person = directory.person(writer) if writer is not None else None
    return person is not None and person.role in _OUTSIDE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("Give the date as year-month-day, such as 2027-01-31.") from None


def _words(text: str, ask: str) -> str:
    words = text.strip()
    if not words:
        raise BadInput(ask)
    if len(words) > LONGEST:
        raise BadInput(f"Write at most {LONGEST} characters.")
    return words


def _count(text: str) -> int | None:
    if not text.strip():
        return None
    if not (text.isascii() and text.isdigit()) or int(text) > MOST_PEOPLE:
        raise BadInput("Give the number of workers in digits, or leave it out.")
    return int(text)


def _money(amount: str, currency: str) -> tuple[Decimal | None, str | None]:
    """Return an amount and what it is of: both or none."""
    number, code = amount.strip(), currency.strip().upper()
    if not number:
        return None, None
    if not _AMOUNT.fullmatch(number):
        raise BadInput("Give the amount in digits, such as 125000 or 125000.50.")
    if not _CURRENCY.fullmatch(code):
        raise BadInput("Give the currency by its three letters, such as BDT or INR.")
    return Decimal(number), code
