"""Who stands before every door of the service, and what each of them is answered.

Each actor asks for every address there is, of every case of the street, by
itself: what was done by one request is undone before the next.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote
from uuid import UUID, uuid5

import httpx
from starlette.routing import BaseRoute, Route

from app.actions.api_tokens import make_token
from app.actions.indicators import enter_indicator
from app.actions.mandates import record_mandate
from app.actions.sessions import begin
from app.actions.stream_voice import Purpose, say_purpose
from app.console import sign_in
from app.console.desk_acts import MADE
from app.console.frame import COOKIE
from app.domain.commands import VERBS
from app.domain.directory import Person
from app.domain.indicators import Entered, IndicatorKind
from app.domain.scopes import SCOPES
from app.main import build
from app.reports.age import new_identity
from app.runtime.settings import read_settings
from app.store.engine import Store
from app.store.ids import new_id
from app.store.sealing import Keyring
from app.wording.catalog import Catalog
from tests.builders import GAZIPUR
from tests.conftest import Ground, as_owner, on_server
from tests.rooms.street import MORNING, Street, who

BASE = "https://hotline.example"
MISSING_NUMBER, MISSING_REF = "99999994", "0123456789abcdef"
_ROOT = Path(__file__).resolve().parents[2]
NOWHERE = uuid5(UUID(int=0), "nowhere")


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody at the door: who she is, and what she holds in her hands."""

    name: str
    person: str = ""  # blank: nobody that we know
    holds: str = "session"  # session, half, expired, nothing
    hers: frozenset[str] = frozenset()  # the cases that are hers to see


def _hers(*names: str) -> frozenset[str]:
    return frozenset(names)


_ALL = _hers("a", "b", "told", "internal", "outside", "safety")
ACTORS: tuple[Actor, ...] = (
    Actor("anonymous", holds="nothing"),
    Actor("half", "partner-bd", "half"),
    Actor("expired", "partner-bd", "expired"),
    Actor("ex-member", "gaz-ex"),
    Actor("committee", "gaz-com-w1", hers=_hers("a", "told")),
    Actor("sibling", "tur-com-w1", hers=_hers("b")),
    Actor("internal", "gaz-ic-w1", hers=_hers("internal")),
    Actor("safety", "gaz-safe-w1", hers=_hers("safety")),
    Actor("head", "gaz-head", hers=_hers("told")),
    Actor("recused", "gaz-com-w2", hers=_hers("told")),
    Actor("drawn", "@drawn", hers=_hers("a")),
    Actor("waiting", "@waiting"),
    Actor("partner", "partner-bd", hers=_ALL),
    Actor("partner-elsewhere", "partner-tn"),
    Actor("brand", "norda-buyer", hers=_hers("told", "internal", "outside", "safety")),
    Actor("other-brand", "meridian-desk"),
    Actor("admin", "admin", hers=_hers("outside")),
    Actor("auditor", "auditor"),
)
OUTSIDE = frozenset({"anonymous", "half", "expired", "ex-member"})
# Of a case that is not there, and of one that was forgotten: nobody's.
CASES = (*sorted(_ALL), "forgotten", "missing")
# With each of the verbs, and from a brand's desk: one of each relation.
_FOR_VERBS = ("a", "told", "outside", "missing")
_FOR_BRANDS = ("a", "told", "internal", "missing")


class Door(NamedTuple):
    """One address, asked for in one way."""

    line: str  # how the expectation names it
    case: str  # the relation whose case it is; blank where it is none's
    method: str
    path: str
    ids: tuple[str, ...] = ()  # what of the address is this one's alone


@dataclass(frozen=True, slots=True)
class Seen:
    """What one actor got at one door."""

    door: Door
    status: int
    location: str
    print: str  # of the whole answer, without what names the door
    body: str = field(repr=False)
    grew: tuple[str, ...]  # what there is more of than before

    @property
    def short(self) -> str:
        """The status, or `in` where she is asked to sign in."""
        is_in = self.status == 303 and re.match(r"/in(/second)?(\?|$)", self.location)
        return "in" if is_in else str(self.status)


