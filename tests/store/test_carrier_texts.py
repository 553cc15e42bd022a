"""Ids of registered texts: imported whole or not at all, found by what is sent."""

import csv
import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.actions.carrier_texts import (
    COLUMNS,
    Format,
    Standing,
    all_texts,
    as_csv,
    id_form,
    import_text_ids,
    must_register,
    needs_ids,
    standing,
    templates_of,
    usual_format,
)
from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.conversation import lines
from app.directory_files.problems import ImportRefused
from app.directory_files.text_ids import ANY_ID, CONTENT_SID, DIGITS
from app.domain.directory import Directory, Helpline, HotlineNumber, Site
from app.store import carrier_texts
from app.store.audit import events
from app.store.engine import Store
from app.wording.registered import Registered
from tests.builders import PROGRAMME
from tests.conversation.test_transcripts import CATALOG
from tests.exported import texts

AT = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
EXOTEL, WHATSAPP = on_shelf()["exotel"], on_shelf()["whatsapp"]
SID = "HX" + "0123456789abcdef" * 2


def named(name: str, language: str = "en") -> Registered:
    (found,) = [
        text
        for text in texts()
        if text.sentence.name == name and text.language == language
    ]
    return found


NEWS, NOTED, STATUS = named("worker-news"), named("noted"), named("status-received")


def table(*rows: Mapping[str, str]) -> bytes:
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    writer = csv.DictWriter(out, names)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def row(text: Registered, template: str, **more: str) -> dict[str, str]:
    return {"text_id": text.text_id, "template_id": template, **more}


async def brought(store: Store, content: bytes, carrier: Carrier = EXOTEL) -> list[int]:
    form = id_form(carrier, with_(), {})
    done = await import_text_ids(store, texts(), carrier, content, form, at=AT)
    return [done.added, done.changed, done.unchanged]


async def ids(store: Store, carrier: str = "exotel") -> Mapping[str, str]:
    async with store.transaction() as tx:
        return await carrier_texts.of_carrier(tx, carrier)


async def test_ids_are_kept_and_found_by_the_words_that_are_sent(store: Store) -> None:
    file = table(row(NEWS, "1207160000000000001"), row(STATUS, "1207160000000000002"))
    assert await brought(store, file) == [2, 0, 0]
    assert await brought(store, file) == [0, 0, 2]
    said = STATUS.with_variables(lambda _, __: "Friday 4 December")
    found = await templates_of(store, CATALOG, said, "en")
    assert found == {"exotel": "1207160000000000002"}
    assert await templates_of(store, CATALOG, f"{said} ", "en") == {}
    assert await templates_of(store, CATALOG, NOTED.plain, "en") == {}


async def test_another_id_takes_the_place_of_the_first(store: Store) -> None:
    await brought(store, table(row(NEWS, "1207160000000000001")))
    file = table(row(NEWS, "1207160000000000009"), row(NOTED, "1207160000000000001"))
    assert await brought(store, file) == [1, 1, 0]
    assert await ids(store) == {
        NEWS.text_id: "1207160000000000009",
        NOTED.text_id: "1207160000000000001",
    }
    async with store.transaction() as tx:
        newest, first = await events(tx, kind="carrier_texts")
    assert newest.detail == {"key": "exotel", "added": 1, "changed": 1}
    assert first.detail == {"key": "exotel", "added": 1, "changed": 0}


async def test_carriers_have_ids_of_their_own(store: Store) -> None:
    assert await templates_of(store, CATALOG, NEWS.plain, "en") == {}
    await brought(store, table(row(NEWS, "1207160000000000001")))
    await brought(store, table({"text_id": NEWS.text_id, "ContentSid": SID}), WHATSAPP)
    found = await templates_of(store, CATALOG, NEWS.plain, "en")
    assert found == {"exotel": "1207160000000000001", "whatsapp": SID}
    async with store.transaction() as tx:
        assert await carrier_texts.counts(tx) == {"exotel": 1, "whatsapp": 1}


