"""What those on the higher rungs read, and what they must not."""

from typing import Any

import pytest

from app.outbox.messages import word
from app.outbox.owed import Channel
from tests.outbox.test_messages import FULL, NUMBER, SITE, mail, text_of

UNTIL = "2026-09-18T01:00:00+00:00"
ANSWER = f"cases act {NUMBER} answer --as member@example.org"


@pytest.mark.parametrize("template", ["missed_general", "first_tier_missed"])
def test_a_factory_reads_neither_which_case_nor_since_when(template: str) -> None:
    said = mail(template, rung="factory_head", answer_by=UNTIL)
    assert SITE in said
    for told in (NUMBER, "2026", "cases act", "case", "first step", "worker says"):
        assert told not in said
    assert "do not ask who spoke up" in said


def test_a_brand_reads_of_a_cluster_how_many_of_what_and_of_no_case() -> None:
    said = mail("cluster", count=5)
    assert "5 or more cases" in said
    assert "within 30 days" in said
    assert "Kind: pay" in said
    assert NUMBER not in said
    assert "answer" not in said


@pytest.mark.parametrize("template", ["brand_missed", "brand_reminder", "second_miss",
                                      "not_solved", "missed", "silent"])  # fmt: skip
def test_whoever_is_waited_for_reads_by_when_and_how_to_answer(template: str) -> None:
    assert ANSWER in mail(template, answer_by=UNTIL)
    assert "answer --as" not in mail(template)


@pytest.mark.parametrize(
    ("part", "lead", "says"),
    [
        pytest.param("lead", "Norda", "please speak for all of them", id="the-lead"),
        pytest.param("copy", "Norda", "Norda takes the lead", id="the-others"),
        pytest.param("alone", "Norda", "", id="a-brand-alone"),
    ],
)
def test_brands_read_which_of_them_speaks(part: str, lead: str, says: str) -> None:
    said = mail("brand_reminder", part=part, lead=lead)
    assert says in said
    assert ("Norda" in said) is (part == "copy")


@pytest.mark.parametrize(
    ("silent", "says"),
    [
        ("brand", "None of them has answered"),
        ("factory_head", "The head of the factory was told"),
        ("partner", "The partner was told"),
        ("", "Those who were told"),
    ],
)
def test_the_secretariat_reads_who_kept_silent(silent: str, says: str) -> None:
    assert says in mail("silent", silent=silent)


def test_a_general_notice_to_a_brand_sends_it_to_the_partner_first() -> None:
    params: dict[str, Any] = {"site": SITE, "country": "BD", "rung": "brand"}
    said = text_of(word("missed_general", {**FULL, **params}, Channel.MAIL))
    assert "Before you speak with the factory" in said
    assert "As head of the factory" not in said
