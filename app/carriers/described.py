"""A carrier's file, read into a `Carrier`."""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.carriers.abilities import Ability, Can, Cell, Dialect
from app.carriers.inbound import STATUSES
from app.carriers.letters import DECODINGS
from app.carriers.model import (
    Ask,
    CallsIn,
    Carrier,
    Codes,
    Conditions,
    Door,
    Fate,
    Reading,
    ReportsIn,
    Rules,
    Seal,
    Search,
    Secret,
    SendAnswer,
    Sending,
    TextsIn,
    Words,
)
from app.carriers.numbers import ABROAD
from app.carriers.sending import NAMES
from app.carriers.table import Table
from app.carriers.templates import names_in
from app.carriers.wire import Why
from app.domain.errors import ThreadlineError

V = TypeVar("V")

_NAME = re.compile(r"[a-z][a-z0-9]{1,30}")
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,40}")
_COUNTRY = re.compile(r"[A-Z]{2}|\*")
_HOMES = ("", "BD", "IN", ABROAD)
_IN_KINDS = ("json", "form", "query", "xml")
_ANSWER_KINDS = ("json", "xml", "text")
_ALGORITHMS = ("sha1", "sha256", "sha512")
# What the router asks for, whether or not a template does.
_ALWAYS = frozenset({"SENDER"})
_WHYS = {why.value: why for why in Why}


