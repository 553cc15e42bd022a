"""What goes over the wire, in and out; each model with an example of itself."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)

from app.domain.commands import VERBS
from app.domain.laws import Happening
from app.domain.scopes import Scope
from app.domain.taxonomy import (
    LANGUAGES,
    Category,
    Role,
    Route,
    Severity,
    State,
)

LONGEST_NOTE = 4000

Number = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{8}$"),
    Field(description="The eight digits of a case.", examples=["10000007"]),
]
SiteCode = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9]{6}$"),
    Field(description="The six digits of a site.", examples=["482170"]),
]


def _writable(text: str) -> str:
    """Refuse what no text holds: it could be neither kept nor sent on."""
    if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
        raise ValueError("no text has such characters")
    return text


Words = Annotated[str, AfterValidator(_writable)]
# What is said to a worker for a committee is read in the rooms before it goes.
_IN_ROOMS = frozenset({"release-told"})
OFFERED = tuple(sorted(VERBS.keys() - _IN_ROOMS))
Verb = Literal[OFFERED]  # type: ignore[valid-type]
WHICH = ("open", "closed", "all", *(state.value for state in State))


class Out(BaseModel):
    """What we answer; nothing that is not listed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_serialization_defaults_required=True
    )


class In(BaseModel):
    """What is sent; a field that nobody knows is refused, not passed over."""

    model_config = ConfigDict(extra="forbid")


class ProblemBody(BaseModel):
    """What is answered in place of a result (RFC 9457)."""

    model_config = ConfigDict(extra="forbid")

    class Place(Out):
        """Where in the request something is not of its form."""

        at: str
        says: str

    type: str = Field(description="Which kind; it leads to where it is explained.")
    title: str
    status: int
    detail: str
    errors: list[Place] = Field(default=[], description="With 422: where.")


class Me(Out):
    """Whose token it is, and what it is for."""

    name: str
    role: Role
    org: list[str] = Field(description="Sites, a brand, a region or a country.")
    token: str = Field(description="The name of the token.")
    scopes: list[Scope]
    expires_at: datetime


class Who(Out):
    """Somebody: worker, system or a role; the name where one may know it."""

    kind: str
    name: str | None


class CaseLine(Out):
    """A case in a list."""

    number: Number
    state: State
    category: Category
    severity: Severity
    route: Route
    country: str
    site: str | None
    opened_on: date = Field(description="The local day.")
    closed_on: date | None
    next_due_at: datetime | None = Field(
        description="The earliest date of a promise that is not kept."
    )
    is_overdue: bool


class Cases(Out):
    """One page of cases."""

    cases: list[CaseLine]
    next: str | None = Field(
        description="Ask with after= this for the next page; null at the end."
    )


class ClockBody(Out):
    """One dated promise of a case."""

    name: str
    round: int
    promise: str | None = Field(
        description="Its length, such as 5wd; null: somebody chose the date."
    )
    due_at: datetime
    state: Literal["running", "met", "missed", "ended"] = Field(
        description="ended: over with the case, and kept by nobody."
    )
    met_on: date | None
    is_met_late: bool


class ClimbedBody(Out):
    """A rung of the ladder that was told."""

    on: date
    clock: str
    rung: str
    reason: str
    answered_on: date | None


class PersonBody(Out):
    """Somebody who may be named in an act on this case."""

    id: UUID
    name: str | None
    role: Role


class CaseBody(CaseLine):
    """A case as far as the person sees it: coded facts, never a word said.

    Null: not for this person's eyes, or not so.
    """

    opened_at: datetime | None
    language: str | None
    channel: str | None
    may_be_told: bool | None
    taken_by: Who | None
    recused: list[Who] | None
    recused_count: int | None = Field(
        description="How many members of the body that holds it are recused."
    )
    clocks: list[ClockBody]
    climbed: list[ClimbedBody] | None
    joined_to: Number | None
    parts: int = Field(description="How many other cases are a part of it.")
    people: list[PersonBody]
    verbs: list[str] = Field(description="What the person may do now.")


class EventBody(Out):
    """Something that happened; never a note, never a word."""

    on: date
    at: datetime | None = Field(
        description="Null where the minute might tell who the worker is."
    )
    kind: str
    by: Who


class Events(Out):
    """What happened to a case, the oldest first."""

    events: list[EventBody]


class Act(In):
    """One verb on one case; which fields a verb needs stands beside each."""

    verb: Verb
    note: Words = Field(
        default="",
        max_length=LONGEST_NOTE,
        description="The reason; with tell and ask what the worker is told.",
    )
    person: UUID | None = Field(
        default=None,
        description="exclude, include; pause, recalculate: the second who agrees.",
    )
    site: Words | None = Field(default=None, max_length=6, description="site")
    category: Category | None = Field(default=None, description="category")
    severity: Severity | None = Field(default=None, description="severity")
    review_on: date | None = Field(default=None, description="remediate, review")
    what: Happening | None = Field(default=None, description="happened")
    on: date | None = Field(default=None, description="happened, formal")
    law: Words | None = Field(default=None, max_length=40, description="extend")
    by: Words | None = Field(
        default=None, max_length=12, description="extend: how long, such as 30d."
    )
    into: Number | None = Field(default=None, description="join: the main case.")
    language: Literal[LANGUAGES] | None = Field(default=None, description="translate")  # type: ignore[valid-type]
    policy: Words = Field(default="", max_length=40, description="recalculate")


class Acted(Out):
    """Where the case stands after the act."""

    number: Number
    state: State
    notice: str | None = Field(description="For the person who acted.")


class SiteBody(Out):
    """A place of the programme."""

    code: SiteCode
    name: str
    country: str
    region: str
    kind: str
    tier: int
    os_id: str
    timezone: str
    workers: int | None


class Sites(Out):
    """The places that the person has to do with."""

    sites: list[SiteBody]


class AttemptBody(Out):
    """One try at a brand's webhook."""

    id: UUID
    webhook_id: UUID = Field(description="The same at each try of one message.")
    brand: str
    at: datetime
    type: str
    status: str = Field(
        description="What your server answered, or timeout, refused, tls, …"
    )
    milliseconds: int | None
    state: str = Field(description="Where the message stands by now.")
    next_at: datetime | None


class Attempts(Out):
    """One page of tries, the newest first."""

    attempts: list[AttemptBody]
    next: UUID | None


class Replayed(Out):
    """The message is owed again."""

    webhook_id: UUID
