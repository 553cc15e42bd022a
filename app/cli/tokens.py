"""`threadline tokens`: make, list and end the tokens by which machines come in."""

from typing import Annotated
from uuid import UUID

import typer

from app.actions.api_tokens import Made, end_token, make_token, tokens_of
from app.actions.sessions import serving
from app.cli.ground import Ground, on_ground, print_json, say
from app.domain.directory import Person
from app.domain.errors import Refused
from app.domain.scopes import MOST_DAYS
from app.store.api_tokens import Token

app = typer.Typer(
    help="Tokens by which machines come in through the API.", no_args_is_help=True
)

_Who = Annotated[str, typer.Argument(metavar="EMAIL", help="Whose, or a phone.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command()
def make(
    who: _Who,
    name: Annotated[str, typer.Option("--name", help="What it is for.")],
    scopes: Annotated[
        str,
        typer.Option("--scopes", help="What it may do: cases:read,cases:act, …"),
    ],
    days: Annotated[
        int, typer.Option("--days", help=f"How long it lasts, 1 to {MOST_DAYS}.")
    ] = 90,
) -> None:
    """Make a token that acts as a person, and print it this one time."""

    async def work(ground: Ground) -> Made:
        person = await ground.person(who)
        if serving(await ground.directory(), person.id, ground.at) is None:
            raise Refused("This person does not serve today.")
        wanted = [scope for part in scopes.split(",") if (scope := part.strip())]
        return await make_token(
            ground.store, person, name=name, scopes=wanted, days=days, at=ground.at
        )

    made = on_ground(work)
    say(made.secret)


@app.command("list")
def list_tokens(who: _Who, as_json: _AsJson = False) -> None:
    """List a person's tokens; what they are is never shown again."""

    async def work(ground: Ground) -> tuple[Ground, list[Token]]:
        return ground, await tokens_of(ground.store, await ground.person(who))

    ground, tokens = on_ground(work)
    lines = [_line(token, token.holds_at(ground.at)) for token in tokens]
    if as_json:
        print_json(lines)
        return
    for line in lines:
        say(
            f"{line['id']}  {line['name']}  {line['scopes']}"
            f"  {'until' if line['holds'] else 'ended'} {line['until']}"
        )


@app.command()
def end(
    who: _Who,
    token: Annotated[UUID, typer.Argument(metavar="ID", help="From tokens list.")],
) -> None:
    """End a token: whatever uses it is refused from now on."""

    async def work(ground: Ground) -> Person:
        person = await ground.person(who)
        await end_token(ground.store, person, token, at=ground.at)
        return person

    on_ground(work)
    say("ended")


def _line(token: Token, holds: bool) -> dict[str, str | bool | None]:
    return {
        "id": str(token.id),
        "name": token.name,
        "scopes": ",".join(token.scopes),
        "holds": holds,
        "until": (token.ended_at or token.expires_at).isoformat(),
        "used_at": token.used_at.isoformat() if token.used_at else None,
    }