async def test_a_portals_own_list_is_read(store: Store) -> None:
    """Other columns stand beside; a text is known by its name or by its words."""
    file = table(
        {
            "Template Name": NEWS.text_id,
            "TEMPLATE ID": "1207160000000000001",
            "Template Content": NEWS.plain,
            "Header": "HOTLIN",
            "Status": "Approved",
        },
        {
            "Template Name": "our status",
            "TEMPLATE ID": "1207160000000000002",
            "Template Content": STATUS.for_dlt_before.replace(" ", "  "),
            "Header": "HOTLIN",
            "Status": "REGISTERED VIA AIRTEL",
        },
    )
    assert await brought(store, b"\xef\xbb\xbf" + file) == [2, 0, 0]
    assert (await ids(store))[STATUS.text_id] == "1207160000000000002"


async def test_the_export_filled_in_is_read_back(store: Store) -> None:
    """Texts that no registry can have stand in it without an id."""
    told = standing(texts(), {}, EXOTEL, with_(), {})
    filled = [
        each if each.text.why_not else replace(each, template_id=f"1207{n:015}")
        for n, each in enumerate(told)
    ]
    content = as_csv(filled, Format.DLT).encode()
    count = sum(not each.text.why_not for each in told)
    assert await brought(store, content) == [count, 0, 0]
    kept = await ids(store)
    assert kept == {t.text.text_id: t.template_id for t in filled if t.template_id}
    again = standing(texts(), kept, EXOTEL, with_(), {})
    assert [each for each in again if each.is_missing] == []


async def test_what_has_no_id_yet_is_passed_by_and_counted(store: Store) -> None:
    """Registries approve a few at a time; the whole export comes back each time."""
    told = standing(texts(), {}, EXOTEL, with_(), {})
    filled = [
        replace(each, template_id="1207160000000000001") if each.text is NEWS else each
        for each in told
    ]
    content = as_csv(filled, Format.DLT).encode()
    done = await import_text_ids(store, texts(), EXOTEL, content, DIGITS, at=AT)
    could = sum(not each.text.why_not for each in told)
    assert (done.added, done.passed_by) == (1, could - 1)
    assert done.as_json()["passed_by"] == could - 1
    assert await ids(store) == {NEWS.text_id: "1207160000000000001"}
    later = table(row(NEWS, ""), row(NOTED, "1207160000000000002"))
    assert await brought(store, later) == [1, 0, 0]
    assert (await ids(store))[NEWS.text_id] == "1207160000000000001"


STALE = NEWS.text_id[:-8] + "00000000"


@pytest.mark.parametrize(
    ("content", "problems"),
    [
        pytest.param(
            table({"text_id": "x"}),
            ["row 1, template_id: this column is missing; it may be called template_id,"
             " dlt_template_id, dlt_id, te_id, templateid, content_sid, contentsid"],
            id="no column of ids",
        ),
        pytest.param(
            b"text_id,template_id\r\n",
            ["row 2: there is no id in this file: fill in"],
            id="nothing in it",
        ),
        pytest.param(
            table(row(NEWS, "")),
            ["row 2: there is no id in this file: fill in"],
            id="no id in any row",
        ),
        pytest.param(
            table({"text_id": "nobody-en-12345678", "template_id": "1207160000000001"}),
            ["row 2, text_id: this value is no text of ours: `threadline texts export`"
             " has them"],
            id="no text of ours",
        ),
        pytest.param(
            table({"text_id": STALE, "template_id": "1207160000000001"}),
            ["row 2, text_id: its wording has changed: register it anew as "
             + NEWS.text_id],
            id="the wording before",
        ),
        pytest.param(
            table(
                row(NEWS, "1207160000000001"),
                row(NOTED, "1207160000000001"),
                row(NEWS, "1207160000000002"),
            ),
            ["row 3, template_id: row 2 has the same: keep one",
             "row 4, text_id: row 2 has the same: keep one"],
            id="twice",
        ),
        pytest.param(
            table(row(NEWS, "1.20716E+18")),
            ["row 2, template_id: a spreadsheet has rounded it: format the column as"
             " text first"],
            id="rounded by a spreadsheet",
        ),
        pytest.param(
            table(row(NEWS, "HOTLIN")),
            ["row 2, template_id: write the registry's id, digits only"],
            id="letters",
        ),
        pytest.param(
            table(row(named("message"), "1207160000000001")),
            ["row 2, template_id: this text cannot be registered: a person's own words"
             " stand in it"],
            id="what cannot be registered",
        ),
        pytest.param(
            table(row(NEWS, "1207160000000001", template_content="Buy now!")),
            ["row 2, template_content: these words are not ours: register those of the"
             " export"],
            id="other words",
        ),
        pytest.param(
            table(row(NEWS, "1207160000000001", status="Rejected")),
            ["row 2, template_id: this text was rejected: leave the row out"],
            id="rejected",
        ),
        pytest.param(
            "text_id,template_id\nল,1".encode("utf-16"),
            ["row 1: this is not UTF-8: save the file as CSV UTF-8"],
            id="another encoding",
        ),
    ],
)  # fmt: skip
async def test_a_bad_file_is_refused_whole(
    store: Store, content: bytes, problems: list[str]
) -> None:
    good = table(row(NOTED, "1207160000000000005"))
    await brought(store, good)
    with pytest.raises(ImportRefused) as refused:
        await brought(store, content)
    assert list(map(str, refused.value.problems)) == problems
    assert await ids(store) == {NOTED.text_id: "1207160000000000005"}


