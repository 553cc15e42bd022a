"""Our texts in carriers' registries: what to register, and under which ids it is."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any
from uuid import UUID

from app.carriers.abilities import Can, Dialect, ability
from app.carriers.model import Carrier
from app.conversation.asking import language_menu
from app.directory_files.problems import ImportRefused, Problem
from app.directory_files.record import Imported
from app.directory_files.text_ids import (
    ANY_ID,
    CONTENT_SID,
    DIGITS,
    GivenId,
    IdForm,
    read_text_ids,
)
from app.domain.directory import Directory
from app.outbox.by_text import (
    emergency_need,
    menu_need,
    message_name,
    sentences,
)
from app.store import carrier_texts
from app.store.audit import Audited, write
from app.store.engine import Store, Transaction
from app.store.imports import lock_imports
from app.wording.phrasings import phrasing_of
from app.wording.registered import Registered, Texts, id_of, texts_of
from app.wording.segments import Encoding, segments

WHATSAPP = "whatsapp"  # asks for templates only of what goes out unprompted
_EVERYWHERE = "*"
_DLT = "IN"  # the country of that registry

Routes = Mapping[str, Sequence[str]]


class Format(StrEnum):
    """How variables are written."""

    DLT = "dlt"  # India's registry since 2026: {#numeric#}
    VAR = "var"  # and before: {#var#}
    WHATSAPP = "whatsapp"  # {{1}}
    CSV = "csv"  # {date}


@dataclass(frozen=True, slots=True)
class Standing:
    """One text as a carrier has it; a blank id: not registered."""

    text: Registered
    template_id: str
    is_needed: bool = True  # the carrier lets it through only with an id

    @property
    def is_missing(self) -> bool:
        return self.is_needed and not self.template_id and not self.text.why_not


@lru_cache(maxsize=2)
def all_texts(catalog: Any) -> Texts:
    """Return every text that can reach a phone, in every language."""
    return texts_of(catalog, sentences())


async def templates_of(
    store: Store, catalog: Any, body: str, language: str
) -> Mapping[str, str]:
    """Return under which id each carrier has exactly these words."""
    async with store.connection() as tx:
        if not await carrier_texts.has_any(tx):
            return {}
        text = all_texts(catalog).match(body, language)
        return await carrier_texts.of_text(tx, text.text_id) if text else {}


def values_of(catalog: Any, body: str, language: str) -> tuple[str, ...]:
    """Return what stands in the variables of these words, in their order."""
    text = all_texts(catalog).match(body, language)
    return text.values_in(body) if text else ()


async def has_prepared(
    tx: Transaction, carrier: str, words: str, language: str, text: str
) -> bool:
    """Tell whether a person's words are prepared ones that the carrier has.

    `text` is the whole text as it would be sent.
    """
    phrasing = phrasing_of(words, language)
    if phrasing is None:
        return False
    text_id = id_of(message_name(phrasing.id), language, text)
    return carrier in await carrier_texts.of_text(tx, text_id)


def standing(
    texts: Texts,
    ids: Mapping[str, str],
    carrier: Carrier,
    directory: Directory,
    routes: Routes,
    *,
    only_where_needed: bool = False,
) -> list[Standing]:
    """Return each text that may be sent through the carrier, with its id.

    `only_where_needed`: of its countries only those where an id must be.
    """
    countries = _countries(carrier, directory, routes)
    if only_where_needed and not carrier.needs_template:
        countries = must_register(carrier, directory, routes) or countries
    needs = _needs(carrier, directory, countries)
    is_needed = needs_ids(carrier, directory, routes)
    return [
        Standing(text, ids.get(text.text_id, ""), is_needed)
        for text in texts
        if _is_said(text, carrier, countries, needs)
    ]


def needs_ids(carrier: Carrier, directory: Directory, routes: Routes) -> bool:
    """Tell whether texts need an id somewhere, to go through this carrier."""
    return (
        carrier.name == WHATSAPP
        or carrier.needs_template
        or bool(must_register(carrier, directory, routes))
    )


def must_register(
    carrier: Carrier, directory: Directory, routes: Routes
) -> frozenset[str]:
    """Return the countries that let only registered texts through this carrier.

    None of a carrier that speaks Twilio's form, which has no field for an id.
    """
    if carrier.dialect is Dialect.TWILIO:
        return frozenset()
    served = _countries(carrier, directory, routes) or _known(directory)
    known = {country: ability(carrier, country) for country in served}
    return frozenset(c for c, of in known.items() if of and of.templates.can is Can.YES)


def _is_said(
    text: Registered, carrier: Carrier, countries: frozenset[str], needs: frozenset[str]
) -> bool:
    sentence = text.sentence
    if carrier.name == WHATSAPP and not (
        sentence.is_unprompted and sentence.reader == "worker"
    ):
        return False
    is_here = not (sentence.country and countries) or sentence.country in countries
    return is_here and (not sentence.needs or sentence.needs in needs)


def _countries(
    carrier: Carrier, directory: Directory, routes: Routes
) -> frozenset[str]:
    """Return where its texts go; none: anywhere."""
    if carrier.name in routes.get(_EVERYWHERE, ()):
        return frozenset()
    routed = {country for country, names in routes.items() if carrier.name in names}
    return frozenset({*routed, *(n.country for n in _numbers(carrier, directory))})


def _numbers(carrier: Carrier, directory: Directory) -> list[Any]:
    return [n for n in directory.numbers.values() if n.provider == carrier.name]


def _needs(
    carrier: Carrier, directory: Directory, countries: frozenset[str]
) -> frozenset[str]:
    """Return which texts the programme says that not every programme does.

    A worker may tell of a place in another country than her phone's: she is told
    the emergency number of the place.
    """
    numbers = _numbers(carrier, directory) or list(directory.numbers.values())
    orders = {number.languages or directory.default_languages for number in numbers}
    menus = {
        menu_need(language_menu(o)) for o in orders or {directory.default_languages}
    }
    where = countries | _known(directory)
    told = {emergency_need(directory.emergency_number(country)) for country in where}
    return frozenset(menus | told)


def _known(directory: Directory) -> frozenset[str]:
    """Return the countries of the programme."""
    sites = {site.country for site in directory.sites.values()}
    numbers = {number.country for number in directory.numbers.values()}
    return frozenset(sites | numbers or {directory.default_country})


# ------------------------------------------------------------------------ export


def usual_format(carrier: Carrier, directory: Directory, routes: Routes) -> Format:
    if carrier.name == WHATSAPP:
        return Format.WHATSAPP
    return Format.DLT if _is_dlt(carrier, directory, routes) else Format.CSV


def id_form(carrier: Carrier, directory: Directory, routes: Routes) -> IdForm:
    """Return how its ids are written."""
    if carrier.name == WHATSAPP:
        return CONTENT_SID
    return DIGITS if _is_dlt(carrier, directory, routes) else ANY_ID


def _is_dlt(carrier: Carrier, directory: Directory, routes: Routes) -> bool:
    """Tell whether its ids are those of India's registry.

    A carrier that takes no text without an id asks for them before it is routed.
    """
    india = ability(carrier, _DLT)
    is_indias = carrier.needs_template and india and india.templates.can is Can.YES
    return bool(is_indias) or _DLT in must_register(carrier, directory, routes)


_TEMPLATE_TYPES = {
    Format.DLT: "Service Implicit",
    Format.VAR: "Service Implicit",
    Format.WHATSAPP: "UTILITY",
    Format.CSV: "",
}


COLUMNS = (
    *("text_id", "template_id", "language", "template_type", "message_type"),
    *("template_content", "variables", "example", "parts", "reader", "sent", "when"),
    *("cannot_be_registered", "ask_about"),
)


def as_csv(found: Iterable[Standing], form: Format) -> str:
    """Return the texts as a table; its byte order mark tells Excel it is UTF-8."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(as_row(each, form) for each in found)
    return out.getvalue()


