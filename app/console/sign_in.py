"""The way in: an invitation, a password, a second factor, and the way out.

Open to everybody, so it says nothing of anybody: a wrong password, an unknown
address and a try too soon get the same page, the same status, after the same time.
"""

import asyncio
from dataclasses import dataclass
from urllib.parse import quote

from starlette.responses import Response

from app.actions.invite import join, whose_invitation
from app.actions.known_devices import is_known as is_known_to, know
from app.actions.second_factor import (
    Asked,
    Way,
    asked_of,
    choose_authenticator,
    choose_codes,
    confirm,
    send_code,
)
from app.actions.sessions import HALF_LASTS, lasting, sign_out
from app.actions.sign_in import sign_in, whose
from app.console.devices import device_of
from app.console.frame import (
    Door,
    Place,
    Visit,
    end_session,
    keep_known,
    keep_session,
    way_back,
)
from app.domain.passwords import LEAST, Weakness
from app.edge.throttle import network_of
from app.receipts.qr import qr_svg
from app.wording.line import N_, Line

# Longer than a password takes to compare, so that every answer takes as long.
DOOR_SECONDS = 0.7

WEAK = {
    Weakness.SHORT: N_("Choose at least {least} characters."),
    Weakness.LONG: N_("Choose at most 256 characters."),
    Weakness.KNOWN: N_(
        "This password stands in lists from which passwords are guessed. "
        "Choose another, such as four words that do not belong together."
    ),
    Weakness.OWN: N_(
        "Your name, your address and the name of this programme are guessed first. "
        "Choose something else."
    ),
}
TWICE = N_("The two are not the same. Type the new password once more.")
_WRONG = N_(
    "That did not work. Check the address and the password. After several wrong "
    "tries in a row, wait a minute: the next one counts only then."
)
_WRONG_CODE = N_(
    "That code is not right, or was used before. Take a fresh one. After several "
    "wrong tries in a row, wait a minute."
)
_TOO_OFTEN = N_(
    "Too many wrong tries came from your network. Please try again in a few seconds."
)
_AGAIN = N_("You have to sign in once more.")
_SENT = N_("A code is on its way to your phone.")
_TOO_SOON = N_(
    "A code was sent a moment ago. Wait a minute before you ask for another."
)
_OUT = N_("You have signed out.")
_READY = N_("Your way in is ready. From now on you sign in with both.")


def weak_line(weak: Weakness) -> Line:
    return Line(WEAK[weak], {"least": LEAST} if weak is Weakness.SHORT else {})


def device(visit: Visit) -> str:
    return device_of(visit.request.headers.get("user-agent", ""))


def raw(visit: Visit, name: str) -> str:
    """Return a password as it was typed: blanks belong to it."""
    value = visit.form.get(name, "")
    return value.encode("utf-8", "ignore").decode() if isinstance(value, str) else ""


def places(door: Door) -> tuple[Place, ...]:
    room = EntranceHall(door, DOOR_SECONDS)
    return (
        Place("GET", "/in", "", room.ask),
        Place("POST", "/in", "", room.take),
        Place("GET", "/in/second", "", room.ask_second),
        Place("POST", "/in/second", "", room.take_second),
        Place("POST", "/in/second/send", "", room.send_again),
        Place("POST", "/in/second/way", "", room.choose_way),
        Place("GET", "/in/join", "", room.ask_to_join),
        Place("POST", "/in/join", "", room.take_join),
        Place("POST", "/in/out", "", room.let_out),
    )


