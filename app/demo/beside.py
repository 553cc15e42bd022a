"""What stands beside the demo phone: the case, its clocks, who was told.

Pure: from a read model and the directory to values for JSON. What the worker
wrote is not among them.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from app.demo import words
from app.domain.directory import Directory, Person
from app.domain.taxonomy import Route, Severity, Side, State
from app.gateways.console import is_call
from app.simulator.dialects.known import BESIDE_TWILIO
from app.store.readers.demo import ShownCase, ShownClock, ShownMessage, ShownRung

Shown = dict[str, Any]


def beside(case: ShownCase, directory: Directory, at: datetime) -> Shown:
    """Return all that the page shows of one case, in words."""
    day = directory.local_day(at, case.site, case.country)
    site = directory.sites.get(case.site) if case.site else None
    own, staff = _told_apart(case.messages)
    return {
        "number": words.grouped(case.number),
        "handle": case.number,
        "site": f"{site.name}, {site.region}" if site else "Site not known yet",
        "state": words.STATES[case.state],
        "is_closed": State(case.state).is_closed,
        "category": words.CATEGORIES[case.category],
        "severity": case.severity,
        "route": words.ROUTES[case.route],
        "opened_at": case.opened_at.isoformat(),
        "clocks": [_clock(clock) for clock in case.clocks],
        "history": [
            {"at": event.at.isoformat(), "text": words.happened(event.kind)}
            for event in case.events
        ],
        "rungs": [_rung(rung, directory) for rung in case.rungs],
        "mails": [_mail(message, directory) for message in staff],
        "acts": _acts(case, directory, day),
        "hint": _HINTS.get(State(case.state), ""),
        "texts": [
            {"id": str(text.id), "at": _iso(text.sent_at), "text": text.shown}
            for text in own
            if text.shown and not is_call(text.shown) and not _is_on_phone(text)
        ],
    }


def _is_on_phone(text: ShownMessage) -> bool:
    """Tell whether a simulated carrier brought it to the phone itself."""
    return text.carrier in BESIDE_TWILIO


def _told_apart(
    messages: Iterable[ShownMessage],
) -> tuple[list[ShownMessage], list[ShownMessage]]:
    """Return what was owed to the worker, and to everybody else."""
    own: list[ShownMessage] = []
    staff: list[ShownMessage] = []
    for message in messages:
        (own if message.recipient_kind == "worker" else staff).append(message)
    return own, staff


def _clock(clock: ShownClock) -> Shown:
    name = words.CLOCKS[clock.name]
    if clock.missed_at is not None:
        state = "missed"
    else:
        state = "met" if clock.met_at is not None else "running"
    return {
        "name": f"{name}, again" if clock.round else name,
        "state": state,
        "opened_at": clock.opened_at.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "ended_at": _iso(clock.missed_at or clock.met_at),
    }


def _rung(rung: ShownRung, directory: Directory) -> Shown:
    return {
        "at": rung.at.isoformat(),
        "rung": words.RUNGS.get(rung.rung, rung.rung),
        "clock": words.CLOCKS.get(rung.clock, rung.clock),
        "to": [_addressee(kind, key, directory)[0] for kind, key in rung.recipients],
    }


def _mail(message: ShownMessage, directory: Directory) -> Shown:
    name, address = _addressee(message.recipient_kind, message.recipient_key, directory)
    return {
        "id": str(message.id),
        "at": _iso(message.sent_at or message.created_at),
        "name": name,
        "address": address,
        "state": message.state,
        **_read(message.shown),
    }


def _read(shown: str | None) -> Shown:
    """Return a mail's subject and text; a webhook's first line is its subject."""
    lines = (shown or "").split("\n")
    if lines[0].startswith("To: "):
        lines = lines[1:]  # The addressee stands above it already.
    head, _, text = "\n".join(lines).partition("\n\n")
    if not text:
        return {"subject": "", "text": head.strip()}
    return {"subject": head.removeprefix("Subject: "), "text": text.strip()}


def _addressee(kind: str, key: str, directory: Directory) -> tuple[str, str]:
    """Return a recipient's name and where the message goes."""
    if kind == "person":
        person = directory.person(UUID(key))
        if person is None:
            return "Somebody who has left", ""
        return person.name, person.email or "by text, to a phone"
    if kind in {"brand", "brand_webhook"} and key in directory.brands:
        brand = directory.brands[key]
        is_hook = kind == "brand_webhook"
        return brand.name, brand.webhook_url if is_hook else brand.email
    return "The worker" if kind == "worker" else key, ""


# What the visitor may do in the body's place, by state.
_VERBS: Mapping[State, tuple[str, ...]] = {
    State.RECEIVED: ("acknowledge", "start"),
    State.ACKNOWLEDGED: ("start",),
    State.REOPENED: ("start", "resolve"),
    State.IN_REVIEW: ("propose", "resolve"),
    State.REMEDY_PROPOSED: ("resolve",),
    State.IN_REMEDIATION: ("resolve",),
}

BUTTONS: Mapping[str, str] = {
    "acknowledge": "Acknowledge",
    "start": "Take the first action",
    "propose": "Propose a remedy",
    "resolve": "Declare it solved",
    "release": "Hand it to the committee",
    "hand-back": "Hand it to the committee",
}

_HINTS: Mapping[State, str] = {
    State.RESOLVED: "The worker has the last word: text STATUS and the PIN.",
    State.CLOSED_CONFIRMED: "To begin another, text NEW from the phone.",
    State.CLOSED_DECLARED: "Not so? Text NOT SOLVED and the PIN from the phone.",
}


def _acts(case: ShownCase, directory: Directory, day: date) -> list[Shown]:
    """Return the buttons: a verb and the person in whose place it is done."""
    body = _body(case, directory, day)
    if not body:
        return []
    acts: list[Shown] = []
    for verb in _VERBS.get(State(case.state), ()):
        signers = _signers(body)
        acts.extend(
            _act(verb, person)
            for person in (signers if verb == "resolve" else signers[:1])
        )
    if acts and _may_go_to_committee(case, directory):
        # What danger raised is handed back; what only waited is released.
        verb = "hand-back" if case.severity == Severity.S1 else "release"
        acts.append(_act(verb, body[0]))
    return acts


def _act(verb: str, person: Person) -> Shown:
    return {
        "verb": verb,
        "label": BUTTONS[verb],
        "by": person.email,
        "name": person.name,
    }


def _body(case: ShownCase, directory: Directory, day: date) -> list[Person]:
    """Return who holds the case and can be named by an e-mail address."""
    route = Route(case.route)
    if route is Route.SECRETARIAT:
        people = directory.secretariat(day)
    elif route is Route.PARTNER:
        people = directory.partners_for(case.site, case.country, day)
    else:
        people = directory.members(route, case.site, day)
    return [person for person in people if person.email]


def _signers(body: list[Person]) -> list[Person]:
    """Return one member of each side; of an outside body, its first person."""
    sides = (Side.WORKER, Side.MANAGEMENT)
    both = [next((p for p in body if p.side is side), None) for side in sides]
    return [person for person in both if person is not None] or body[:1]


def _may_go_to_committee(case: ShownCase, directory: Directory) -> bool:
    """The partner holds it, but its category is one for a committee."""
    if case.route != Route.PARTNER or case.site is None:
        return False
    policy = directory.policies[-1]
    entry = next(e for e in policy.entries if e.category == case.category)
    return entry.route.is_factory_side


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
