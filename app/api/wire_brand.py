"""What a brand reads and sends: coded facts, and words that brands wrote."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from app.api.wire import In, Out, Words
from app.domain.brand_talk import LONGEST
from app.domain.brand_view import Depth, Tried
from app.domain.remedies import (
    LONGEST as LONGEST_ACTION,
    MOST_PEOPLE,
    Kind,
    Owner,
    RootCause,
    Standing,
)
from app.domain.taxonomy import Category, Severity, State

Handle = Annotated[
    str,
    StringConstraints(pattern=r"^([0-9]{8}|[0-9a-f]{16})$"),
    Field(
        description="The number of a case, or what a brand calls one without.",
        examples=["10000007"],
    ),
]

Amount = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$"),
    Field(examples=["125000.50"]),
]
Currency = Annotated[
    str, StringConstraints(pattern=r"^[A-Z]{3}$"), Field(examples=["BDT"])
]


class BrandCaseLine(Out):
    """An escalation in the list."""

    handle: Handle
    depth: Depth = Field(description="How much of it the brand reads.")
    country: str
    site: str | None
    category: Category | None
    severity: Severity | None
    state: State | None
    told_at: datetime = Field(description="To the hour.")
    has_promised: bool
    answer_due_at: datetime | None = Field(
        description="By when an answer is waited for, to the hour; null: by no date."
    )


class BrandCases(Out):
    """One page of what the brand was told, the newest first."""

    cases: list[BrandCaseLine]
    next: Handle | None = Field(
        description="Ask with after= this for the next page; null at the end."
    )


class PlaceBody(Out):
    """A site as brands know it."""

    code: str
    name: str
    country: str
    os_id: str


class DayBody(Out):
    """A local day; of a small site only its month, by its first day."""

    day: date
    is_month: bool


class PathBody(Out):
    """How the brand comes to the site."""

    through: PlaceBody | None = Field(description="A first-tier site between them.")
    site: PlaceBody
    since: date
    until: date | None


class StepBody(Out):
    """One promise, whether it was kept, and how late."""

    name: str
    round: int
    due_on: DayBody
    met_on: DayBody | None
    is_ended: bool = Field(description="Over with the case, and kept by nobody.")
    is_missed: bool
    late_seconds: int | None = Field(
        description="Working time in whole hours; null: in time."
    )


class TriedBody(Out):
    """Something that was tried."""

    on: DayBody
    what: Tried


class ToldBody(Out):
    """A rung on which the brand was told."""

    at: datetime
    reason: str
    answered_at: datetime | None


class BrandCaseBody(BrandCaseLine):
    """What the brand reads of a case; null and empty: that it does not."""

    number: str | None
    ask: list[str] = Field(description="Whom to ask: addresses of the partner.")
    missed: list[str]
    place: PlaceBody | None
    opened_on: DayBody | None
    count: int | None = Field(description="Of a cluster: so many cases or more.")
    days: int | None = Field(description="Of a cluster: within so many days.")
    paths: list[PathBody]
    clocks: list[StepBody]
    tried: list[TriedBody]
    told: list[ToldBody]
    brands: list[str] = Field(description="All that were told, where they may meet.")
    lead: str | None


class WordBody(Out):
    """A word of the thread."""

    at: datetime
    by: str = Field(description="A brand, partner or secretariat.")
    text: str


class Thread(Out):
    """What was written to the brands of a case, the oldest first."""

    words: list[WordBody]


class NewWord(In):
    """A word to all brands of the case and to its partner."""

    text: Words = Field(min_length=1, max_length=LONGEST)


class NewAnswer(In):
    """The brand acts on what it was told."""

    note: Words = Field(default="", max_length=LONGEST)


class NewLead(In):
    """The brand that is to lead from now on."""

    brand: Words = Field(min_length=1, max_length=80)


class RemedyBody(Out):
    """One action of the plan; a committee's words are blank."""

    id: UUID
    kind: Kind = Field(description="What is put right.")
    root_cause: RootCause
    owner: Owner
    due_on: date
    state: Standing
    is_late: bool
    action: str
    evidence: str
    beneficiaries: int | None
    amount: Amount | None = Field(
        description="What was paid out in all, of back pay alone."
    )
    currency: Currency | None = Field(description="Its three letters.")
    done_at: datetime | None
    confirmed_at: datetime | None


class Remedies(Out):
    """The remedy plan, by its dates."""

    remedies: list[RemedyBody]


class NewRemedy(In):
    """An action as it is planned."""

    root_cause: RootCause
    owner: Owner
    due_on: date
    kind: Kind = Field(default=Kind.OTHER, description="What is put right.")
    action: Words = Field(min_length=1, max_length=LONGEST_ACTION)


class Finish(In):
    """An action as it was done."""

    evidence: Words = Field(min_length=1, max_length=LONGEST_ACTION)
    beneficiaries: int | None = Field(default=None, ge=0, le=MOST_PEOPLE)
    amount: Amount | None = Field(
        default=None, description="What was paid out in all, of back pay alone."
    )
    currency: Currency | None = Field(
        default=None, description="Its three letters; needed with an amount."
    )


class Done(Out):
    """It was done."""

    handle: Handle


class RemedyMade(Out):
    """The action stands in the plan."""

    handle: Handle
    id: UUID