@dataclass(frozen=True, slots=True)
class EntranceHall:
    """The pages before the rooms."""

    door: Door
    seconds: float  # that each try of a password takes

    # ------------------------------------------------------------ the password

    async def ask(self, visit: Visit) -> Response:
        if visit.sitting is not None:
            to = visit.asked("to")
            place = way_back(to) if visit.sitting.is_whole else _second(to)
            return visit.see_other(place)
        return _door_page(visit, to=visit.asked("to"))

    async def take(self, visit: Visit) -> Response:
        loop = asyncio.get_running_loop()
        started = loop.time()
        reply = await self._take(visit, started)
        await asyncio.sleep(max(0.0, started + self.seconds - loop.time()))
        return reply

    async def _take(self, visit: Visit, now: float) -> Response:
        to, who = visit.said("to"), visit.said("who", most=320)
        person = await whose(visit.store, who, visit.at)
        # A browser that came in before is slowed by its own wrong tries alone.
        is_known = await is_known_to(visit.store, person, visit.known)
        account = str(person.id) if person else who.lower()
        if not is_known and (refused := self._count(visit, account, now)):
            line, status = refused
            return _door_page(visit, to=to, problem=line, status=status)
        secret = await sign_in(
            visit.store,
            person,
            raw(visit, "password"),
            known=visit.known,
            device=device(visit),
            at=visit.at,
        )
        if secret is None:
            return _door_page(visit, to=to, problem=Line(_WRONG), status=403)
        if not is_known:
            self._take_back(visit, account, now)
        await _leave(visit)
        note = None
        asked = await asked_of(visit.store, secret, visit.at)
        if asked is not None and asked.way is Way.TEXT:
            note = await self._send(visit, secret)
        return _seated(visit.see_other(_second(to), note), secret)

    def _count(self, visit: Visit, account: str, now: float) -> tuple[Line, int] | None:
        """Count a try as wrong before it is looked at; or say why it is not."""
        door, network = self.door, network_of(visit.request.scope)
        key = self._key(network, account, now)
        if not door.paced.may_try(key, visit.at):
            return Line(_WRONG), 403
        if not door.throttle.may_look(network, now):
            return Line(_TOO_OFTEN), 429
        door.paced.note_wrong(key, visit.at)
        door.throttle.note_wrong(network, now)
        return None

    def _take_back(self, visit: Visit, account: str, now: float) -> None:
        network = network_of(visit.request.scope)
        self.door.paced.forget(self._key(network, account, now))
        self.door.throttle.take_back(network, now)

    def _key(self, network: str, account: str, now: float) -> bytes:
        return self.door.throttle.tag(network, now) + account.encode()

    # ------------------------------------------------------- the second factor

    async def ask_second(self, visit: Visit) -> Response:
        return await self._second_page(visit, to=visit.asked("to"))

    async def take_second(self, visit: Visit) -> Response:
        to = visit.said("to")
        asked = await self._asked(visit)
        if asked is None:
            return visit.see_other("/in", Line(_AGAIN))
        loop = asyncio.get_running_loop()
        network = network_of(visit.request.scope)
        is_known = await is_known_to(visit.store, asked.person, visit.known)
        if not is_known and not self.door.throttle.may_look(network, loop.time()):
            return await self._second_page(
                visit, to=to, problem=Line(_TOO_OFTEN), status=429
            )
        secret = await confirm(
            visit.store,
            visit.secret,
            visit.said("code", most=20),
            device=device(visit),
            at=visit.at,
        )
        if secret is None:
            self.door.throttle.note_wrong(network, loop.time())
            return await self._second_page(
                visit, to=to, problem=Line(_WRONG_CODE), status=403
            )
        note = Line(_READY) if asked.is_new else None
        longest, _ = lasting(asked.person.role)
        reply = visit.see_other(way_back(to), note)
        keep_session(reply, secret, int(longest.total_seconds()))
        known = await know(visit.store, asked.person, visit.known, visit.at)
        keep_known(reply, known)
        return reply

    async def send_again(self, visit: Visit) -> Response:
        note = await self._send(visit, visit.secret)
        return visit.see_other(_second(visit.said("to")), note)

    async def choose_way(self, visit: Visit) -> Response:
        if visit.said("way") == "text":
            if await choose_codes(visit.store, visit.secret, at=visit.at):
                visit.door.parts.ring()
        else:
            await choose_authenticator(visit.store, visit.secret, at=visit.at)
        return visit.see_other(_second(visit.said("to")))

    async def _asked(self, visit: Visit) -> Asked | None:
        """Return what the visitor is asked for; None where there is nothing."""
        if not visit.secret:
            return None
        asked = await asked_of(visit.store, visit.secret, visit.at)
        is_done = visit.sitting is not None and visit.sitting.is_whole
        return None if asked is None or (is_done and not asked.is_new) else asked

    async def _second_page(
        self, visit: Visit, *, to: str, problem: Line | None = None, status: int = 200
    ) -> Response:
        asked = await self._asked(visit)
        if asked is None:
            is_done = visit.sitting is not None and visit.sitting.is_whole
            return visit.see_other(way_back(to) if is_done else _first(to), problem)
        is_choosing = asked.way is Way.CHOOSE
        return visit.page(
            "in_factor.html" if is_choosing else "in_second.html",
            status=status,
            **_bare(to, problem),
            asked=asked,
            qr=qr_svg(asked.uri, "QR") if is_choosing else "",
            key=_in_groups(asked.key),
        )

    async def _send(self, visit: Visit, secret: str) -> Line:
        if await send_code(visit.store, secret, at=visit.at):
            visit.door.parts.ring()
            return Line(_SENT)
        return Line(_TOO_SOON)

    # ------------------------------------------------------------ the invitation

    async def ask_to_join(self, visit: Visit) -> Response:
        return await self._join_page(visit, visit.asked("k")[:64])

    async def take_join(self, visit: Visit) -> Response:
        secret, new = visit.said("k", most=64), raw(visit, "password")
        if new != raw(visit, "again"):
            return await self._join_page(visit, secret, problem=Line(TWICE))
        joined = await join(visit.store, secret, new, device=device(visit), at=visit.at)
        if isinstance(joined, Weakness):
            return await self._join_page(visit, secret, problem=weak_line(joined))
        if joined is None:
            return await self._join_page(visit, "")
        await _leave(visit)
        return _seated(visit.see_other("/in/second"), joined)

    async def _join_page(
        self, visit: Visit, secret: str, *, problem: Line | None = None
    ) -> Response:
        person = None
        if secret:
            person = await whose_invitation(visit.store, secret, visit.at)
        if person is None:
            return visit.page("in_gone.html", status=410, **_bare("", None))
        return visit.page(
            "in_join.html",
            status=400 if problem else 200,
            **_bare("", problem),
            k=secret,
            invited=person,
            least=LEAST,
        )

    # ------------------------------------------------------------------ the way out

    async def let_out(self, visit: Visit) -> Response:
        await _leave(visit)
        reply = visit.see_other("/in", Line(_OUT))
        end_session(reply)
        return reply


def _door_page(
    visit: Visit, *, to: str, problem: Line | None = None, status: int = 200
) -> Response:
    return visit.page(
        "in_door.html",
        status=status,
        **_bare(to, problem),
        who=visit.said("who", most=320),
    )


def _bare(to: str, problem: Line | None) -> dict[str, object]:
    """Return what every page before the rooms has; none has the rooms' bar."""
    return {"person": None, "to": to, "problem": problem}


async def _leave(visit: Visit) -> None:
    """End the session that the browser came with: another takes its place."""
    if visit.secret:
        await sign_out(visit.store, visit.secret, device=device(visit), at=visit.at)


def _seated(reply: Response, secret: str) -> Response:
    """Give the browser a session that is half one."""
    keep_session(reply, secret, int(HALF_LASTS.total_seconds()))
    return reply


def _second(to: str) -> str:
    return f"/in/second?to={quote(to, safe='')}" if to else "/in/second"


def _first(to: str) -> str:
    return f"/in?to={quote(to, safe='')}" if to else "/in"


def _in_groups(key: str) -> str:
    """Return a key in groups of four, as one types it off a screen."""
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))
