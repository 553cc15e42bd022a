"""How a case begins: a file, its clocks, its body, and who hears at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.domain import bodies, notices
from app.domain.case import CaseFile, Decision
from app.domain.clocks import due_times
from app.domain.commands import Actor
from app.domain.directory import Directory
from app.domain.draft import Draft
from app.domain.escalation import alert
from app.domain.promises import open_clocks
from app.domain.routing import route
from app.domain.statutory import follow
from app.domain.talking import ask_reading, note_reader
from app.domain.taxonomy import Category, Conflict, Route, Severity, State


@dataclass(frozen=True, slots=True)
class Seed:
    """What a first message gave, or what was made of it."""

    id: UUID
    number: str
    site: str | None
    country: str  # the hotline number's; a known site has its own
    category: Category
    category_was_guessed: bool
    severity_raised: bool  # danger
    conflict: Conflict | None
    language: str
    channel: str
    hotline: str
    suggested_sites: tuple[str, ...] = ()
    came_of: UUID | None = None  # the case for which she was made to pay
    excluded: frozenset[UUID] = frozenset()  # who must not know of that case either


def open_case(seed: Seed, directory: Directory, at: datetime) -> Decision:
    """Open a case under the policy in force on its local day.

    Its body is told, and where the policy says so the brands are alerted.
    """
    draft = Draft(_sown(seed, directory, at), directory, at, Actor.worker())
    draft.change(
        deadlines=open_clocks(draft.entry, at, draft.calendar, at=at),
    )
    note_reader(draft)
    routing = route(draft.case, directory, draft.day)
    draft.change(route=routing.route)
    started = follow(draft)
    more: dict[str, Any] = {"laws": started} if started else {}
    if seed.came_of is not None:
        more["came_of"] = str(seed.came_of)
    case = draft.case
    draft.record(
        "case.opened",
        site=case.site,
        country=case.country,
        category=case.category.value,
        category_was_guessed=seed.category_was_guessed,
        severity=case.severity.value,
        is_raised=case.is_raised,
        conflict=case.conflict.value if case.conflict else None,
        route=case.route.value,
        why=routing.why,
        policy=case.policy_version,
        language=case.language,
        channel=case.channel,
        due=due_times(case),
        **more,
    )
    people = bodies.body(case, directory, draft.day)
    notices.tell_new(draft, people, "opened")
    if case.channel != "voice":
        ask_reading(draft, "opened")  # of a voice the partner hears by itself
    alert(draft)
    return draft.decision()


def _sown(seed: Seed, directory: Directory, at: datetime) -> CaseFile:
    site = directory.sites.get(seed.site) if seed.site else None
    code = site.code if site else None
    country = site.country if site else seed.country
    policy = directory.policy_on(directory.local_day(at, code, country))
    default = policy.default_severity(seed.category)
    return CaseFile(
        id=seed.id,
        number=seed.number,
        site=code,
        country=country,
        category=seed.category,
        severity=Severity.S1 if seed.severity_raised else default,
        state=State.RECEIVED,
        route=Route.PARTNER,  # until it is routed, just below
        conflict=seed.conflict,
        language=seed.language,
        channel=seed.channel,
        hotline=seed.hotline,
        opened_at=at,
        policy_version=policy.version,
        is_raised=seed.severity_raised,
        suggested_sites=seed.suggested_sites,
        came_of=seed.came_of,
        excluded=seed.excluded,
    )
