"""Every page holds what it promises: its fields, its weight, and nothing foreign."""

import gzip
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from hypothesis import given, settings, strategies as st

from app.channels.web.look import Look
from app.conversation.pages.session import FILED_BY, TOPICS, At
from app.wording.catalog import Catalog
from app.wording.line import Line
from tests.web.look_markup import Form, Markup, astray, unlabelled
from tests.web.look_samples import DHAKA, FOLLOWING, PLAIN, SHOWN, echoing, pages

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "app/channels/web/pages"
EVERY_PAGE = pytest.mark.parametrize("name", [*SHOWN, *PLAIN])
KB = 1024
HIDDEN = {"talk", "turn", "l"}


@cache
def look() -> Look:
    return Look(echoing())


@cache
def html(name: str) -> str:
    return pages(look())[name]


def read(name: str) -> Markup:
    return Markup(html(name))


def talk(name: str) -> Form:
    return read(name).forms["talk"]


def weight(text: str) -> int:
    return len(gzip.compress(text.encode()))


def test_every_page_of_a_talk_has_a_sample():
    assert {shown.at for shown in SHOWN.values()} == set(At)


@EVERY_PAGE
def test_a_page_is_well_formed(name):
    page = read(name)
    assert page.faults == []
    assert astray(page) == []


@EVERY_PAGE
def test_every_field_has_a_label(name):
    assert unlabelled(read(name)) == []


@EVERY_PAGE
def test_a_page_asks_for_nothing_foreign_and_runs_nothing(name):
    text = html(name).replace("http://www.w3.org/2000/svg", "")
    assert re.findall(r"https?:|<script|<img|<iframe| on[a-z]+=|style=", text) == []
    loaded = [g["href"] for tag, g in read(name).tags if tag == "link"]
    assert loaded == ["data:,", look().style_path]


@EVERY_PAGE
def test_a_page_weighs_little(name):
    assert weight(html(name)) <= 3 * KB


def test_the_first_page_with_its_style_fits_in_one_round_trip():
    style = len(gzip.compress(look().style))
    assert style + max(weight(html(n)) for n in SHOWN if n.startswith("what")) < 6 * KB


def test_the_style_loads_nothing_and_its_address_changes_with_it():
    assert not re.search(rb"url\(|@import|/\*|\n", look().style)
    assert re.fullmatch(r"/web\.css\?v=[0-9a-f]{8}", look().style_path)


@EVERY_PAGE
def test_the_title_names_no_subject(name):
    assert read(name).title == ("Go on" if name == "left" else "Helpline")


@pytest.mark.parametrize("name", [n for n in (*SHOWN, *PLAIN) if n != "left"])
def test_leaving_comes_first_and_waits_for_no_upload(name):
    page = read(name)
    reachable = [
        one
        for one in page.fields
        if one.attributes.get("type") != "hidden"
        and one.attributes.get("tabindex") != "-1"
    ]
    form = page.forms[reachable[0].form]
    assert form.attributes == {"method": "post", "action": "/leave"}
    assert form.names == (HIDDEN if name in SHOWN else {"l"})


# What each page sends: its address, its fields, its buttons; a contract.
ATTACHED = {"words", "files"}
FIRST = {*HIDDEN, *ATTACHED, "site", "topic"}
SENDS: dict[str, tuple[str, set[str], list[str]]] = {
    "what": ("/", FIRST, []),
    "what-other": ("/", {*FIRST, "for", "by"}, []),
    "where": ("/talk", {*HIDDEN, "code", "name"}, ["next", "next", "skip"]),
    "pick": ("/talk", {*HIDDEN, "site"}, ["next", "next"]),
    "about": ("/talk", {*HIDDEN, "answer"}, ["next", "next"]),
    "danger": ("/talk", {*HIDDEN, "answer"}, ["next", "next"]),
    "reach": ("/talk", {*HIDDEN, "how", "phone", "part"}, ["next", "next"]),
    "reach-later": (
        "/talk",
        {*HIDDEN, "how", "phone", "part"},
        ["next", "next", "back"],
    ),
    "receipt": ("/talk", {*HIDDEN, "pin"}, ["check", "check", "decline"]),
    "kept": ("/talk", HIDDEN, ["proof"]),
    "door": ("/follow", {*HIDDEN, "number", "pin"}, []),
    "who": ("/talk", HIDDEN, ["mine", "filed"]),
    "follow": ("/talk", {*HIDDEN, *ATTACHED}, ["add"]),
    "withdraw": ("/talk", HIDDEN, ["withdraw-yes", "back"]),
    "proof": ("/talk", HIDDEN, ["back"]),
}