async def test_an_id_of_another_text_is_refused(store: Store) -> None:
    await brought(store, table(row(NOTED, "1207160000000000005")))
    with pytest.raises(ImportRefused, match=f"this is the id of {NOTED.text_id}"):
        await brought(store, table(row(NEWS, "1207160000000000005")))


async def test_a_content_sid_has_its_form(store: Store) -> None:
    with pytest.raises(ImportRefused, match="HX and 32 hexadecimal digits"):
        await brought(store, table(row(NEWS, "HX12")), WHATSAPP)


# ------------------------------------------------------------ which texts are said


def with_(**given: Any) -> Directory:
    """Return a programme of nothing but what is given."""
    nothing: dict[str, Any] = {"sites": {}, "people": (), "sourcing": (), "brands": {}}
    return replace(PROGRAMME, **{**nothing, **given})


def _site(country: str) -> tuple[str, Site]:
    found = next(s for s in PROGRAMME.sites.values() if s.country == country)
    return found.code, found


def line(provider: str, country: str, *languages: str) -> HotlineNumber:
    return HotlineNumber(
        f"+99{country}", country, provider, languages, True, "answer", None, ()
    )


def names(found: list[Standing], prefix: str) -> set[str]:
    given = (each.text.sentence.name for each in found)
    return {name for name in given if name.startswith(prefix)}


def test_a_carrier_is_asked_for_what_goes_through_it() -> None:
    india = with_(numbers={"a": line("exotel", "IN", "ta", "en")})
    told = standing(texts(), {}, EXOTEL, india, {})
    assert names(told, "rights-wages") == {"rights-wages-in"}
    assert names(told, "ack") == {"ack-112"}
    assert names(told, "ask-language") == {"ask-language-ta-en-bn-hi"}
    both = standing(texts(), {}, EXOTEL, india, {"BD": ("exotel",)})
    assert names(both, "rights-wages") == {"rights-wages-in", "rights-wages-bd"}
    assert names(both, "ack") == {"ack-112", "ack-999"}
    abroad = with_(numbers=india.numbers, sites=dict([_site("BD"), _site("IN")]))
    crossing = standing(texts(), {}, EXOTEL, abroad, {}, only_where_needed=True)
    assert names(crossing, "ack") == {"ack-112", "ack-999"}
    assert names(crossing, "rights-wages") == {"rights-wages-in"}
    everywhere = standing(texts(), {}, EXOTEL, india, {"*": ("exotel",)})
    assert names(everywhere, "rights-wages") == names(both, "rights-wages")


def test_a_law_binds_a_carrier_where_it_holds_and_not_elsewhere() -> None:
    """Kannel serves both: India wants every text registered, Bangladesh none."""
    kannel = on_shelf()["kannel"]
    both = with_(numbers={n: line("kannel", n) for n in ("BD", "IN")})
    assert must_register(kannel, both, {}) == {"IN"}
    told = standing(texts(), {}, kannel, both, {}, only_where_needed=True)
    assert names(told, "rights-wages") == {"rights-wages-in"}
    everything = standing(texts(), {}, kannel, both, {})
    assert names(everything, "rights-wages") == {"rights-wages-in", "rights-wages-bd"}
    bangladesh = with_(numbers={"BD": line("kannel", "BD")})
    assert must_register(kannel, bangladesh, {}) == frozenset()
    assert must_register(kannel, bangladesh, {"IN": ("kannel",)}) == {"IN"}
    assert usual_format(kannel, both, {}) is Format.DLT
    assert usual_format(kannel, bangladesh, {}) is Format.CSV
    assert id_form(kannel, both, {}) is DIGITS
    assert id_form(kannel, bangladesh, {}) is ANY_ID
    assert id_form(kannel, bangladesh, {"IN": ("kannel",)}) is DIGITS
    assert id_form(WHATSAPP, both, {}) is CONTENT_SID


