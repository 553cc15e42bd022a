"""One text through a simulated carrier, and what it brings back in a demo."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import httpx

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
