"""One text through a simulated carrier, and what it brings back in a demo."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import httpx

from app.carriers.abilities import Dialect
from app.carriers.door import path_of, secret_field
from app.carriers.model import Carrier, Places
from app.carriers.shelf import BadCarrier, on_shelf
from app.demo.carriers import dialect_of, made_up, texts_at
from app.domain.errors import BadInput, Refused
from app.runtime.clock import now
from app.runtime.settings import Settings

_PATIENCE = 6.0  # seconds until the last answer that is waited for


@dataclass(frozen=True, slots=True)
class Texting:
    """What a phone writes; `to` blank: the carrier's first line."""

    sender: str
    to: str
    body: str


async def by_carrier(
    client: httpx.AsyncClient,
    settings: Settings,
    provider: str,
    text: Texting,
    numbers: Sequence[str],
) -> list[str]:
    """Hand a text over as the carrier would and return the texts that came back."""
    if not text.to and not numbers:
        raise Refused("There is no hotline number: import numbers, or give --to.")
    is_demo = await _is_demo(client)
    if not settings.sms_variables.get(provider):
        if not is_demo:
            raise Refused(
                f"{provider} is not in SMS_PROVIDERS: set it and its variables as"
                " the web process has them."
            )
        settings = _with_made_up(settings, provider)
    before = len(await texts_at(client, text.sender)) if is_demo else 0
    try:
        carrier = dialect_of(provider, settings, client, now=now)
    except BadInput as missing:
        raise Refused(f"{missing}: set it as the web process has it.") from None
    back = await carrier.text(text.sender, text.to or numbers[0], text.body)
    await carrier.settle()
    if back or not is_demo:
        return back
    return await texts_at(client, text.sender, after=before, patience=_PATIENCE)


def why_not(
    settings: Settings, provider: str, text: Texting, known: Sequence[str]
) -> str:
    """Say why no text can be made as a carrier's, and what to do instead.

    `known` are the carriers that it can be done for.
    """
    try:
        carrier = on_shelf(settings.sms_folder).get(provider)
    except BadCarrier as bad:
        return str(bad)
    if carrier is None:
        return f"--provider: one of {', '.join(known)}."
    if carrier.dialect is Dialect.TWILIO:
        return (
            f"{carrier.title} speaks as Twilio does, and is not simulated: write from"
            " a phone of its own, or try the same with --provider somleng."
        )
    if not carrier.hears:
        return f"{carrier.title} only sends: no texts come in through it."
    return (
        f"{carrier.title} is not simulated. Post a text as it does, with your values in"
        f" place of SMS_{provider.upper()}_…:\n    {_curl(settings, carrier, text)}"
    )


def _curl(settings: Settings, carrier: Carrier, text: Texting) -> str:
    """Return the request that its file reads a text from, without any secret."""
    names = {name: f"SMS_{carrier.name.upper()}_{name}" for name in carrier.variables}
    address = settings.public_base_url.rstrip("/") + path_of(carrier, names, "texts")
    if field := secret_field(carrier, names):
        address += f"?{field}"
    words = ["curl", *_shown_secret(carrier, names), *_body(carrier, text), address]
    return shlex.join(words)


def _shown_secret(carrier: Carrier, names: Mapping[str, str]) -> Iterator[str]:
    """Return what shows in headers that it is the carrier."""
    secret = carrier.door.secret if carrier.door else None
    seal = carrier.door.seal if carrier.door else None
    if secret is not None and secret.place == "header":
        yield from ("-H", f"{secret.name}: {_named(secret.value, names)}")
    if secret is not None and secret.place == "basic":
        yield from ("-u", _named(secret.value, names))
    if seal is not None:
        yield from ("-H", f"{seal.header}: {seal.prefix}SEAL-OF-THE-BODY")


def _named(template: str, names: Mapping[str, str]) -> str:
    for name, shown in names.items():
        template = template.replace(f"{{{name}}}", shown)
    return template


def _body(carrier: Carrier, text: Texting) -> Iterator[str]:
    """Return a text in the form that the file reads first."""
    texts = carrier.texts
    if texts is None:
        return
    kind = texts.reading.kinds[0]
    if kind not in ("form", "query"):
        yield from ("-H", f"content-type: application/{kind}", "-d", f"@text.{kind}")
        return
    if kind == "query":
        yield "-G"
    given: list[tuple[Places, str]] = [
        (texts.id, "1"),
        (texts.sender, text.sender),
        (texts.recipient, text.to or "LINE"),
        (texts.words[-1].places, text.body),
    ]
    for places, value in given:
        if places:
            yield from ("--data-urlencode", f"{places[0]}={value}")


async def _is_demo(client: httpx.AsyncClient) -> bool:
    answer = await client.get("/demo/texts", params={"number": ""})
    return answer.status_code != httpx.codes.NOT_FOUND


def _with_made_up(settings: Settings, provider: str) -> Settings:
    made: Mapping[str, str] = made_up(settings, settings.public_base_url)
    start = f"SMS_{provider.upper()}_"
    variables = {
        name.removeprefix(start): value
        for name, value in made.items()
        if name.startswith(start)
    }
    return replace(settings, sms_variables={provider: variables})