def test_exotel_asks_for_indias_ids_before_it_is_routed() -> None:
    """It takes no text without one, wherever the programme is today."""
    nowhere = with_(numbers={"BD": line("twilio", "BD")})
    assert must_register(EXOTEL, nowhere, {}) == frozenset()
    assert usual_format(EXOTEL, nowhere, {}) is Format.DLT
    assert id_form(EXOTEL, nowhere, {}) is DIGITS


def test_a_carrier_that_needs_no_ids_lacks_none() -> None:
    kannel = on_shelf()["kannel"]
    bangladesh = with_(numbers={"BD": line("kannel", "BD")})
    assert not needs_ids(kannel, bangladesh, {})
    told = standing(texts(), {}, kannel, bangladesh, {})
    assert len(told) > 300
    assert not any(each.is_missing for each in told)
    assert needs_ids(kannel, bangladesh, {"IN": ("kannel",)})
    assert needs_ids(EXOTEL, bangladesh, {})
    assert needs_ids(WHATSAPP, bangladesh, {})


def test_somleng_has_no_field_for_an_id() -> None:
    india = with_(numbers={"IN": line("somleng", "IN")})
    assert must_register(on_shelf()["somleng"], india, {}) == frozenset()


def test_another_emergency_number_is_a_variable() -> None:
    own = Helpline("IN", "emergency", "+91 1234 5", "Ours", "en", "")
    india = with_(numbers={"a": line("exotel", "IN")}, helplines=(own,))
    assert names(standing(texts(), {}, EXOTEL, india, {}), "ack") == {"ack"}
    said = CATALOG.render(
        lines.ACK.using(
            number="1234-5678", pin="123456", date="x", emergency=own.number
        ),
        "en",
    )
    text = texts().match(said)
    assert text is not None
    assert text.sentence.name == "ack"


def test_whatsapp_asks_only_for_what_goes_to_workers_unprompted() -> None:
    told = standing(texts(), {}, WHATSAPP, with_(), {})
    assert {each.text.sentence.name for each in told} == {"worker-news"}
    assert len(told) == len(CATALOG.languages)


def test_the_export_says_what_whoever_registers_needs() -> None:
    table_of = as_csv(
        [Standing(STATUS, ""), Standing(named("message"), "")], Format.DLT
    )
    assert table_of.startswith("\ufeff")
    first, second = csv.DictReader(io.StringIO(table_of.removeprefix("\ufeff")))
    assert tuple(first) == COLUMNS
    assert first == {
        "text_id": STATUS.text_id,
        "template_id": "",
        "language": "en",
        "template_type": "Service Implicit",
        "message_type": "Text",
        "template_content": "We have what you told us. It will be read soon. You will"
        " have news by {#alphanumeric#}.",
        "variables": "date: alphanumeric, at most 22, such as Wednesday 29 September",
        "example": "We have what you told us. It will be read soon. You will have"
        " news by Wednesday 29 September.",
        "parts": "1",
        "reader": "worker",
        "sent": "as an answer",
        "when": "answers a worker's text",
        "cannot_be_registered": "",
        "ask_about": "it ends with a variable",
    }
    assert second["cannot_be_registered"] == "a person's own words stand in it"


@pytest.mark.parametrize(
    ("form", "type_"),
    [
        (Format.DLT, "Service Implicit"),
        (Format.VAR, "Service Implicit"),
        (Format.WHATSAPP, "UTILITY"),
        (Format.CSV, ""),
    ],
)
def test_each_registry_has_kinds_of_texts_of_its_own(form: Format, type_: str) -> None:
    exported = as_csv([Standing(NEWS, "")], form).removeprefix("\ufeff")
    (only,) = csv.DictReader(io.StringIO(exported))
    assert only["template_type"] == type_


def test_the_texts_are_worded_once_a_catalogue() -> None:
    assert all_texts(CATALOG) is all_texts(CATALOG)
