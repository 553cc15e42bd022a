"""What the hotline's numbers cannot do, and how to mend it."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from app.actions.finding import Finding
from app.actions.owe_ring_back import ELSEWHERE, TOO_MANY
from app.carriers.abilities import (
    TWILIO,
    WHATSAPP,
    Ability,
    Can,
    Cell,
    Dialect,
    HasAbilities,
    Shelf,
    ability,
    carrier_of,
    hears_rings,
    hears_texts,
    home_of,
    picks_up,
    places_calls,
    why_unfit,
)
from app.carriers.callers import CALLING, caller_for
from app.carriers.shelf import on_shelf
from app.domain.directory import Directory, HotlineNumber
from app.runtime.settings import Settings

_IMPORT = "`threadline import numbers`."
# What a country's carriers allow changes; after this it is to be looked up again.
_HOLDS = timedelta(days=400)
_TWILIOS_HOST = "api.twilio.com"


def number_findings(
    directory: Directory,
    settings: Settings,
    shelf: Shelf,
    at: datetime,
    *,
    is_demo: bool = False,
) -> Iterator[Finding]:
    """Say which numbers promise what their carriers, or our settings, cannot keep.

    A demo's numbers are nobody's: of them only what keeps the demo from working
    is said.
    """
    numbers = list(directory.numbers.values())
    yield from _account(numbers, settings)
    for number in numbers:
        yield from _unfit(shelf, number)
        yield from _unheard(shelf, number, settings)
        if number.voice == "missed_call":
            yield from _returned(number, numbers)
        if not is_demo:
            yield from _abroad(shelf, number)
            yield from _unconfirmed(shelf, number)
    if not is_demo:
        yield from _outdated(shelf, numbers, at)
    if numbers and not {number.voice for number in numbers} & CALLING:
        yield Finding(
            "No imported number can call or be called: who cannot read is not heard.",
            f"Give a number voice `answer` or `missed_call`; {_IMPORT}",
        )


def unreturned(counts: Mapping[str, int], settings: Settings) -> Iterator[Finding]:
    """Say how many missed calls were not returned since yesterday, by the reason."""
    too_many, elsewhere = counts.get(TOO_MANY, 0), counts.get(ELSEWHERE, 0)
    if too_many:
        yield Finding(
            f"{too_many} missed calls since yesterday are not returned: more than"
            f" {settings.call_backs_per_hour} phones rang in an hour.",
            "If they are workers, raise CALL_BACKS_PER_HOUR. If they are not, ask the"
            " carrier who rings, and change the secret of its address.",
            is_grave=True,
        )
    if elsewhere:
        yield Finding(
            f"{elsewhere} missed calls since yesterday are not returned: they showed"
            " numbers of other countries than their line's.",
            "If workers have such numbers, put how they begin into CALL_BACK_TO.",
        )


def _account(numbers: list[HotlineNumber], settings: Settings) -> Iterator[Finding]:
    has_account = bool(settings.twilio_account_sid and settings.twilio_auth_tokens)
    if not has_account and any(number.voice == "missed_call" for number in numbers):
        yield Finding(
            "Missed calls are to be returned, and no Twilio account is set.",
            "Set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN.",
            is_grave=True,
        )


def _unfit(shelf: Shelf, number: HotlineNumber) -> Iterator[Finding]:
    for unfit in why_unfit(
        shelf,
        provider=number.provider,
        number=number.number,
        country=number.country,
        sms=number.sms,
        voice=number.voice,
    ):
        yield Finding(
            f"{number.number}, {unfit.column}: {unfit.why}",
            f"{unfit.instead} Then {_IMPORT}",
            is_grave=True,
        )


def _unheard(
    shelf: Shelf, number: HotlineNumber, settings: Settings
) -> Iterator[Finding]:
    """Say where a carrier knocks at no door of ours."""
    carrier = carrier_of(shelf, number.provider)
    if carrier is None or carrier.name == TWILIO:
        return
    is_twilios = urlsplit(settings.twilio_api_base).hostname == _TWILIOS_HOST
    is_enabled = carrier.name in settings.sms_providers
    if carrier.name == WHATSAPP:
        if number.sms and not settings.twilio_whatsapp_from:
            yield Finding(
                f"{number.number} is written to by WhatsApp, and TWILIO_WHATSAPP_FROM"
                " is blank: nothing can be told to who wrote.",
                "Set it to the number that Twilio has as WhatsApp sender.",
                is_grave=True,
            )
        return
    is_account = carrier.dialect is Dialect.TWILIO and not is_twilios
    if (number.sms or number.voice == "missed_call") and not (is_enabled or is_account):
        yield Finding(
            f"{number.number} is {carrier.title}'s, and SMS_PROVIDERS does not name"
            f" {carrier.name}: what comes in there is turned away.",
            f"Add {carrier.name} to SMS_PROVIDERS, with its variables: `threadline"
            f" carriers show {carrier.name}` lists them.",
            is_grave=True,
        )
    if number.voice == "answer" and carrier.dialect is Dialect.TWILIO and is_twilios:
        yield Finding(
            f"{number.number} is {carrier.title}'s and is to answer calls, and"
            " TWILIO_API_BASE is Twilio's: calls go by that account alone.",
            f"Set TWILIO_API_BASE, TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN to those"
            f" of {carrier.title}, or write `none`.",
            is_grave=True,
        )


def _returned(number: HotlineNumber, numbers: list[HotlineNumber]) -> Iterator[Finding]:
    """Say who returns missed calls, by the shipped files: calls are placed by them."""
    caller = caller_for(on_shelf(), number, numbers, number.country)
    if caller is None:
        yield Finding(
            f"{number.number} is to return missed calls, and no number of ours can"
            f" call phones in {number.country}: {_why_not(number)}.",
            f"Import a number that can, with country {number.country} and voice"
            " `answer` or `missed_call`: of Twilio, outside"
            f" {number.country}; or of Somleng. Until then the calls stay owed.",
            is_grave=True,
        )
    elif caller.number != number.number:
        yield Finding(
            f"Missed calls to {number.number} are returned from {caller.number}:"
            f" {_why_not(number)}.",
            "Print both numbers, so that nobody takes the call for a stranger's.",
        )


def _why_not(number: HotlineNumber) -> str:
    carrier = carrier_of(on_shelf(), number.provider)
    if carrier is None:
        return f"a carrier of SMS_FOLDER, {number.provider}, places no calls"
    cell = places_calls(carrier, number.number, number.country, number.country)
    if cell.can is Can.NO:
        return cell.why or f"{carrier.title} does not"
    return "it is no number in full, with + and its country"


def _abroad(shelf: Shelf, number: HotlineNumber) -> Iterator[Finding]:
    carrier = carrier_of(shelf, number.provider)
    if carrier is None or not number.sms:
        return
    known = ability(carrier, number.country)
    is_abroad = home_of(number.number, number.country) != number.country
    if known is not None and known.abroad and is_abroad:
        yield Finding(
            f"{number.number} is no number of {number.country}: {known.abroad}",
            "Have a number there too: `threadline carriers list --country"
            f" {number.country}` says of which carriers.",
        )


def _unconfirmed(shelf: Shelf, number: HotlineNumber) -> Iterator[Finding]:
    carrier = carrier_of(shelf, number.provider)
    if carrier is None or not home_of(number.number, number.country):
        return
    for what, cell in _promises(carrier, number):
        if cell.can is Can.ASK:
            yield Finding(
                f"Whether {number.number} {what} is not certain: {cell.why}.",
                f"Ask {carrier.title}, and try it with a phone there.",
            )


def _promises(
    carrier: HasAbilities, number: HotlineNumber
) -> Iterator[tuple[str, Cell]]:
    """Return what is relied on at a number, with what is known of it."""
    dialled, country = number.number, number.country
    if number.sms:
        yield "takes and answers texts", hears_texts(carrier, dialled, country)
    if number.voice == "answer":
        yield "answers calls", picks_up(carrier, dialled, country)
    if number.voice == "missed_call":
        yield "tells of missed calls", hears_rings(carrier, dialled, country)


def _outdated(
    shelf: Shelf, numbers: list[HotlineNumber], at: datetime
) -> Iterator[Finding]:
    used: dict[tuple[str, str], Ability] = {}
    for number in numbers:
        carrier = carrier_of(shelf, number.provider)
        known = ability(carrier, number.country) if carrier else None
        if carrier is not None and known is not None:
            used[carrier.title, number.country] = known
    for (title, country), known in sorted(used.items()):
        if at.date() - known.checked > _HOLDS:
            yield Finding(
                f"What {title} can do in {country} was looked up on {known.checked}.",
                f"Read {known.source} again, and note the day in the carrier's file.",
            )
