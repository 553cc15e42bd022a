"""A carrier as its file describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from app.carriers.abilities import Ability, Dialect
from app.carriers.letters import is_gsm7
from app.carriers.wire import Why
from app.wording.segments import fits

V_co = TypeVar("V_co", covariant=True)

# One or more places of a value; the first that holds something counts.
Places = tuple[str, ...]
# What these places hold, in small letters; a blank stands for nothing there.
Conditions = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Codes(Generic[V_co]):
    """What a carrier's codes mean; one that ends in * stands for many."""

    exact: Mapping[str, V_co] = field(default_factory=dict)
    prefixes: tuple[tuple[str, V_co], ...] = ()  # the longest first

    def meaning(self, code: str) -> V_co | None:
        if code in self.exact:
            return self.exact[code]
        found = (value for start, value in self.prefixes if code.startswith(start))
        return next(found, None)


@dataclass(frozen=True, slots=True)
class Rules:
    """What may be sent through a carrier, and how answers go back."""

    reply: str  # body: the answer to the request is the text; send: our own request
    sender_kind: str  # number, header, mask: what the phone shows
    may_send_free_text: bool
    needs_template: bool
    repeat_seconds: int  # how long the same words without an id are the same text
    languages: str  # the country's rule for the writing, as a sentence
    longest_text: int  # characters
    most_parts: int
    only_to: tuple[str, ...]  # how numbers begin; blank: everywhere


@dataclass(frozen=True, slots=True)
class Secret:
    """Where the carrier shows that it is the carrier."""

    place: str  # path, query, header, basic
    name: str  # of the header, or in the query
    value: str  # a template; for basic "user:password"


@dataclass(frozen=True, slots=True)
class Seal:
    """An HMAC over the body."""

    header: str
    algorithm: str  # sha1, sha256, sha512
    key: str  # a template
    encoding: str  # hex, base64
    prefix: str  # before the seal in its header
    over: str  # {body}, {timestamp} and what stands between them
    timestamp: str  # the header of the time; blank: none


@dataclass(frozen=True, slots=True)
class Door:
    """How a carrier's requests come in, and what they are answered."""

    methods: tuple[str, ...]
    acknowledgement: bytes
    acknowledgement_type: str
    unfit_status: int
    networks: tuple[str, ...]  # templates; filled with nothing: any
    # Where the answer's body is the text: what goes with it, by its alphabet.
    with_gsm7: Mapping[str, str]
    with_ucs2: Mapping[str, str]
    secret: Secret | None
    seal: Seal | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a request or an answer is taken apart."""

    kinds: tuple[str, ...]  # json, form, query, xml, text
    items: str = ""  # the place of the list; blank: the whole is one
    patterns: tuple[str, ...] = ()  # of a text; their named groups are its fields
    is_quoted: bool = False  # a form whose values stand in quotation marks
    when: Conditions = field(default_factory=dict)  # of an answer: all must hold
    # Of what comes in: where one holds it is something else, and passed by.
    unless: Conditions = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Words:
    """Where the words stand, and in which letters."""

    places: Places
    decode: str
    when: Conditions


@dataclass(frozen=True, slots=True)
class TextsIn:
    """Texts that phones wrote."""

    reading: Reading
    id: Places
    sender: Places
    recipient: Places
    stamp: Places
    words: tuple[Words, ...]  # the first whose conditions hold counts
    home: str  # whose national numbers may come: BD, IN, abroad; blank: not known


@dataclass(frozen=True, slots=True)
class Fate:
    """Where it stands what became of a text of ours, and what it means."""

    status: Places  # the first whose value has a meaning counts
    code: Places
    statuses: Codes[str]
    whys: Codes[Why]


@dataclass(frozen=True, slots=True)
class ReportsIn:
    """The carrier's word on texts of ours."""

    reading: Reading
    id: Places
    ours: Places
    fate: Fate


@dataclass(frozen=True, slots=True)
class CallsIn:
    """Calls that nobody is to answer."""

    reading: Reading
    id: Places
    sender: Places
    dialled: Places
    home: str


@dataclass(frozen=True, slots=True)
class Ask:
    """A request of ours as templates."""

    method: str
    url: str
    user: str
    password: str
    headers: Mapping[str, str]
    body: str  # form, json, query
    fields: Mapping[str, object]
    gsm7: Mapping[str, str]  # words for templates where the text is in GSM-7
    ucs2: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SendAnswer:
    """What the carrier answers to a text that is handed to it."""

    reading: Reading  # its `when` is how it says that it took the text
    statuses: tuple[int, ...]  # HTTP; blank: any 2xx
    id: Places
    code: Places
    repeated: Codes[bool]  # codes that say that it has the text already
    whys: Codes[Why]