@pytest.mark.parametrize("name", SENDS)
def test_a_page_sends_the_fields_of_the_contract(name):
    form = talk(name)
    names = {"words" if n.startswith("words-") else n for n in form.names}
    assert (form.attributes["action"], names, form.acts) == SENDS[name]


def test_the_words_of_two_first_pages_have_two_names():
    """Else a browser fills in on one what was typed on the other, and left."""
    one, other = (
        Markup(look().page(replace(SHOWN["what"], token=token), DHAKA)).forms["talk"]
        for token in ("a" * 32, "b" * 32)
    )
    assert {n for n in one.names if n.startswith("words-")}.isdisjoint(other.names)


@pytest.mark.parametrize("name", [n for n in SHOWN if "talk" in read(n).forms])
def test_only_forms_with_files_are_sent_in_parts(name):
    for form in read(name).forms.values():
        is_in_parts = form.attributes.get("enctype") == "multipart/form-data"
        assert is_in_parts == ("files" in form.names)


@pytest.mark.parametrize(
    ("name", "acts"),
    [
        (
            "follow",
            "solved not-solved add reach mine proof withdraw end",
        ),
        (
            "follow-withdrawing",
            "solved not-solved add reach mine proof undo end",
        ),
        ("follow-closed", "not-solved add rate reach mine proof end"),
        ("follow-ended", "rate reach proof end"),
    ],
)
def test_a_case_offers_what_may_be_done_with_it(name, acts):
    forms = read(name).forms.values()
    assert [act for form in forms for act in form.acts] == acts.split()


@pytest.mark.parametrize(
    ("name", "act"),
    [("where", "next"), ("pick", "next"), ("reach", "next"), ("receipt", "check")],
)
def test_the_key_enter_goes_on_and_neither_leaves_nor_changes_the_language(name, act):
    assert talk(name).default.attributes["value"] == act


def test_the_subjects_are_those_of_the_talk_in_its_order():
    (topic,) = (f for f in talk("what").fields if f.name == "topic")
    assert topic.text.split() == [str(category) for category in TOPICS]


def test_who_files_it_is_one_of_those_the_talk_knows():
    (by,) = (f for f in talk("what-other").fields if f.name == "by")
    assert tuple(by.text.split()) == FILED_BY
    assert "required" in by.attributes


def test_a_place_may_be_picked_or_none():
    assert talk("pick").values("site") == ["104728", "104736", "none"]


def test_before_anything_is_typed_a_language_is_a_link():
    links = re.findall(r'<a href="(/s/104728[^"]*)"', html("what-site"))
    assert links == [f"/s/104728?l={code}" for code in ("bn", "hi", "ta")]


def test_who_writes_for_another_stays_so_in_another_language():
    assert '<a href="/?l=bn&amp;for=other"' in html("what-other")


@pytest.mark.parametrize("name", ["where", "what-mended", "follow", "follow-ended"])
def test_afterwards_a_language_is_a_button_that_takes_the_words_along(name):
    assert talk(name).values("speak") == ["bn", "hi", "ta"]


@pytest.mark.parametrize("language", ["bn", "hi", "ta", "en"])
def test_a_page_says_in_which_language_it_is(language):
    shown = replace(SHOWN["where"], language=language)
    page = Markup(look().page(shown, DHAKA))
    assert ("html", {"lang": language}) in page.tags
    assert language not in page.forms["talk"].values("speak")


def test_the_pin_is_shown_until_the_receipt_and_never_again():
    shows = {name for name in SHOWN if "730 915" in html(name)}
    assert shows == {
        *("where", "where-again", "where-country", "pick", "about", "danger"),
        *("reach", "receipt", "receipt-declined"),
    }


def test_in_danger_the_emergency_number_stands_first():
    called = re.findall(r'href="tel:([^"]+)"', html("reach"))
    assert called == ["999", "109", "01779554391"]


def test_without_danger_no_number_stands_there():
    shown = replace(SHOWN["reach"], is_in_danger=False)
    assert "tel:" not in look().page(shown, DHAKA)


