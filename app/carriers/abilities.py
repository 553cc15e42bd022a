"""What a carrier's numbers can do in a country: dated, and with its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from app.domain.phones import country_of, is_toll_free

EVERYWHERE = "*"
# What a blank cell of numbers.csv means: every number was Twilio's once.
TWILIO = "twilio"
SOMLENG = "somleng"  # beside Twilio, or in its place
WHATSAPP = "whatsapp"  # Twilio's too: by its account, at its address
# The voices of a number at which the keypad line picks up.
_SPEAKING = frozenset({"answer", "studio"})
_RULED = ("IN", "BD")  # countries whose numbers are told by their prefix


class Dialect(StrEnum):
    """How a carrier speaks: as its file says, or as Twilio does."""

    HTTP = "http"
    TWILIO = "twilio"


class Can(StrEnum):
    """Whether it can; `ASK`: no source says, or it depends on the contract."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer, and what there is to know about it."""

    can: Can
    why: str = ""

    def __str__(self) -> str:
        return f"{self.can}: {self.why}" if self.why else str(self.can)


UNKNOWN = Cell(Can.ASK, "its file does not say")


@dataclass(frozen=True, slots=True)
class Ability:
    """What numbers of one country, and texts to its phones, can do by a carrier."""

    country: str  # two letters; * is every other country
    two_way: Cell  # a number of the country hears texts and is answered by text
    answer: Cell  # a number of the country picks up, with the keypad line
    toll_free: Cell  # one that costs the caller nothing picks up
    missed_call: Cell  # a number of the country tells us who rang
    call_back: Cell  # a number of the country calls the country's phones
    from_abroad: Cell  # a number of another country calls the country's phones
    sender_id: Cell  # a name stands as the sender of our texts
    templates: Cell  # every text must be registered before it is sent
    language: str  # a rule on the language of texts; blank: none is known
    abroad: str  # what becomes of texts between its phones and numbers elsewhere
    checked: date
    sources: tuple[str, ...]  # addresses; the first is of `two_way`
    note: str

    @property
    def source(self) -> str:
        return self.sources[0]