def as_row(each: Standing, form: Format) -> dict[str, Any]:
    """Return one text as whoever registers it needs it."""
    text = each.text
    is_latin = segments(text.example).encoding is Encoding.GSM7
    return {
        "text_id": text.text_id,
        "template_id": each.template_id,
        "language": text.language,
        "template_type": _TEMPLATE_TYPES[form],
        "message_type": "Text" if is_latin else "Unicode",
        "template_content": _content(text, form),
        "variables": " | ".join(
            f"{v.name}: {v.tag}, at most {v.longest}, such as {v.example}"
            for v in text.variables
        ),
        "example": text.example,
        "parts": text.parts,
        "reader": text.sentence.reader,
        "sent": "unprompted" if text.sentence.is_unprompted else "as an answer",
        "when": text.sentence.when,
        "cannot_be_registered": text.why_not,
        "ask_about": "" if text.why_not else "; ".join(text.doubts),
    }


def _content(text: Registered, form: Format) -> str:
    match form:
        case Format.DLT:
            return text.for_dlt
        case Format.VAR:
            return text.for_dlt_before
        case Format.WHATSAPP:
            return text.numbered
    return text.plain


# ------------------------------------------------------------------------ import


async def import_text_ids(
    store: Store,
    texts: Texts,
    carrier: Carrier,
    content: bytes,
    form: IdForm,
    *,
    at: datetime,
    by: UUID | None = None,
    through: str = "service",
) -> Imported:
    """Keep under which ids the carrier has our texts, all of a file or nothing.

    Texts that the file does not name, or gives no id, stay as they are. Raise
    `ImportRefused` with every problem.
    """
    read = read_text_ids(content, texts, form)
    given = read.ids
    async with store.transaction() as tx:
        await lock_imports(tx.connection)
        before = await carrier_texts.of_carrier(tx, carrier.name)
        _refuse_taken(given, before, texts)
        news = {
            each.text_id: each.template_id
            for each in given
            if before.get(each.text_id) != each.template_id
        }
        await carrier_texts.keep(tx, carrier.name, news, at=at)
        added = len(news.keys() - before.keys())
        if news:
            detail = {
                "key": carrier.name,
                "added": added,
                "changed": len(news) - added,
            }
            audited = Audited("carrier_texts.imported", detail)
            await write(tx, [audited], by=by, through=through, at=at)
    return Imported(
        added=added,
        changed=len(news) - added,
        unchanged=len(given) - len(news),
        rows=tuple((each.row, each.text_id) for each in given),
        passed_by=read.passed_by,
    )


def _refuse_taken(
    given: Sequence[GivenId], before: Mapping[str, str], texts: Texts
) -> None:
    """Raise where an id already stands for another of today's texts."""
    named = {each.text_id for each in given}
    taken = {
        template: text_id
        for text_id, template in before.items()
        if text_id in texts.by_id and text_id not in named
    }
    problems = [
        Problem(each.row, "template_id", f"this is the id of {taken[each.template_id]}")
        for each in given
        if each.template_id in taken
    ]
    if problems:
        raise ImportRefused(*problems)
