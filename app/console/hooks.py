"""The log of a brand's webhooks: each try, what came back, and once more."""

from uuid import UUID

from starlette.responses import Response

from app.actions.replay_hook import PAGE as MOST, attempts_for, replay_hook
from app.console.frame import Door, Place, Visit
from app.domain.errors import NotFound
from app.wording.line import N_, Line

PAGE = "/room/brand/hooks"

# What came back, or came in its stead; a number is your server's own.
_STATUSES = {
    "timeout": N_("Your server did not answer in time."),
    "refused": N_("Nobody answered at your address."),
    "cut": N_("The connection was cut before an answer came."),
    "name_not_resolved": N_("The name of your server was not found."),
    "tls": N_("Your server's certificate was not accepted."),
    "url": N_("Your address is no web address."),
    "not_https": N_("Your address does not begin with https."),
    "private_address": N_("Your address leads into a private network."),
    "secret": N_("The secret that signs your webhooks is not a valid one."),
    "shown": N_("This is a demo: it was shown and not sent."),
    "error": N_("Something failed on our side."),
}
_TAKEN = N_("Your server took it ({status}).")
_NOT_TAKEN = N_("Your server answered {status} and did not take it.")

# Where the message stands by now.
_STATES = {
    "owed": N_("It will be tried again."),
    "unknown": N_("It will be tried again."),
    "sent": N_("It has been taken."),
    "failed": N_("It will not be tried again by itself."),
    "expired": N_("It came too late to be sent."),
    "dropped": N_("It is not sent any more."),
    "skipped": N_("It was overtaken and is not sent any more."),
    "gone": N_("It is no longer kept."),
}
_AGAIN = N_(
    "It goes out again in a moment, under the same id. Look here for the answer."
)


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "brand-hooks", _log),
        Place("POST", f"{PAGE}/{{id}}/again", "brand-hooks", _again),
    )


def said_of(status: str) -> Line:
    """Return what came of a try, as a sentence for the brand."""
    if status in _STATUSES:
        return Line(_STATUSES[status], {})
    says = _TAKEN if status.startswith("2") else _NOT_TAKEN
    return Line(says, {"status": status})


async def _log(visit: Visit) -> Response:
    after = visit.asked("after")
    found = await attempts_for(
        visit.store, visit.person, after=_id(after) if after else None, limit=MOST + 1
    )
    return visit.page(
        "brand_hooks.html",
        path=PAGE,
        attempts=found[:MOST],
        said_of=said_of,
        states=_STATES,
        older=found[MOST - 1].id if len(found) > MOST else None,
        brands=[
            visit.directory.brands[slug]
            for slug in visit.person.org
            if slug in visit.directory.brands
        ],
    )


async def _again(visit: Visit) -> Response:
    await replay_hook(visit.store, _id(visit.path["id"]), by=visit.person, at=visit.at)
    visit.door.parts.ring()
    return visit.see_other(PAGE, Line(_AGAIN, {}))


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("There is no such delivery.") from None