# ------------------------------------------------------------------ the doors

# What some pages are asked for.
_ASKED = {
    "/room/admin/policies/compare": "?a=2026-01-01&b=2026-02-01",
    "/room/admin/calendars/country": "?country=BD&scope=BD&year=2027",
    "/room/admin/numbers/one": "?number=%2B15550100880",
}


def is_room(path: str) -> bool:
    return path == "/in" or path.startswith(("/in/", "/room", "/api/"))


def methods(route: BaseRoute) -> list[str]:
    assert isinstance(route, Route), route
    return sorted((route.methods or set()) - {"HEAD", "OPTIONS"})


def doors(app: Any, street: Street, mine: "Belongings") -> list[Door]:
    """Return every address there is; asking comes before sending."""
    found = [
        door
        for route in app.routes
        for method in methods(route)
        for door in _doors(method, route.path, street, mine)
    ]
    return sorted(found, key=lambda door: door.method)


def _doors(
    method: str, path: str, street: Street, mine: "Belongings"
) -> Iterator[Door]:
    line = f"{method} {path}"
    if path.startswith("/room/admin") and "{" in path:
        yield from _of_samples(line, method, path, street, mine)
    elif "{verb}" in path:
        for verb in VERBS if "/acts/" in path else (*MADE, "nothing"):
            one = path.replace("{verb}", verb)
            yield from _of_cases(f"{method} {one}", method, one, street, _FOR_VERBS)
    elif "{number}" in path:
        yield from _of_cases(line, method, path, street, CASES)
    elif "{handle}" in path:
        yield from _of_brands(line, method, path, street)
    elif "{" in path:
        yield from _of_samples(line, method, path, street, mine)
    else:
        yield Door(line, "", method, f"{path}{_ASKED.get(path, '')}")
    if line == "GET /room/cases":
        searched = f"{path}?state=all&number={{number}}"
        yield from _of_cases(f"{line} searched", method, searched, street, CASES)


def _of_samples(
    line: str, method: str, path: str, street: Street, mine: "Belongings"
) -> Iterator[Door]:
    for what, ids in _samples(path, street, mine).items():
        filled = path
        for one in ids:
            filled = re.sub(r"\{[^}]+\}", one, filled, count=1)
        yield Door(f"{line} ({what})", "", method, filled, ids)


def _of_cases(
    line: str, method: str, path: str, street: Street, cases: Sequence[str]
) -> Iterator[Door]:
    for case in cases:
        one = street.cases.get(case)
        number = one.number if one else MISSING_NUMBER
        beside = {
            "voice": one.voice if one else NOWHERE,
            "files": one.file if one else NOWHERE,
            "remedies": one.remedy if one else NOWHERE,
        }
        kind = next((k for k in beside if f"/{k}/" in path), "voice")
        filled = re.sub(r"\{(id|remedy)\}", str(beside[kind]), path)
        filled = filled.replace("{number}", number)
        yield Door(
            f"{line} [{case}]", case, method, filled, (number, str(beside[kind]))
        )
    if "{id}" in path:
        kind = next(k for k in ("voice", "file", "remed") if k in path)
        a, b = street.cases["a"], street.cases["b"]
        strange = str({"voice": b.voice, "file": b.file, "remed": b.remedy}[kind])
        filled = path.replace("{number}", a.number).replace("{id}", strange)
        yield Door(f"{line} [b's at a]", "", method, filled, (a.number, strange))


def _of_brands(line: str, method: str, path: str, street: Street) -> Iterator[Door]:
    """A brand names a case by its number, or by what stands for it."""
    for case in CASES if method == "GET" else _FOR_BRANDS:
        one = street.cases.get(case)
        names = {
            "number": one.number if one else MISSING_NUMBER,
            "ref": one.ref if one else MISSING_REF,
        }
        remedy = str(one.remedy if one else NOWHERE)
        for kind, handle in names.items():
            filled = re.sub(r"\{(id|remedy)\}", remedy, path)
            filled = filled.replace("{handle}", handle)
            yield Door(
                f"{line} [{case} by {kind}]", case, method, filled, (handle, remedy)
            )


