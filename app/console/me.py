"""A person's own account: her language, password, second factor, sessions, PIN."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import UUID

from starlette.responses import Response

from app.actions.my_account import begin_anew, choose_language, my_account, set_pin
from app.actions.sessions import end_one, end_others, lasting
from app.actions.set_password import change_password
from app.console.frame import Door, Place, Visit, keep_session
from app.console.sign_in import TWICE, device, raw, weak_line
from app.domain.errors import BadInput, NotFound
from app.domain.passwords import LEAST, Weakness
from app.domain.permissions import may_open
from app.wording.line import N_, Line

PAGE = "/room/me"

# What happened at her door, in words; see `app.store.accounts.note`.
HAPPENED: Mapping[str, str] = MappingProxyType(
    {
        "invited": N_("You were invited"),
        "password_set": N_("A password was set by invitation"),
        "password_changed": N_("The password was changed"),
        "factor_set": N_("The second half of the key was set up"),
        "signed_in": N_("Signed in"),
        "wrong_password": N_("Somebody typed a wrong password"),
        "wrong_code": N_("Somebody typed a wrong code after the right password"),
        "wrong_pin": N_("Somebody texted a wrong PIN from your phone"),
        "signed_out": N_("Signed out"),
        "ended": N_("You ended a session from elsewhere"),
        "ended_for_her": N_("The programme ended your sessions"),
        "pin_set": N_("A PIN for working by text message was set"),
        "pin_stopped": N_("Your PIN was switched off after many wrong ones"),
        "pin_dropped": N_("The PIN for working by text message was taken away"),
    }
)

WRONG = N_(
    "The password that you have now was not right. Nothing was changed. After several "
    "wrong tries in a row, wait a minute."
)
_CHANGED = N_("Your password is changed, and all other sessions have ended.")
_LANGUAGE = N_("The rooms are in this language now.")
_ENDED = N_("That session has ended.")
_ENDED_ALL = N_("All other sessions have ended.")
_PIN_SET = N_("Your PIN is set. Nobody can read it here, you can only set another.")
_PIN_GONE = N_("Your PIN is taken away. Nothing can be done by text message as you.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "me", _show),
        Place("POST", f"{PAGE}/language", "me", _language),
        Place("POST", f"{PAGE}/password", "me", _password),
        Place("POST", f"{PAGE}/second", "me", _second),
        Place("POST", f"{PAGE}/pin", "me", _pin),
        Place("POST", f"{PAGE}/sessions/end", "me", _end_others),
        Place("POST", f"{PAGE}/sessions/{{id}}/end", "me", _end_one),
    )


async def _show(visit: Visit) -> Response:
    return await _page(visit)


async def _page(visit: Visit, *, problem: Line | None = None) -> Response:
    assert visit.sitting is not None
    person = visit.person
    mine = await my_account(visit.store, visit.sitting, visit.at)
    return visit.page(
        "me.html",
        status=400 if problem else 200,
        path=PAGE,
        mine=mine,
        own_session=visit.sitting.id,
        problem=problem,
        happened=HAPPENED,
        least=LEAST,
        sites=[visit.directory.sites[o] for o in person.org if o in _sites(visit)],
        orgs=[org for org in person.org if org not in _sites(visit)],
        brands=visit.directory.brands,
        has_phone=person.phone_sealed is not None,
        has_tokens=may_open(person.role, "me-tokens"),
        has_notices=may_open(person.role, "me-notices"),
    )


def _sites(visit: Visit) -> Mapping[str, object]:
    return visit.directory.sites


async def _language(visit: Visit) -> Response:
    assert visit.sitting is not None
    language = visit.said("language", most=10)
    if language not in visit.door.look.languages:
        raise BadInput("Choose one of the languages that are offered.")
    await choose_language(visit.store, visit.sitting, language, at=visit.at)
    return visit.see_other(PAGE, Line(_LANGUAGE))


async def _password(visit: Visit) -> Response:
    new = raw(visit, "new")
    if new != raw(visit, "again"):
        return await _page(visit, problem=Line(TWICE))
    changed = await change_password(
        visit.store,
        visit.secret,
        raw(visit, "old"),
        new,
        ends_tokens=visit.said("keep_tokens") != "yes",
        known=visit.known,
        device=device(visit),
        at=visit.at,
    )
    if isinstance(changed, Weakness):
        return await _page(visit, problem=weak_line(changed))
    if changed is None:
        return await _page(visit, problem=Line(WRONG))
    longest, _ = lasting(visit.person.role)
    reply = visit.see_other(PAGE, Line(_CHANGED))
    keep_session(reply, changed, int(longest.total_seconds()))
    return reply


async def _second(visit: Visit) -> Response:
    proved = await begin_anew(
        visit.store,
        visit.secret,
        raw(visit, "old"),
        known=visit.known,
        device=device(visit),
        at=visit.at,
    )
    if not proved:
        return await _page(visit, problem=Line(WRONG))
    return visit.see_other("/in/second?to=/room/me")


async def _pin(visit: Visit) -> Response:
    assert visit.sitting is not None
    pin = visit.said("pin", most=20)
    if visit.person.phone_sealed is None:
        raise NotFound("There is no phone of yours.")
    if not pin and visit.said("drop") != "yes":
        raise BadInput("Type a PIN of six digits.")
    await set_pin(visit.store, visit.sitting, pin, device=device(visit), at=visit.at)
    return visit.see_other(PAGE, Line(_PIN_SET if pin else _PIN_GONE))


async def _end_one(visit: Visit) -> Response:
    assert visit.sitting is not None
    try:
        session_id = UUID(visit.path["id"])
    except ValueError:
        raise NotFound("There is no such session.") from None
    if not await end_one(visit.store, visit.sitting, session_id, at=visit.at):
        raise NotFound("There is no such session.")
    return visit.see_other(PAGE, Line(_ENDED))


async def _end_others(visit: Visit) -> Response:
    assert visit.sitting is not None
    await end_others(visit.store, visit.sitting, at=visit.at)
    return visit.see_other(PAGE, Line(_ENDED_ALL))