def test_a_note_is_tied_to_the_fields_that_it_is_about():
    tied = [
        one.attributes.get("aria-describedby", "").split()
        for one in read("where-again").fields
        if one.name in ("code", "name")
    ]
    assert tied == [["notes"], ["notes"]]


@settings(max_examples=50, deadline=None)
@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"),
        min_size=1,
    ).filter(lambda words: words.strip() == words)
)
def test_whatever_was_typed_stands_in_its_field_again(words):
    shown = replace(SHOWN["what-mended"], kept={"words": words})
    page = Markup(look().page(shown, DHAKA))
    (field,) = (f for f in page.forms["talk"].fields if f.name.startswith("words"))
    assert (page.faults, field.text) == ([], words)


def test_words_that_could_not_be_taken_are_offered_again():
    kept = {"words": "They beat us.", "site": "104728", "l": "en"}
    page = Markup(look().plain("trouble", "en", "/", what="busy", kept=kept))
    (again,) = (f for f in page.forms.values() if "words" in f.names)
    assert again.attributes["action"] == "/"
    assert again.names == {*ATTACHED, "site", "l"}


def test_an_answer_that_could_not_be_taken_is_sent_again_but_for_the_pin():
    kept = {"talk": "t", "turn": "5", "do": "check", "pin": "730915"}
    text = look().plain("trouble", "en", "/", what="busy", kept=kept)
    (again,) = (f for f in Markup(text).forms.values() if "pin" in f.names)
    assert again.attributes["action"] == "/talk"
    assert again.names == {"talk", "turn", "do", "pin"}
    assert "730915" not in text


def test_a_receipt_is_said_to_be_genuine_and_nothing_else():
    said = html("verify-right")
    assert "received number 4071 8265 on 2026-12-01" in said
    assert "no receipt of ours" not in said


def test_leaving_goes_on_at_once():
    assert '<meta http-equiv="refresh" content="0;url=/elsewhere">' in html("left")
    assert "elpline" not in html("left")


class _Heard(Catalog):
    """Says the English sentences and remembers which."""

    def __init__(self, inner: Catalog) -> None:
        self._inner = inner
        self.languages = inner.languages
        self.said: set[str] = set()

    def language_name(self, code: str) -> str:
        return self._inner.language_name(code)

    def country_name(self, country: str, language: str) -> str:
        return self._inner.country_name(country, language)

    def day(self, day: Any, language: str) -> str:
        return self._inner.day(day, language)

    def render(self, line: Line, language: str, zone: ZoneInfo | None = None) -> str:
        self.said.add(line.message)
        return self._inner.render(line, language, zone)


@cache
def marked() -> dict[str, tuple[str, ...]]:
    """Return the sentences of the templates with their notes to the translators."""
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found: dict[str, tuple[str, ...]] = {}
    for name, _, message, notes, _ in extract_from_dir(
        ROOT, methods, options, {"_": None}, ("Translators:",), strip_comment_tags=True
    ):
        if Path(ROOT, name).parent == PAGES:
            assert isinstance(message, str)
            found[message] = (*found.get(message, ()), *notes)
    return found


def test_every_sentence_of_a_template_is_found_for_the_translators_and_shown_here():
    heard = _Heard(echoing())
    others = replace(
        FOLLOWING, reach="text", part="morning", may_say_solved=False, limits=()
    )
    shown = SHOWN["follow"]
    pages(Look(heard))
    for part in ("morning", "afternoon", "evening", "any"):
        follow = replace(others, reach="call", part=part)
        Look(heard).page(replace(shown, follow=follow), DHAKA)
    Look(heard).page(replace(shown, follow=others), DHAKA)
    asking = replace(others, asks_reprisal=True)
    Look(heard).page(replace(shown, follow=asking), DHAKA)
    helps = tuple(
        replace(SHOWN["reach"].helps[0], kind=kind)
        for kind in ("emergency", "child", "women", "crisis", "labour", "legal_aid")
    )
    Look(heard).page(replace(SHOWN["reach"], helps=helps), DHAKA)
    assert set(marked()) - heard.said == set()


def test_a_note_to_translators_fits_on_its_line_of_the_catalogue():
    notes = [note for found in marked().values() for note in found]
    assert [note for note in notes if len(note) > 76 or "\n" in note] == []
    assert len(notes) > 40