def _samples(
    path: str, street: Street, mine: "Belongings"
) -> dict[str, tuple[str, ...]]:
    """Return what may stand in an address that names no case."""
    nowhere = str(NOWHERE)
    if path.startswith("/room/me/"):
        kind = "sessions" if "sessions" in path else "tokens"
        own, others = getattr(mine, kind)
        return {"own": (own,), "another's": (others,), "missing": (nowhere,)}
    if "/hooks/" in path:
        own, others = mine.attempts
        return {"norda's": (own,), "meridian's": (others,), "missing": (nowhere,)}
    if path.startswith("/room/indicators/"):
        return {"a partner's": (mine.indicator,), "missing": (nowhere,)}
    if path.startswith("/room/figures/"):
        return {"nothing published": ("by-category",)}
    if path.startswith("/room/admin/mandates/"):
        return {"there": (mine.mandate,), "missing": (nowhere,)}
    if path.startswith("/room/admin/"):
        known = {
            "slug": "norda",
            "site": GAZIPUR,
            "code": GAZIPUR,
            "version": "2026-02-01",
            "id": mine.person,
            "file": "a4.pdf",
            "number": "1",
        }
        names = re.findall(r"\{(\w+)", path)
        there = tuple(known[name] for name in names)
        return {"there": there, "missing": tuple("999" for _ in names)}
    if is_room(path):
        raise AssertionError(f"No sample for {path}: write one.")
    return {"any": tuple("x" for _ in re.findall(r"\{", path))}


# --------------------------------------------------------------- what is sent

_FIELDS: dict[str, Any] = {
    "note": "For the walk.",
    "word": "For the walk.",
    "text": "For the walk.",
    "category": "HOUR",
    "severity": "S2",
    "site": GAZIPUR,
    "purpose": Purpose.WRITE_DOWN.value,
    "root_cause": "price",
    "owner": "brand",
    "due_on": "2027-01-31",
    "action": "For the walk.",
    "evidence": "For the walk.",
    "workers": "3",
    "to": "kesto",
    "name": "Walk",
    "scope": "cases:read",
    "days": "9",
    "language": "bn",
    "how": "at_once",
    "on": "2026-12-16",
    "next_on": "2027-01-20",
    "review_on": "2027-01-20",
    "by": "2wd",
    "law": "BD-15-2",
    "what": "formal",
    "policy": "2026-02-01",
    "step": "release",
    "sure": "yes",
    "day": "2027-01-20",
    "seen": "999999999",
    "password": "wrong horse",
    "old": "wrong horse",
    "new": "four kites above the river",
    "again": "four kites above the river",
    "who": "gaz-com-w1@example.org",
    "code": "000000",
    "pin": "8264",
    "k": "nothing",
}
_OF_ADMIN: dict[str, dict[str, Any]] = {
    "brands": {"slug": "norda", "name": "Norda", "email": "new@norda.example",
               "language": "en"},
    "people/{id}/end": {"when": "now"},
    "day/remove": {"scope": "BD", "date": "2027-02-21"},
    "calendars": {"scope": "BD", "date": "2027-02-21", "name": "A day", "until": ""},
}  # fmt: skip


def fields_of(door: Door, street: Street, actor: Actor, mine: "Belongings") -> Any:
    """Return a form as her page would send it, its token aside."""
    sent = dict(_FIELDS)
    sent["person"] = mine.member
    sent["into"] = street.cases["told" if door.case == "a" else "a"].number
    sent["number"] = street.cases["b"].number
    if "/room/admin" in door.path:
        for part, more in _OF_ADMIN.items():
            if part.split("{")[0] in door.path:
                return {**more, "scope": more.get("scope", "BD")}
    if "exclude" in door.path:
        sent["person"] = mine.member
    return sent


