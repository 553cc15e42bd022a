"""`threadline text` and `threadline talk`: a phone without a telephone network."""

import asyncio
import json
import random
import re
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.cli.ground import Ground, catalog, on_ground, print_json, say
from app.cli.text_by_carrier import Texting, by_carrier, why_not
from app.domain.errors import BadInput
from app.simulator.dialects.known import BESIDE_TWILIO, DIALECTS
from app.simulator.phone import send_text
from app.simulator.talk import Talk

RUN_FILE = "run.json"
_TWILIO, _WHATSAPP = "twilio", "whatsapp"
_PROVIDERS = (
    *(_TWILIO, _WHATSAPP),
    *(name for name in BESIDE_TWILIO if DIALECTS[name].can_text),
)
_PHONE = re.compile(r"(whatsapp:)?\+[1-9]\d{6,14}|whatsapp:[A-Z]{2}\.\w+|anonymous")


def add_to(app: typer.Typer) -> None:
    app.command()(text)
    app.command()(talk)


def text(
    sender: Annotated[str, typer.Argument(metavar="FROM", help="The phone, E.164.")],
    message: Annotated[str, typer.Argument(help="What the worker writes.")],
    to: Annotated[str, typer.Option("--to", help="The hotline number.")] = "",
    provider: Annotated[
        str, typer.Option(help=f"The carrier: {', '.join(_PROVIDERS)}.")
    ] = _TWILIO,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Text the hotline from a simulated phone, as the carrier would post it.

    What a carrier brings back by itself is shown in a demo only: elsewhere it
    goes to the carrier.
    Carriers that only send, as SSL Wireless, bring no texts; of one that your own
    file describes the request is shown, for you to post.
    """
    if not _PHONE.fullmatch(sender):
        raise typer.BadParameter(
            f"FROM {sender!r}: write the phone like +8801700000001, or anonymous."
        )

    async def work(ground: Ground) -> list[str]:
        text = Texting(sender, to, message)
        if provider not in _PROVIDERS:
            raise BadInput(why_not(ground.settings, provider, text, _PROVIDERS))
        running = await _running(ground.settings.home / RUN_FILE)
        settings = ground.settings
        if running is not None:
            settings = replace(settings, public_base_url=running[1])
        async with _client(ground, running) as client:
            if provider not in (_TWILIO, _WHATSAPP):
                numbers = await _numbers(ground, provider)
                return await by_carrier(client, settings, provider, text, numbers)
            dialled = to or await _first_number(ground)
            mark = f"{_WHATSAPP}:" if provider == _WHATSAPP else ""
            phones = [
                each if each.startswith(mark) else mark + each
                for each in (sender, dialled)
            ]
            return await send_text(client, settings, phones[0], message, phones[1])

    answers = on_ground(work)
    if as_json:
        print_json({"answers": answers})
        return
    for answer in answers:
        say(answer)
        say("")
    if not answers and provider not in (_TWILIO, _WHATSAPP):
        say(f"It was taken. What is answered goes out through {provider}.")


async def _first_number(ground: Ground) -> str:
    numbers = await _numbers(ground, _TWILIO)
    return ground.settings.twilio_sms_from or (
        numbers[0] if numbers else "+15550000000"
    )


async def _numbers(ground: Ground, provider: str) -> list[str]:
    """Return the lines that take texts, those of the carrier first."""
    directory = await ground.directory()
    found = [n for n in directory.numbers.values() if n.sms]
    found.sort(key=lambda number: (number.provider or _TWILIO) != provider)
    return [number.number for number in found]


def _client(ground: Ground, running: tuple[str, str] | None) -> httpx.AsyncClient:
    """Return a client to the web process that is up, else to one in here."""
    if running is not None:
        return httpx.AsyncClient(base_url=running[0])
    from app.main import build  # heavy, and seldom needed

    inside = build(ground.settings, ground.store, catalog())
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app=inside), base_url="http://127.0.0.1"
    )


async def _running(file: Path) -> tuple[str, str] | None:
    """Return the local and the public address of a `run` that answers."""
    try:
        told = json.loads(await asyncio.to_thread(file.read_text, "utf-8"))
        async with httpx.AsyncClient(base_url=told["url"]) as client:
            answer = await client.get("/healthz", timeout=2)
        return (told["url"], told["public_base_url"]) if answer.is_success else None
    except (OSError, ValueError, KeyError, httpx.HTTPError):
        return None


def talk(
    languages: Annotated[
        str, typer.Option(help="The hotline number's languages, its default first.")
    ] = "en,bn,hi,ta",
    seed: Annotated[
        int | None, typer.Option(help="Draw the same numbers again.")
    ] = None,
) -> None:
    """Talk to the hotline in the terminal: no server, no database, no phone.

    Type as a worker would. An empty line is silence; /rest lets half an hour
    go by; /quit ends. What the hotline would do stands in brackets.
    """
    # A seed is asked for to show the same talk twice, not to open a case.
    chance = random.SystemRandom() if seed is None else random.Random(seed)  # noqa: S311
    conversation = Talk(tuple(languages.split(",")), catalog(), chance)
    while True:
        try:
            heard = input("> ")
        except EOFError:
            return
        if heard.strip() == "/quit":
            return
        if heard.strip() == "/rest":
            conversation.rest()
            continue
        for line in conversation.hear(heard):
            say(line)