class BadCarrier(ThreadlineError):
    """A carrier's file, or what the environment says of it, cannot be used."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read_carrier(name: str, toml: str) -> Carrier:
    """Read a file; `BadCarrier` has every problem with its place in the file."""
    problems: list[str] = []
    try:
        raw = tomllib.loads(toml)
    except tomllib.TOMLDecodeError as error:
        raise BadCarrier((f"{name}.toml: {error}",)) from None
    if not _NAME.fullmatch(name):
        problems.append("its name is not of small letters and digits")
    table = Table(raw, "", problems)
    carrier = _carrier(name, table)
    table.close()
    problems += _in_the_whole(carrier)
    if problems:
        raise BadCarrier(tuple(f"{name}.toml: {problem}" for problem in problems))
    return carrier


def _carrier(name: str, table: Table) -> Carrier:
    is_http = table.text("dialect", among=tuple(Dialect)) != Dialect.TWILIO
    carrier = Carrier(
        name=name,
        title=table.text("title"),
        dialect=Dialect.HTTP if is_http else Dialect.TWILIO,
        source=table.text("source"),
        variables=table.texts("variables", ()),
        defaults=table.words("defaults"),
        rules=_rules(table.table("rules")),
        abilities=tuple(_ability(each) for each in table.tables("ability")),
    )
    return _with_parts(carrier, table) if is_http else carrier


def _with_parts(carrier: Carrier, table: Table) -> Carrier:
    def part(key: str, read: Callable[[Table], V]) -> V | None:
        return read(table.table(key)) if table.has(key) else None

    reports, search = part("reports", _reports), part("search", _search)
    if reports and search and not search.fate.statuses.exact:
        told = replace(
            search.fate, statuses=reports.fate.statuses, whys=reports.fate.whys
        )
        search = replace(search, fate=told)
    return replace(
        carrier,
        door=part("door", _door),
        texts=part("texts", _texts),
        reports=reports,
        calls=part("calls", _calls),
        sending=part("send", _sending),
        search=search,
    )


def _in_the_whole(carrier: Carrier) -> Iterator[str]:
    """Yield what no table by itself can know."""
    for variable in (*carrier.variables, *carrier.defaults):
        if not _VARIABLE.fullmatch(variable):
            yield f"variables has {variable!r}: capital letters, digits and _"
    yield from _unnamed(carrier)
    countries = [ability.country for ability in carrier.abilities]
    for country in sorted({each for each in countries if countries.count(each) > 1}):
        yield f"ability has {country} twice"
    if carrier.dialect is Dialect.TWILIO:
        return
    hears = (carrier.texts, carrier.reports, carrier.calls)
    if any(hears) and (
        carrier.door is None or not (carrier.door.secret or carrier.door.seal)
    ):
        yield "door has neither secret nor seal: anybody could come in"
    if carrier.is_sealed_alone and _reads_addresses(carrier):
        yield "door has no secret: a seal over the body says nothing of an address"
    if not any(hears) and carrier.sending is None:
        yield "send is missing, and so is everything that comes in"
    if carrier.texts and carrier.reply == "send" and carrier.sending is None:
        yield "send is missing: rules.reply is send"
    if carrier.sending is None and carrier.search:
        yield "search is there without send"


def _reads_addresses(carrier: Carrier) -> bool:
    """Tell whether anything is read that stands outside a body."""
    parts = (carrier.texts, carrier.reports, carrier.calls)
    kinds = {kind for part in parts if part for kind in part.reading.kinds}
    return "GET" in carrier.methods or "query" in kinds


def _unnamed(carrier: Carrier) -> Iterator[str]:
    """Yield names that nobody gives, and variables that nobody asks for."""
    given = {*carrier.variables, *carrier.defaults}
    asked: set[str] = set()
    for where, names, words in _templates(carrier):
        for name in names:
            asked.add(name)
            if name not in given and name not in words:
                yield f"{where} asks for {{{name}}}, which nothing gives"
    if carrier.dialect is Dialect.HTTP:
        for name in sorted(given - asked - _ALWAYS):
            yield f"variables has {name}, which nothing asks for"


def _templates(
    carrier: Carrier,
) -> Iterator[tuple[str, list[str], frozenset[str]]]:
    door = carrier.door
    if door:
        parts: list[object] = list(door.networks)
        parts += [door.secret.value] if door.secret else []
        parts += [door.seal.key] if door.seal else []
        yield "door", list(names_in(parts)), frozenset()
    asks = {
        "send": carrier.sending and carrier.sending.ask,
        "search": carrier.search and carrier.search.ask,
    }
    for where, ask in asks.items():
        if ask:
            parts = [ask.url, ask.user, ask.password, ask.headers, ask.fields]
            words = NAMES | ask.gsm7.keys() | ask.ucs2.keys()
            yield where, list(names_in(parts)), frozenset(words)


def _rules(table: Table) -> Rules:
    rules = Rules(
        reply=table.text("reply", among=("body", "send")),
        sender_kind=table.text("sender_kind", among=("number", "header", "mask")),
        may_send_free_text=table.truth("may_send_free_text"),
        needs_template=table.truth("needs_template", False),
        repeat_seconds=table.number("repeat_seconds", 120),
        languages=table.text("languages", ""),
        longest_text=table.number("longest_text", 1600),
        most_parts=table.number("most_parts", 10),
        only_to=table.texts("only_to", ()),
    )
    table.close()
    return rules


def _door(table: Table) -> Door:
    door = Door(
        methods=table.texts("methods", among=("GET", "POST")),
        acknowledgement=table.text("acknowledgement", "").encode(),
        acknowledgement_type=table.text(
            "acknowledgement_type", "text/plain; charset=utf-8"
        ),
        unfit_status=table.number("unfit_status", 400),
        networks=table.texts("networks", ()),
        with_gsm7=table.words("with_gsm7"),
        with_ucs2=table.words("with_ucs2"),
        secret=_secret(table.table("secret")) if table.has("secret") else None,
        seal=_seal(table.table("seal")) if table.has("seal") else None,
    )
    table.close()
    return door


def _secret(table: Table) -> Secret:
    place = table.text("place", among=("path", "query", "header", "basic"))
    has_name = place in ("query", "header")
    name = table.text("name") if has_name else ""
    secret = Secret(
        place=place,
        name=name.lower() if place == "header" else name,
        value=table.text("value", "{SECRET}"),
    )
    table.close()
    return secret


def _seal(table: Table) -> Seal:
    seal = Seal(
        header=table.text("header").lower(),
        algorithm=table.text("algorithm", "sha256", among=_ALGORITHMS),
        key=table.text("key", "{SECRET}"),
        encoding=table.text("encoding", "hex", among=("hex", "base64")),
        prefix=table.text("prefix", ""),
        over=table.text("over", "{body}"),
        timestamp=table.text("timestamp", "").lower(),
    )
    if seal.over.count("{body}") != 1:
        table.wrong("over", "does not hold {body} once")
    if ("{timestamp}" in seal.over) != bool(seal.timestamp):
        table.wrong("timestamp", "and {timestamp} in over go together")
    table.close()
    return seal


def _texts(table: Table) -> TextsIn:
    words = tuple(_words(each) for each in table.tables("words"))
    if not words:
        words = (Words(table.texts("text"), table.text("decode", "utf-8"), {}),)
        if words[0].decode not in DECODINGS:
            table.wrong("decode", f"is none of {', '.join(sorted(DECODINGS))}")
    texts = TextsIn(
        reading=_reading_in(table),
        id=table.texts("id", ()),
        sender=table.texts("sender"),
        recipient=table.texts("recipient"),
        stamp=table.texts("stamp", ()),
        words=words,
        home=table.text("home", "", among=_HOMES),
    )
    table.close()
    return texts


def _words(table: Table) -> Words:
    words = Words(
        places=table.texts("text"),
        decode=table.text("decode", "utf-8", among=DECODINGS),
        when=_conditions(table, "when"),
    )
    table.close()
    return words


def _reports(table: Table) -> ReportsIn:
    reports = ReportsIn(
        reading=_reading_in(table),
        id=table.texts("id", ()),
        ours=table.texts("ours", ()),
        fate=_fate(table),
    )
    table.close()
    return reports


def _fate(table: Table) -> Fate:
    return Fate(
        status=table.texts("status"),
        code=table.texts("code", ()),
        statuses=_codes(table, "statuses", {word: word for word in STATUSES}),
        whys=_codes(table, "why", _WHYS),
    )


def _calls(table: Table) -> CallsIn:
    calls = CallsIn(
        reading=_reading_in(table),
        id=table.texts("id"),
        sender=table.texts("sender"),
        dialled=table.texts("dialled"),
        home=table.text("home", "", among=_HOMES),
    )
    table.close()
    return calls


def _sending(table: Table) -> Sending:
    sending = Sending(
        ask=_ask(table),
        answer=_answer(table.table("answer")),
        is_idempotent=table.truth("idempotent", False),
        idempotent_day=table.text("idempotent_day", ""),
    )
    if sending.idempotent_day and not _is_zone(sending.idempotent_day):
        table.wrong("idempotent_day", "is no time zone such as Asia/Dhaka")
    table.close()
    return sending


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return False
    return True


def _answer(table: Table) -> SendAnswer:
    answer = SendAnswer(
        reading=_reading(table),
        statuses=table.numbers("statuses"),
        id=table.texts("id", ()),
        code=table.texts("code", ()),
        repeated=_listed(table, "repeated"),
        whys=_codes(table, "why", _WHYS),
    )
    table.close()
    return answer


def _search(table: Table) -> Search:
    ask = _ask(table)
    answer = table.table("answer")
    search = Search(
        ask=ask,
        reading=_reading(answer),
        id=answer.texts("id"),
        fate=_fate(answer),
        nothing=_listed(answer, "nothing"),
        code=answer.texts("refusal", ()),
        kept_hours=table.number("kept_hours", 0),
    )
    answer.close()
    table.close()
    return search


def _ask(table: Table) -> Ask:
    return Ask(
        method=table.text("method", among=("GET", "POST")),
        url=table.text("url"),
        user=table.text("user", ""),
        password=table.text("password", ""),
        headers={name.lower(): text for name, text in table.words("headers").items()},
        body=table.text("body", among=("form", "json", "query")),
        fields=table.tree("fields"),
        gsm7=table.words("gsm7"),
        ucs2=table.words("ucs2"),
    )


def _reading_in(table: Table) -> Reading:
    return Reading(
        kinds=table.texts("read", among=_IN_KINDS),
        items=table.text("items", ""),
        is_quoted=table.truth("quoted", False),
        unless=_conditions(table, "unless"),
    )


def _reading(table: Table) -> Reading:
    return Reading(
        kinds=table.texts("read", among=_ANSWER_KINDS),
        items=table.text("items", ""),
        patterns=table.patterns("patterns"),
        when=_conditions(table, "when"),
    )


def _conditions(table: Table, key: str) -> Conditions:
    return {
        place: frozenset(text.casefold() for text in texts)
        for place, texts in table.lists(key).items()
    }


def _codes(table: Table, key: str, meanings: Mapping[str, V]) -> Codes[V]:
    """Read `meaning = [codes]`, each code once."""
    codes: dict[str, V] = {}
    for word, listed in table.lists(key, among=meanings).items():
        for code in listed:
            if code in codes:
                table.wrong(f"{key}.{word}", f"has {code!r}, which is there already")
            if word in meanings:
                codes[code] = meanings[word]
    return _parted(codes)


def _listed(table: Table, key: str) -> Codes[bool]:
    return _parted(dict.fromkeys(table.texts(key, ()), True))


def _parted(codes: Mapping[str, V]) -> Codes[V]:
    prefixes = [
        (code[:-1], value) for code, value in codes.items() if code.endswith("*")
    ]
    return Codes(
        exact={code: v for code, v in codes.items() if not code.endswith("*")},
        prefixes=tuple(sorted(prefixes, key=lambda each: -len(each[0]))),
    )


def _ability(table: Table) -> Ability:
    country = table.text("country")
    if not _COUNTRY.fullmatch(country):
        table.wrong("country", "is no country: two capital letters, or *")
    ability = Ability(
        country=country,
        two_way=_cell(table, "two_way"),
        answer=_cell(table, "answer"),
        toll_free=_cell(table, "toll_free"),
        missed_call=_cell(table, "missed_call"),
        call_back=_cell(table, "call_back"),
        from_abroad=_cell(table, "from_abroad"),
        sender_id=_cell(table, "sender_id"),
        templates=_cell(table, "templates"),
        language=table.text("language", ""),
        abroad=table.text("abroad", ""),
        checked=table.day("checked"),
        sources=table.texts("sources"),
        note=table.text("note", ""),
    )
    if not all(source.startswith("https://") for source in ability.sources):
        table.wrong("sources", "has an address that is not https")
    if table.has("sources") and not ability.sources:
        table.wrong("sources", "is blank: list where one can read it")
    table.close()
    return ability


def _cell(table: Table, key: str) -> Cell:
    word, _, why = table.text(key).partition(":")
    if word in tuple(Can):
        return Cell(Can(word), why.strip())
    if table.has(key):
        table.wrong(key, 'is not "yes", "no" or "ask", with ": why" behind it')
    return Cell(Can.ASK)
