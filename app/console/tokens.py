"""A person's own tokens: made here, shown once, ended here."""

from uuid import UUID

from starlette.responses import Response

from app.actions.api_tokens import end_token, make_token, tokens_of
from app.actions.my_account import prove_again
from app.console.frame import Door, Place, Visit
from app.console.me import WRONG
from app.console.sign_in import device, raw
from app.domain.errors import BadInput, NotFound
from app.domain.scopes import LONGEST_NAME, MOST_DAYS, SCOPES, Scope
from app.wording.line import N_, Line

PAGE = "/room/me/tokens"

_SAYS = {
    Scope.CASES_READ: N_("Read the cases that you see"),
    Scope.CASES_ACT: N_("Act on these cases as you may"),
    Scope.BRAND_READ: N_("Read the escalations to your brand"),
    Scope.BRAND_ACT: N_("Answer escalations and work at remedies"),
    Scope.HOOKS_READ: N_("Read the log of webhooks"),
    Scope.PROGRAMME_READ: N_("Read the sites of the programme"),
}
_ENDED = N_("The token has ended. Whatever still uses it is refused from now on.")


def places(_door: Door) -> tuple[Place, ...]:
    return (
        Place("GET", PAGE, "me-tokens", _list),
        Place("POST", PAGE, "me-tokens", _make),
        Place("POST", f"{PAGE}/{{id}}/end", "me-tokens", _end),
    )


async def _list(visit: Visit) -> Response:
    return await _page(visit)


async def _make(visit: Visit) -> Response:
    """Answer with the page itself: a secret must not travel in a note's cookie."""
    days = visit.said("days", most=4)
    if not (days.isascii() and days.isdigit()):
        raise BadInput(f"A token lasts from 1 to {MOST_DAYS} days.")
    assert visit.sitting is not None
    proved = await prove_again(
        visit.store,
        visit.sitting,
        raw(visit, "old"),
        known=visit.known,
        device=device(visit),
        at=visit.at,
    )
    if not proved:
        return await _page(visit, problem=Line(WRONG))
    made = await make_token(
        visit.store,
        visit.person,
        name=visit.said("name", most=LONGEST_NAME + 1),
        scopes=visit.all_said("scope"),
        days=int(days),
        at=visit.at,
    )
    return await _page(visit, secret=made.secret)


async def _end(visit: Visit) -> Response:
    try:
        token_id = UUID(visit.path["id"])
    except ValueError:
        raise NotFound("There is no such token.") from None
    await end_token(visit.store, visit.person, token_id, at=visit.at)
    return visit.see_other(PAGE, Line(_ENDED, {}))


async def _page(
    visit: Visit, *, secret: str = "", problem: Line | None = None
) -> Response:
    tokens = await tokens_of(visit.store, visit.person)
    return visit.page(
        "me_tokens.html",
        status=400 if problem else 200,
        problem=problem,
        path=PAGE,
        secret=secret,
        offered=SCOPES.get(visit.person.role, ()),
        scope_says=_SAYS,
        running=[token for token in tokens if token.holds_at(visit.at)],
        over=[token for token in tokens if not token.holds_at(visit.at)][:20],
        longest_name=LONGEST_NAME,
        most_days=MOST_DAYS,
    )
