"""What can be said aloud: complete, current, and a person's voice first."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from app.conversation.calls import spoken
from app.conversation.calls.spoken import PROMPTS, REPRISALS, STUDIO
from app.domain.taxonomy import LANGUAGES
from app.wording.catalog import Catalog
from app.wording.pieces import (
    DIGIT_WORDS,
    PIECES,
    day_ids,
    digit_ids,
    site_id,
    site_words,
)
from app.wording.sounds import (
    RECORDED,
    SYNTHETIC,
    Book,
    Manifest,
    Sound,
    Standing,
    Unspoken,
    audio_folder,
    hash_of_audio,
    hash_of_text,
    is_site,
    media_type,
    seconds_to_beep,
    texts_of,
)

LOCALES = Path(__file__).parents[2] / "locales"
CATALOG = Catalog.load(LOCALES)
SHIPPED = Manifest.load(LOCALES)
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
PLACE = {"bn": {"site_482170": "শালবন"}}


def book(manifest=SHIPPED, *, allow_synthetic=True) -> Book:
    return Book.of(
        manifest, CATALOG, PROMPTS, allow_synthetic=allow_synthetic, places=PLACE
    )


def recording(prompt: str, language: str = "bn", *, text: str | None = None) -> Sound:
    words = text or book().text(prompt, language)
    digest = hash_of_audio(language, prompt, words.encode())
    return Sound(
        *(prompt, language, words, hash_of_text(words), digest, f"{digest}.wav"),
        *(2.5, "Rina", RECORDED),
    )


# ------------------------------------------------------ what is committed


@EVERY_LANGUAGE
def test_every_prompt_has_a_sound_of_its_present_words(language):
    """After a sentence has changed: threadline prompts build."""
    outdated = [
        prompt
        for prompt, text in texts_of(CATALOG, PROMPTS, language).items()
        if (sound := SHIPPED.synthetic.get((language, prompt))) is None
        or sound.text_hash != hash_of_text(text)
        or sound.text != text
    ]
    assert outdated == []


def test_every_file_is_there_and_none_besides():
    named = {
        audio_folder(LOCALES, s.language) / s.file for s in SHIPPED.synthetic.values()
    }
    lying = set(LOCALES.rglob("*.mp3"))
    assert named == lying
    assert len(named) == len(LANGUAGES) * (len(PROMPTS) + len(PIECES)) + 1


def test_a_sound_is_named_by_what_is_in_it():
    wrong = []
    for sound in SHIPPED.synthetic.values():
        content = (audio_folder(LOCALES, sound.language) / sound.file).read_bytes()
        if hash_of_audio(sound.language, sound.prompt, content) != sound.hash:
            wrong.append(sound.file)
    assert wrong == []
    assert {s.status for s in SHIPPED.synthetic.values()} == {SYNTHETIC}


def test_a_sound_lasts_as_long_as_its_manifest_says():
    """16 kbit/s are 2000 octets a second; a frame and the coder's delay go on top."""
    for sound in SHIPPED.synthetic.values():
        path = audio_folder(LOCALES, sound.language) / sound.file
        assert path.stat().st_size / 2000 == pytest.approx(sound.seconds, abs=0.4)


def test_all_the_sounds_together_are_small():
    assert sum(path.stat().st_size for path in LOCALES.rglob("*.mp3")) < 6_250_000


@EVERY_LANGUAGE
def test_from_answer_to_beep_is_a_minute_at_most(language):
    assert 20 < seconds_to_beep(book(), LANGUAGES, language) <= 60


def test_the_way_to_the_beep_is_the_sum_of_what_is_heard():
    shipped = {key: sound.seconds for key, sound in SHIPPED.synthetic.items()}
    told = sum(shipped["bn", prompt] for prompt in ("welcome", "menu", "speak"))
    assert seconds_to_beep(book(), ["bn"], "bn") == pytest.approx(told)
    offered = ("bn", "language"), ("bn", "digit_1"), ("en", "language")
    whole = told + sum(shipped[key] for key in (*offered, ("en", "digit_2")))
    assert seconds_to_beep(book(), ["bn", "en"], "bn") == pytest.approx(whole)


def test_what_has_no_sound_has_no_length():
    with pytest.raises(Unspoken, match="welcome"):
        seconds_to_beep(book(allow_synthetic=False), ["bn"], "bn")


# ---------------------------------------------------------------- the words

KEYS = {
    "bn": "শূন্য এক দুই তিন চার পাঁচ ছয় সাত আট নয়".split(),
    "hi": "ज़ीरो एक दो तीन चार पाँच छह सात आठ नौ".split(),
    "ta": "பூஜ்ஜிய ஒன்ற இரண்ட மூன்ற நான்க ஐந்த ஆற ஏழ எட்ட ஒன்பத".split(),
}
STAR_HASH = {
    "bn": ("স্টার", "হ্যাশ"),
    "hi": ("स्टार", "हैश"),
    "ta": ("ஸ்டார", "ஹாஷ"),
}
PRESS = {"bn": "চাপুন", "hi": "दबाइए", "ta": "அழுத்த"}


