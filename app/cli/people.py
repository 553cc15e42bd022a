"""`threadline people`: who may come in, invited and sent out from a terminal."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import typer

from app.actions.invite import Invited, invite as invite_person
from app.actions.sessions import end_all, serving
from app.cli.ground import Ground, on_ground, print_json, say
from app.domain.directory import Directory, Person
from app.store import accounts

app = typer.Typer(
    help="Who may come into the rooms: invite people, list them, sign them out.",
    no_args_is_help=True,
)

_Who = Annotated[str, typer.Argument(metavar="EMAIL_OR_PHONE", help="Who it is.")]
_AsJson = Annotated[bool, typer.Option("--json", help="Print as JSON.")]


@app.command()
def invite(
    who: _Who,
    prints_link: Annotated[
        bool,
        typer.Option(
            "--print-link",
            help="Print the link too, for the first of all. Whoever sees it comes in.",
        ),
    ] = False,
) -> None:
    """Invite somebody into the rooms, by e-mail or else by text message.

    Also whoever lost the password or the phone: both are then chosen anew.
    """

    async def work(ground: Ground) -> tuple[Ground, Invited]:
        person = await ground.person(who)
        return ground, await invite_person(ground.store, person, by=None, at=ground.at)

    ground, invited = on_ground(work)
    say(f"Invited. The link works once, until {invited.until:%Y-%m-%d %H:%M} UTC.")
    if prints_link:
        base = ground.settings.public_base_url.rstrip("/")
        say(f"{base}/in/join?k={invited.secret}")


@app.command("list")
def list_people(as_json: _AsJson = False) -> None:
    """List who serves today, and whether they can sign in."""

    async def work(ground: Ground) -> list[dict[str, str]]:
        directory = await ground.directory()
        async with ground.store.transaction() as tx:
            joined = await accounts.joined(tx)
            invited = await accounts.invited(tx, ground.at)
        return [
            _row(person, joined, invited) for person in _serving(directory, ground.at)
        ]

    rows = on_ground(work)
    if as_json:
        print_json(rows)
        return
    for row in rows:
        say("  ".join(row[name] for name in ("state", "role", "who", "name", "org")))


@app.command("sign-out")
def sign_out(who: _Who) -> None:
    """End all sessions of somebody at once; they can sign in again."""

    async def work(ground: Ground) -> int:
        person = await ground.person(who)
        return await end_all(ground.store, person, at=ground.at)

    count = on_ground(work)
    say(f"{count} ended." if count else "Nobody was signed in.")


def _serving(directory: Directory, at: datetime) -> list[Person]:
    found = [p for p in directory.people if serving(directory, p.id, at)]
    return sorted(found, key=lambda p: (p.role.value, p.org, p.email, p.name))


def _row(
    person: Person, joined: set[UUID], invited: dict[UUID, datetime]
) -> dict[str, str]:
    """Return one line; a phone is not shown, only that there is one."""
    state = "joined" if person.id in joined else "not invited"
    if person.id in invited:
        state = f"invited until {invited[person.id]:%Y-%m-%d %H:%M} UTC"
    return {
        "state": state,
        "role": person.role.value,
        "who": person.email or "(by phone)",
        "name": person.name,
        "org": " ".join(person.org),
    }