@dataclass(frozen=True, slots=True)
class Sending:
    """How a text is handed over."""

    ask: Ask
    answer: SendAnswer
    is_idempotent: bool  # the carrier itself refuses our id twice
    idempotent_day: str  # only within a day of this time zone; blank: for ever


@dataclass(frozen=True, slots=True)
class Search:
    """How a text is asked after by our id."""

    ask: Ask
    reading: Reading
    id: Places
    fate: Fate
    nothing: Codes[bool]  # codes that say that there is no such text
    code: Places
    kept_hours: int  # for which it can be found; 0: for ever


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier; `variables` are those that the environment must give."""

    name: str
    title: str
    dialect: Dialect
    source: str  # the documentation that the file was written from
    variables: tuple[str, ...]
    defaults: Mapping[str, str]
    rules: Rules
    door: Door | None = None
    texts: TextsIn | None = None
    reports: ReportsIn | None = None
    calls: CallsIn | None = None
    sending: Sending | None = None
    search: Search | None = None
    abilities: tuple[Ability, ...] = ()

    @property
    def reply(self) -> str:
        return self.rules.reply

    @property
    def sender_kind(self) -> str:
        return self.rules.sender_kind

    @property
    def languages(self) -> str:
        return self.rules.languages

    @property
    def repeat_seconds(self) -> int:
        return self.rules.repeat_seconds

    @property
    def may_send_free_text(self) -> bool:
        return self.rules.may_send_free_text

    @property
    def needs_template(self) -> bool:
        return self.rules.needs_template

    @property
    def methods(self) -> tuple[str, ...]:
        return self.door.methods if self.door else ()

    @property
    def acknowledgement(self) -> bytes:
        return self.door.acknowledgement if self.door else b""

    @property
    def acknowledgement_type(self) -> str:
        return self.door.acknowledgement_type if self.door else "text/plain"

    def reply_headers(self, text: str) -> Mapping[str, str]:
        """Return the headers of an answer whose body is the text to be sent."""
        if self.door is None:
            return {}
        return self.door.with_gsm7 if is_gsm7(text) else self.door.with_ucs2

    @property
    def unfit_status(self) -> int:
        return self.door.unfit_status if self.door else 400

    @property
    def hears(self) -> bool:
        """Tell whether phones can write to us through it."""
        return self.texts is not None

    @property
    def has_reports(self) -> bool:
        return self.reports is not None

    @property
    def rings(self) -> bool:
        """Tell whether it tells us of missed calls."""
        return self.calls is not None

    @property
    def is_platform(self) -> bool:
        """Tell whether it speaks as Twilio does, with an account of its own."""
        return self.dialect is Dialect.TWILIO and "ACCOUNT_SID" in self.variables

    @property
    def can_send(self) -> bool:
        return self.dialect is Dialect.TWILIO or self.sending is not None

    @property
    def can_search(self) -> bool:
        return self.search is not None

    def still_knows(self, since: datetime, at: datetime) -> bool:
        """Tell whether a look-up at `at` would find a text of `since`."""
        hours = self.search.kept_hours if self.search else 0
        # A quarter of an hour for clocks that differ, and for who asks meanwhile.
        return not hours or at - since < timedelta(hours=hours, minutes=-15)

    @property
    def is_sealed_alone(self) -> bool:
        """Tell whether only a seal over the body shows that it is the carrier."""
        door = self.door
        return door is not None and door.seal is not None and door.secret is None

    @property
    def is_idempotent(self) -> bool:
        """Tell whether the carrier itself refuses our id a second time."""
        return self.sending is not None and self.sending.is_idempotent

    @property
    def idempotent_day(self) -> str:
        """Return in which time zone's day it refuses it; blank: for ever."""
        return self.sending.idempotent_day if self.sending else ""

    def may_send_to(self, number: str) -> bool:
        """Tell whether it takes texts to that number, in E.164."""
        prefixes = self.rules.only_to
        return not prefixes or number.startswith(prefixes)

    def holds(self, text: str) -> bool:
        """Tell whether a text is short enough for it."""
        is_short = len(text) <= self.rules.longest_text
        return is_short and fits(text, self.rules.most_parts)