@pytest.mark.parametrize("language", KEYS)
@pytest.mark.parametrize("prompt", [p for p in PROMPTS if "press" in p.line.message])
def test_every_key_is_said_in_the_order_of_the_english(prompt, language):
    english = re.findall(r"press (?:a key|(\d|star|hash))", prompt.line.message)
    said = book().text(prompt.id, language)
    words = dict(enumerate(KEYS[language])) | dict(
        zip(("star", "hash"), STAR_HASH[language], strict=True)
    )
    # Bengali "nine" alone before "press" is heard as "do not".
    button = f"(?: {normal('নম্বর বোতাম')})?"
    ending = r"\S*" if language == "ta" else ""  # Tamil bends the key's name
    pattern = "|".join(
        f"(?:^| )({re.escape(normal(word))}){ending}{button} {PRESS[language]}"
        for word in words.values()
    )
    names = [str(name) for name in words]
    found = [
        names[next(n for n, group in enumerate(match.groups()) if group)]
        for match in re.finditer(pattern, said)
    ]
    assert found == [key for key in english if key]


def normal(word: str) -> str:
    return unicodedata.normalize("NFC", word)


@EVERY_LANGUAGE
@pytest.mark.parametrize(
    "prompt",
    [
        spoken.RING_BACK,
        spoken.OUR_CALL,
        spoken.ANOTHER_TIME,
        spoken.LANGUAGE,
        spoken.ONE_MOMENT,
    ],
    ids=lambda prompt: prompt.id,
)
def test_what_anybody_may_hear_tells_nothing(prompt, language):
    """Whoever picks up the phone learns neither the subject nor who we are."""
    tell_tale = (
        *("help", "work", "factory", "wrong", "complain", "number"),
        *("সাহায্য", "হেল্প", "শ্রমিক", "কারখানা", "সমস্যা", "অভিযোগ"),
        *("मदद", "हेल्प", "मज़दूर", "फैक्ट्री", "परेशानी", "शिकायत"),
        *("உதவி", "தொழிலாளர்", "கம்பெனி", "பிரச்சனை", "புகார்"),
    )
    said = book().text(prompt.id, language).lower()
    assert [word for word in tell_tale if normal(word) in said] == []


@EVERY_LANGUAGE
@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.id)
def test_no_prompt_speaks_like_an_office(prompt, language):
    said = book().text(prompt.id, language).lower()
    words = (
        *("complain", "grievance", "report", "police", "invalid", "case"),
        *("অভিযোগ", "মামলা", "পুলিশ", "शिकायत", "मामला", "पुलिस"),
        *("புகார்", "வழக்கு", "போலீஸ்"),
    )
    assert [word for word in words if normal(word) in said] == []


@pytest.mark.parametrize("language", KEYS)
def test_no_figure_and_no_latin_letter_is_left_for_a_voice_to_guess(language):
    texts = texts_of(CATALOG, PROMPTS, language).values()
    assert [text for text in texts if re.search(r"[0-9A-Za-z]", text)] == []


@EVERY_LANGUAGE
def test_every_piece_has_a_word_of_its_own(language):
    texts = texts_of(CATALOG, PROMPTS, language)
    for kind, count in (("digit", 10), ("weekday", 7), ("day", 31), ("month", 12)):
        words = [texts[p] for p in PIECES if p.startswith(f"{kind}_")]
        assert len(words) == len(set(words)) == count
    assert [texts[f"digit_{n}"] for n in range(10)] == [
        normal(word) for word in DIGIT_WORDS[language]
    ]


def test_months_are_spelt_as_they_are_spelt_today():
    assert texts_of(CATALOG, PROMPTS, "bn")["month_1"] == normal("জানুয়ারি")
    assert texts_of(CATALOG, PROMPTS, "en")["weekday_0"] == "Monday"


@pytest.mark.parametrize(
    ("language", "ids"),
    [
        pytest.param("bn", ("weekday_2", "day_30", "month_9"), id="Bengali"),
        pytest.param("ta", ("weekday_2", "month_9", "day_30"), id="Tamil"),
    ],
)
def test_a_day_is_put_together_as_the_language_says_it(language, ids):
    assert day_ids(date(2026, 9, 30), language) == ids


def test_figures_are_spoken_one_by_one():
    assert digit_ids("10-9 ") == ("digit_1", "digit_0", "digit_9")


@pytest.mark.parametrize(
    ("local_name", "language", "words"),
    [
        pytest.param("শালবন", "bn", "শালবন", id="in-its-script"),
        pytest.param("শালবন", "hi", "Shalban", id="in-another-script"),
        pytest.param("শালবন", "en", "Shalban", id="English"),
        pytest.param("", "bn", "Shalban", id="no-local-name"),
    ],
)
def test_a_site_is_named_in_the_script_of_the_language(local_name, language, words):
    assert site_words("Shalban", local_name, language) == words