_BODIES: dict[str, dict[str, Any]] = {
    "acts": {"verb": "note", "note": "For the walk."},
    "words": {"text": "For the walk."},
    "answer": {"note": "For the walk."},
    "lead": {"brand": "kesto"},
    "finish": {"evidence": "For the walk."},
    "remedies": {"root_cause": "price", "owner": "brand", "due_on": "2027-01-31",
                 "action": "For the walk."},
}  # fmt: skip


def act_of(door: Door) -> dict[str, Any] | None:
    """Return what a machine sends; None where it is nothing."""
    return _BODIES.get(door.path.rpartition("/")[2])


# ------------------------------------------------------------------- the walk


@dataclass(frozen=True, slots=True)
class Belongings:
    """What is not a case and yet somebody's: her own first, then another's."""

    person: str
    member: str
    sessions: tuple[str, str]
    tokens: tuple[str, str]
    attempts: tuple[str, str]
    indicator: str
    mandate: str


@dataclass
class Walker:
    """One actor on a copy of the street; `renew` undoes what she did."""

    ground: Ground
    template: str
    street: Street
    actor: Actor
    store: Store
    app: Any
    secret: str = ""
    token: str = ""
    mine: Belongings | None = None
    name: str = ""
    _known: dict[str, int] = field(default_factory=dict)
    _undo: str = ""

    async def walk(self) -> list[Seen]:
        await self.arrive()
        assert self.mine is not None
        index = [a.name for a in ACTORS].index(self.actor.name)
        transport = httpx.ASGITransport(self.app, client=(f"198.51.100.{index}", 4000))
        seen: list[Seen] = []
        async with httpx.AsyncClient(
            transport=transport,
            base_url=BASE,
            headers={"sec-fetch-site": "same-origin", "accept-encoding": "identity"},
        ) as client:
            for door in doors(self.app, self.street, self.mine):
                is_hers = is_room(door.path) or self.actor.name == "anonymous"
                if is_hers:
                    seen.append(await self._knock(client, door))
        return seen

    async def _knock(self, client: httpx.AsyncClient, door: Door) -> Seen:
        assert self.mine is not None
        if door.method == "POST" and not self._known:
            self._known = await self._counts()
        headers = self._hands(door)
        how: dict[str, Any] = {}
        if door.method == "POST" and door.path.startswith("/api/"):
            how = {"json": act_of(door)}
        elif door.method == "POST" and is_room(door.path):
            form = sha(f"form|{self.secret}")[:32]
            sent = fields_of(door, self.street, self.actor, self.mine)
            how = {"data": {**sent, "t": form}}
        client.cookies.clear()
        answer = await client.request(door.method, door.path, headers=headers, **how)
        grew: tuple[str, ...] = ()
        if door.method == "POST":
            after = await self._counts()
            grew = tuple(sorted(k for k in after if after[k] != self._known[k]))
            if grew:
                await self.renew()
                self._known = await self._counts()
        return Seen(
            door,
            answer.status_code,
            answer.headers.get("location", ""),
            _print(answer, door),
            answer.text if answer.headers.get("content-type", "").startswith(
                ("text/", "application/json", "application/problem")
            ) else "",
            grew,
        )  # fmt: skip

    def _hands(self, door: Door) -> dict[str, str]:
        if door.path.startswith("/api/") and self.token:
            return {"authorization": f"Bearer {self.token}"}
        if is_room(door.path) and self.secret:
            return {"cookie": f"{COOKIE}={self.secret}"}
        return {}

    async def _counts(self) -> dict[str, int]:
        row = await self.store.pool.fetchrow(
            # Her own page, drawn again beside a refusal, is read again.
            "SELECT (SELECT count(*) FROM ledger_event"
            "   WHERE kind NOT IN ('act.refused', 'text.read')) AS ledger,"
            " (SELECT count(*) FROM ledger_event WHERE kind = 'act.refused')"
            "   AS refused,"
            " (SELECT count(*) FROM audit_event) AS audit,"
            " (SELECT version FROM directory_version) AS directory,"
            " (SELECT count(*) FROM outbox) AS outbox,"
            " (SELECT count(*) FROM room_session) AS sessions,"
            " (SELECT count(*) FROM room_session WHERE ended_at IS NULL) AS open,"
            " (SELECT count(*) FROM api_token WHERE ended_at IS NULL) AS tokens,"
            " (SELECT count(*) FROM preference) AS preferences,"
            " (SELECT count(*) FROM invitation) AS invitations,"
            " (SELECT count(*) FROM brand_case WHERE promised_at IS NULL) AS promises,"
            " (SELECT count(*) FROM account) AS accounts"
        )
        counts = dict(row)
        if self.actor.name in OUTSIDE:
            del counts["open"]  # hers ends at her first request
        return counts

    async def arrive(self) -> None:
        """Take a copy of the street, sit down in it, and keep how it is then."""
        self.name = f"walk_{new_id(MORNING).hex[:12]}_{next(_COPIES)}"
        await on_server(
            self.ground, f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"'
        )
        opened = await Store.open(
            self.ground.database(self.name), self.store.keyring, max_size=3
        )
        self.store.pool = opened.pool
        await self._sit()
        rows = await self.store.pool.fetch(
            "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        )
        copies = (f"CREATE TABLE kept.{r['name']} AS TABLE {r['name']}" for r in rows)
        async with as_owner(self.store) as owner:
            await owner.execute(";".join(["CREATE SCHEMA kept", *copies]))
        # As a replica does: no trigger of ours refuses or adds anything.
        self._undo = ";".join(
            [
                "SET LOCAL session_replication_role = replica",
                *(f"DELETE FROM {r['name']}" for r in rows),
                *(
                    f"INSERT INTO {r['name']} OVERRIDING SYSTEM VALUE"
                    f" SELECT * FROM kept.{r['name']}"
                    for r in rows
                ),
            ]
        )

    async def renew(self) -> None:
        """Undo whatever was done since she sat down."""
        async with as_owner(self.store) as owner, owner.transaction():
            await owner.execute(self._undo)

    async def close(self) -> None:
        if self.name:
            await self.store.pool.close()
            await on_server(self.ground, f'DROP DATABASE "{self.name}" WITH (FORCE)')

    async def _sit(self) -> None:
        """Give the actor what she holds, and others what is theirs."""
        store, actor = self.store, self.actor
        names = {"@drawn": self.street.drawn, "@waiting": self.street.waiting}
        other = await who(store, "admin-2")
        person = await who(store, names.get(actor.person, actor.person) or "admin-2")
        own_session, self.secret = await _session(store, person, actor.holds)
        others_session, _ = await _session(store, other, "session")
        own_token, self.token = await _token(store, person, actor.holds)
        others_token, _ = await _token(store, other, "session", name="another")
        if actor.holds == "nothing":
            self.secret = self.token = ""
        self.mine = Belongings(
            str((await who(store, "tur-com-w2")).id),
            str((await who(store, "gaz-com-n1")).id),
            (own_session, others_session),
            (own_token, others_token),
            (await _attempt(store, "norda"), await _attempt(store, "meridian")),
            await _indicator(store),
            await _mandate(store),
        )
        if person.role == "partner" and actor.holds == "session":
            for case in actor.hers:
                await say_purpose(
                    store,
                    self.street.cases[case].number,
                    Purpose.WRITE_DOWN,
                    by=person,
                    day=MORNING.date(),
                    session_id=UUID(own_session),
                )


async def _indicator(store: Store) -> str:
    """Let a partner of Bangladesh have entered a number."""
    entered = Entered(
        IndicatorKind.WORKERS_REACHED, 40, _YEAR[0], _YEAR[1], "For the walk."
    )
    by = await who(store, "partner-bd")
    return str(await enter_indicator(store, entered, by=by, at=MORNING))


async def _mandate(store: Store) -> str:
    mandate = await record_mandate(
        store,
        await who(store, "auditor"),
        sites=(),
        countries=(),
        since=_YEAR[0],
        until=_YEAR[1],
        purpose="For the walk.",
        recipient=new_identity()[1],
        by=None,
        through="page",
        at=MORNING,
    )
    return str(mandate.id)


_YEAR = (date(2026, 1, 1), date(2026, 12, 31))
_COPIES = count()


@asynccontextmanager
async def walker(ground: Ground, template: str, street: Street, actor: Actor) -> Any:
    """One actor, before an application of her own."""
    keyring = Keyring([bytes(range(32))], pepper=bytes(32))
    store = Store(None, keyring)
    settings = read_settings(
        {
            "PUBLIC_BASE_URL": BASE,
            "THREADLINE_KEYS": "A" * 43 + "=",
            "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
            "TWILIO_AUTH_TOKEN": "t" * 32,
        }
    )
    app = build(settings, store, _catalog(), clock=lambda: MORNING)
    minutes = count(step=60.0)
    app.state.api = replace(app.state.api, seconds=lambda: next(minutes))
    made = Walker(ground, template, street, actor, store, app)
    try:
        yield made
    finally:
        await made.close()


def _catalog() -> Catalog:
    return Catalog.load(_ROOT / "locales")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def _session(store: Store, person: Person, holds: str) -> tuple[str, str]:
    at = MORNING - (timedelta(days=15) if holds == "expired" else timedelta())
    async with store.transaction() as tx:
        secret = await begin(tx, person, is_whole=holds != "half", device="Walk", at=at)
        tag = hashlib.sha256(secret.encode()).digest()
        row = await tx.connection.fetchval(
            "SELECT id FROM room_session WHERE tag = $1", tag
        )
    assert row is not None
    return str(row), secret


async def _token(
    store: Store, person: Person, holds: str, *, name: str = "walk"
) -> tuple[str, str]:
    """Make a token with all that the role may have; a half one was ended."""
    scopes = [scope.value for scope in SCOPES[person.role]]
    at = MORNING - (timedelta(days=15) if holds == "expired" else timedelta())
    if not person.serves_on(at.date()):
        at = MORNING - timedelta(days=10)
    made = await make_token(store, person, name=name, scopes=scopes, days=14, at=at)
    if holds == "half":
        await store.pool.execute(
            "UPDATE api_token SET ended_at = $2 WHERE id = $1", made.token.id, MORNING
        )
    return str(made.token.id), made.secret


async def _attempt(store: Store, brand: str) -> str:
    """Return a try at a brand's webhook, of a message that was given up."""
    owed = await store.pool.fetchval(
        "UPDATE outbox SET state = 'failed', next_at = NULL WHERE id = ("
        " SELECT id FROM outbox WHERE recipient_kind = 'brand_webhook'"
        " ORDER BY id LIMIT 1) RETURNING id"
    )
    made = new_id(MORNING)
    await store.pool.execute(
        "INSERT INTO hook_attempt (id, owed_id, brand, at, type, status)"
        " VALUES ($1, $2, $3, $4, 'case.missed', '500')",
        made, owed, brand, MORNING,
    )  # fmt: skip
    return str(made)


_HEADERS_ASIDE = {"date", "x-request-id", "content-length"}


def _print(answer: httpx.Response, door: Door) -> str:
    """Return a digest of all that was answered, whatever it was asked about."""
    headers = sorted(
        (name, value)
        for name, value in answer.headers.items()
        if name not in _HEADERS_ASIDE
    )
    whole = json.dumps([answer.status_code, headers, answer.text])
    for one in door.ids:
        for shown in (one, f"{one[:4]}-{one[4:]}", quote(one)):
            whole = whole.replace(shown, "*")
    return sha(whole)


async def walk_all(
    ground: Ground, template: str, street: Street, actors: Sequence[Actor] = ACTORS
) -> dict[str, list[Seen]]:
    seen = {}
    for actor in actors:
        async with walker(ground, template, street, actor) as one:
            seen[actor.name] = await one.walk()
    return seen


def run_walk(ground: Ground, template: str, street: Street) -> dict[str, list[Seen]]:
    before, sign_in.DOOR_SECONDS = sign_in.DOOR_SECONDS, 0.0
    try:
        return asyncio.run(walk_all(ground, template, street))
    finally:
        sign_in.DOOR_SECONDS = before