class HasAbilities(Protocol):
    """What is asked of a carrier here."""

    @property
    def name(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def dialect(self) -> Dialect: ...
    @property
    def abilities(self) -> tuple[Ability, ...]: ...


Shelf = Mapping[str, HasAbilities]

CELLS = (
    *("two_way", "answer", "toll_free", "missed_call", "call_back", "from_abroad"),
    *("sender_id", "templates"),
)


def ability(carrier: HasAbilities, country: str) -> Ability | None:
    """Return what is known of a carrier's numbers in a country; None: nothing."""
    by_country = {each.country: each for each in carrier.abilities}
    return by_country.get(country) or by_country.get(EVERYWHERE)


def carrier_of(shelf: Shelf, provider: str) -> HasAbilities | None:
    """Return the carrier that a number names; a blank name is Twilio's."""
    return shelf.get(provider.lower() or TWILIO)


def home_of(number: str, country: str) -> str:
    """Return where a number is at home, whatever country it serves.

    A short code is at home where it serves; of a number in E.164 the prefix
    decides. Blank: neither says.
    """
    if not number.startswith("+"):
        return country
    return country_of(number) or ("" if country in _RULED else country)


@dataclass(frozen=True, slots=True)
class Unfit:
    """A cell of numbers.csv that its carrier cannot keep, and what to do."""

    column: str
    why: str
    instead: str

    def __str__(self) -> str:
        return f"{self.why} {self.instead}"


def why_unfit(
    shelf: Shelf, *, provider: str, number: str, country: str, sms: bool, voice: str
) -> tuple[Unfit, ...]:
    """Return what a number's carrier cannot do of what is asked of the number."""
    carrier = carrier_of(shelf, provider)
    if carrier is None:
        names = ", ".join(sorted(shelf))
        instead = f"Write one of: {names}; or put its file into SMS_FOLDER."
        return (Unfit("provider", "no carrier has this name.", instead),)
    found = []
    if sms and hears_texts(carrier, number, country).can is Can.NO:
        why = _said(carrier, number, country, "takes no text messages", "two_way")
        found.append(Unfit("sms", why, _for_texts(shelf, number, country)))
    if voice in _SPEAKING and picks_up(carrier, number, country).can is Can.NO:
        column = _speaking_column(number, country)
        why = _said(carrier, number, country, "cannot answer calls", column)
        found.append(Unfit("voice", why, _for_calls(shelf, number, country)))
    if voice == "missed_call" and hears_rings(carrier, number, country).can is Can.NO:
        why = _said(
            carrier, number, country, "does not tell of missed calls", "missed_call"
        )
        found.append(Unfit("voice", why, _for_calls(shelf, number, country)))
    return tuple(found)


def hears_texts(carrier: HasAbilities, number: str, country: str) -> Cell:
    """Tell whether a number hears texts and can answer them by text."""
    return _of(carrier, number, country, "two_way")


def picks_up(carrier: HasAbilities, number: str, country: str) -> Cell:
    """Tell whether a number answers calls: the keypad line speaks TwiML alone."""
    return _of(carrier, number, country, _speaking_column(number, country))


def hears_rings(carrier: HasAbilities, number: str, country: str) -> Cell:
    """Tell whether we are told who rang a number without an answer.

    Over Twilio's interface that is so wherever calls arrive.
    """
    if carrier.dialect is Dialect.TWILIO and is_toll_free(number, country):
        return _of(carrier, number, country, "toll_free")
    return _of(carrier, number, country, "missed_call")


def places_calls(carrier: HasAbilities, number: str, country: str, to: str) -> Cell:
    """Tell whether a number can call phones of the country `to`.

    `country` is the one that the number serves. Calls go out over Twilio's
    interface alone, so no other carrier of texts places any.
    """
    if carrier.dialect is not Dialect.TWILIO:
        return Cell(Can.NO, f"{carrier.title} places no calls for Threadline")
    known = ability(carrier, to)
    if known is None:
        return UNKNOWN
    is_home = home_of(number, country) == to
    return known.call_back if is_home else known.from_abroad


def must_be_registered(carrier: HasAbilities, phone: str) -> bool:
    """Tell whether only registered texts may go to a phone, by its country's law."""
    country = country_of(phone)
    known = ability(carrier, country)
    if country == "IN" and (known is None or known.country != country):
        # A file that says nothing of India does not lift its law.
        return carrier.dialect is not Dialect.TWILIO
    return known is not None and known.templates.can is Can.YES


def _of(carrier: HasAbilities, number: str, country: str, column: str) -> Cell:
    known = ability(carrier, home_of(number, country))
    if known is not None:
        cell: Cell = getattr(known, column)
        return cell
    if column in ("answer", "toll_free") and carrier.dialect is not Dialect.TWILIO:
        return Cell(Can.NO, "the keypad line speaks TwiML, and it does not")
    return UNKNOWN


def _speaking_column(number: str, country: str) -> str:
    return "toll_free" if is_toll_free(number, country) else "answer"


def _said(
    carrier: HasAbilities, number: str, country: str, what: str, column: str
) -> str:
    """Return a refusal with its reason, where that stands and of which day."""
    home = home_of(number, country)
    known = ability(carrier, home)
    place = f"a number of {home}" if home else "this number"
    why = _of(carrier, number, country, column).why
    read = f" ({known.source}, {known.checked})" if known else ""
    return f"{carrier.title} {what} at {place}{f': {why}' if why else ''}{read}."


def _for_texts(shelf: Shelf, number: str, country: str) -> str:
    home = home_of(number, country)
    others = _able(shelf, home, "two_way")
    if not others:
        return "Write no."
    return f"Write no, or take it from: {others}."


def _for_calls(shelf: Shelf, number: str, country: str) -> str:
    home = home_of(number, country)
    free = _able(shelf, home, "toll_free")
    offers = [
        ("answer calls", _able(shelf, home, "answer")),
        ("answer calls at a number that is free to call", free),
        ("tell of missed calls", _able(shelf, home, "missed_call")),
    ]
    said = "; ".join(f"{names} {what}" for what, names in offers if names)
    return f"Write none, or take it from another: {said}." if said else "Write none."


def _able(shelf: Shelf, country: str, column: str) -> str:
    """Name the carriers that can, those that are to be asked behind them."""
    cans = {
        name: getattr(known, column).can
        for name, carrier in sorted(shelf.items())
        if (known := ability(carrier, country)) is not None
    }
    sure = [name for name, can in cans.items() if can is Can.YES]
    asked = [f"{name} (ask them first)" for name, can in cans.items() if can is Can.ASK]
    return ", ".join([*sure, *asked])