# ----------------------------------------------------------------- the book


def test_a_recording_wins_over_a_machine():
    one = recording("welcome")
    spoken_by = book(SHIPPED.with_recorded([one]))
    assert spoken_by.sound("welcome", "bn") == one
    assert spoken_by.standing("welcome", "bn") is Standing.RECORDED
    assert spoken_by.sound("menu", "bn").status == SYNTHETIC
    assert spoken_by.sound("welcome", "hi").status == SYNTHETIC


@pytest.mark.parametrize("allow", [True, False])
def test_a_recording_of_other_words_is_not_played(allow):
    stale = recording("welcome", text="এটা অন্য কথা।")
    asked = book(SHIPPED.with_recorded([stale]), allow_synthetic=allow)
    assert asked.standing("welcome", "bn") is Standing.STALE
    sound = asked.sound("welcome", "bn")
    assert sound is None if not allow else sound.status == SYNTHETIC


def test_a_machines_sound_of_other_words_is_not_played():
    old = replace(SHIPPED.synthetic["bn", "welcome"], text_hash="0" * 16)
    asked = book(Manifest({("bn", "welcome"): old}))
    assert asked.sound("welcome", "bn") is None
    assert asked.standing("welcome", "bn") is Standing.MISSING


def test_without_leave_no_machine_is_heard_and_only_dhaka_falls_silent():
    asked = book(allow_synthetic=False)
    assert asked.sound("welcome", "bn") is None
    assert not asked.is_open("bn", "BD")
    assert set(asked.closed("bn", "BD")) == set(asked.needed)
    assert asked.is_open("bn", "IN")
    assert asked.is_open("en", "BD")
    assert asked.tone is not None


@pytest.mark.parametrize("lacking", ["menu", "digit_0", "day_31", "month_12"])
def test_one_lacking_prompt_closes_the_menu(lacking):
    whole = [recording(p) for p in book().needed if p != lacking]
    asked = book(SHIPPED.with_recorded(whole), allow_synthetic=False)
    assert asked.closed("bn", "BD") == (lacking,)
    assert book(asked.manifest, allow_synthetic=True).is_open("bn", "BD")


def test_all_recorded_opens_it_and_the_studio_need_not_be():
    whole = [recording(p) for p in book().needed]
    assert not {p.id for p in STUDIO} & {s.prompt for s in whole}
    assert book(SHIPPED.with_recorded(whole), allow_synthetic=False).is_open("bn", "BD")


def test_the_studios_prompts_are_known_by_their_names():
    spared = {p.id for p in (*STUDIO, *REPRISALS)}
    assert {p.id for p in PROMPTS} - set(book().needed) == spared


def test_a_question_that_nobody_has_spoken_is_left_out_and_closes_no_line():
    ids = [p.id for p in REPRISALS]
    assert book().can_say(ids, "en", "IN")  # by a voice of its own
    spoken = {key: s for key, s in SHIPPED.synthetic.items() if key[1] not in ids}
    lacking = book(replace(SHIPPED, synthetic=spoken))
    assert not lacking.can_say(ids, "bn", "BD")
    assert not set(ids) & set(lacking.closed("bn", "BD"))


def test_a_language_that_is_not_served_is_closed():
    assert not book().is_open("or", "IN")


def test_a_place_is_named_only_where_its_name_was_recorded():
    assert not book().has_place("482170", "bn")
    named = book(SHIPPED.with_recorded([recording("site_482170")]))
    assert named.has_place("482170", "bn")
    assert not named.has_place("482170", "en")


def test_a_renamed_place_is_spoken_by_its_digits():
    old = recording("site_482170", text="পুরনো নাম")
    assert not book(SHIPPED.with_recorded([old])).has_place("482170", "bn")


def test_a_site_is_told_from_a_sentence():
    assert is_site(site_id("482170"))
    assert [p.id for p in PROMPTS if is_site(p.id)] == []


def test_the_script_numbers_prompts_then_pieces_then_places():
    script = book().script("bn")
    assert script == (*(p.id for p in PROMPTS), *PIECES, "site_482170")


def test_two_prompts_of_the_same_sound_have_two_addresses():
    assert hash_of_audio("bn", "a", b"RIFF") != hash_of_audio("bn", "b", b"RIFF")
    assert hash_of_audio("bn", "a", b"RIFF") != hash_of_audio("hi", "a", b"RIFF")


def test_an_address_tells_its_kind():
    tone = SHIPPED.synthetic["", "tone"]
    assert tone.name == f"{tone.hash}.mp3"
    assert media_type(tone.name) == "audio/mpeg"
    assert media_type(recording("welcome").name) == "audio/wav"
