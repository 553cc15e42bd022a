"""A mail leads to the case's room only where it names the case itself."""

import pytest

from app.outbox.messages import TEMPLATES, word
from app.outbox.owed import Channel
from tests.outbox.test_messages import FULL, NUMBER, text_of

ROOM = f"https://line.example/room/cases/{NUMBER}"
# What a factory or a brand is told without being told of which case.
NAMELESS = {"missed_general", "first_tier_missed", "cluster"}


@pytest.mark.parametrize("template", sorted(TEMPLATES - NAMELESS - {"worker_news"}))
def test_what_names_its_case_leads_there(template: str) -> None:
    said = text_of(word(template, {**FULL, "room": ROOM}, Channel.MAIL))
    assert said.count(ROOM) == 1


@pytest.mark.parametrize("template", sorted(NAMELESS))
def test_what_names_no_case_leads_to_none(template: str) -> None:
    said = text_of(word(template, {**FULL, "room": ROOM}, Channel.MAIL))
    assert NUMBER not in said


@pytest.mark.parametrize("template", ["brand_alert", "brand_missed_protected"])
def test_where_the_number_may_not_be_named_nothing_leads_to_it(template: str) -> None:
    told = {"country": "BD", "partner": [], "room": ROOM}
    assert NUMBER not in text_of(word(template, told, Channel.MAIL))


@pytest.mark.parametrize("template", sorted(TEMPLATES - {"worker_news"}))
def test_no_subject_and_no_text_message_leads_anywhere(template: str) -> None:
    mail = word(template, {**FULL, "room": ROOM}, Channel.MAIL)
    assert mail.subject is not None
    assert "room" not in mail.subject.message
    text = word(template, {**FULL, "room": ROOM}, Channel.SMS)
    assert "http" not in text_of(text)


@pytest.mark.parametrize("template", sorted(TEMPLATES - {"worker_news"}))
def test_the_command_is_still_told(template: str) -> None:
    with_room = text_of(word(template, {**FULL, "room": ROOM}, Channel.MAIL))
    without = text_of(word(template, FULL, Channel.MAIL))
    assert set(without.splitlines()) <= set(with_room.splitlines())


@pytest.mark.parametrize("template", sorted(TEMPLATES - {"worker_news"}))
def test_whoever_cannot_sign_in_is_led_nowhere(template: str) -> None:
    assert "http" not in text_of(word(template, FULL, Channel.MAIL))
