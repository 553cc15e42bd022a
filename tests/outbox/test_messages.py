"""What the owed messages say, and what they must never say."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.conversation import lines
from app.domain.commands import VERBS
from app.outbox.messages import TEMPLATES, Worded, word
from app.outbox.owed import Channel, disclosed, is_stale
from app.wording.line import Line

NUMBER, SITE, DUE = "48213459", "482170", "2026-09-15T12:30:00+00:00"
FULL: dict[str, Any] = {
    "number": NUMBER,
    "site": SITE,
    "clock": "first_action",
    "due_at": DUE,
    "until": DUE,
    "reason": "conflict",
    "percent": 80,
    "rung": "committee",
    "count": 1,
    "country": "BD",
    "partner": ["partner@example.org", "desk@example.org"],
    "you": "member@example.org",
    "category": "WAGE",
    "days": 30,
    "brand": "Norda",
}


def english(line: Line) -> str:
    """Say a line as it stands; fails where a placeholder has no value."""
    params = {
        name: english(value) if isinstance(value, Line) else value
        for name, value in line.params.items()
    }
    return line.message.format_map(params)


def text_of(worded: Worded) -> str:
    subject = [worded.subject] if worded.subject else []
    return "\n".join(english(line) for line in (*subject, *worded.lines))


def mail(template: str, **changes: Any) -> str:
    return text_of(word(template, {**FULL, **changes}, Channel.MAIL))


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_every_template_can_be_said_with_what_it_is_given(template: str) -> None:
    assert "{" not in mail(template)


@pytest.mark.parametrize("template", sorted(TEMPLATES - {"worker_news"}))
def test_a_text_message_to_staff_says_only_that_something_waits(template: str) -> None:
    said = word(template, FULL, Channel.SMS)
    assert said == Worded(None, (lines.STAFF_NOTICE,))


@pytest.mark.parametrize("template", ["worker_news", "ring_back"])
def test_a_call_has_no_words(template: str) -> None:
    with pytest.raises(KeyError):
        word(template, {}, Channel.CALL)


def test_a_missed_call_is_not_returned_by_text() -> None:
    with pytest.raises(KeyError):
        word("ring_back", {}, Channel.SMS)


def test_the_worker_hears_one_neutral_sentence() -> None:
    assert word("worker_news", {}, Channel.SMS).lines == (lines.WORKER_NEWS,)


@pytest.mark.parametrize("clock", ["acknowledge", "first_action", "resolve", "plan"])
def test_a_protected_case_is_named_to_brands_by_nothing_but_its_step(
    clock: str,
) -> None:
    said = mail("brand_missed_protected", clock=clock)
    assert SITE not in said
    assert "2026" not in said
    assert "step that was missed" in said
    assert "Bangladesh" in said
    assert "partner@example.org, desk@example.org" in said


def test_a_brand_alert_has_no_content() -> None:
    said = mail("brand_alert")
    assert SITE not in said
    assert "2026" not in said
    assert "step" not in said
    assert "partner@example.org" in said


@pytest.mark.parametrize("template", ["brand_alert", "brand_missed_protected"])
def test_where_no_address_can_be_given_nobody_is_told_to_write_to_one(
    template: str,
) -> None:
    said = mail(template, partner=[])
    assert "The programme's secretariat will write to you" in said
    assert "write to the programme" not in said
    assert "partner" not in said


@pytest.mark.parametrize("template", ["brand_alert", "brand_missed_protected"])
def test_without_a_number_none_is_asked_for(template: str) -> None:
    said = text_of(word(template, {"country": "BD", "partner": []}, Channel.MAIL))
    assert "number" not in said


@pytest.mark.parametrize("rung", ["partner", "secretariat"])
@pytest.mark.parametrize("held_by", ["partner", "secretariat", ""])
def test_of_a_case_outside_the_factory_no_committee_is_named(
    rung: str, held_by: str
) -> None:
    assert "committee" not in mail("missed", rung=rung, held_by=held_by)


def test_where_a_committee_holds_the_case_the_partner_may_take_it_over() -> None:
    said = mail("missed", rung="partner", held_by="safety_committee")
    assert "take the case over" in said


def test_above_a_committee_the_secretariat_is_sent_to_the_partner() -> None:
    """It may not see the case itself, and the factory knows of it."""
    said = mail("missed", rung="secretariat", held_by="committee")
    assert "ask the partner" in said
    assert "Nobody at the factory" not in said


def test_a_reopening_by_the_partner_is_not_laid_at_the_workers_door() -> None:
    said = mail("case_handed", reason="reopened_by_partner")
    assert "It has been opened again." in said
    assert "worker says" not in said


def test_a_miss_after_a_miss_is_not_counted() -> None:
    said = mail("second_miss")
    assert "gain within 90 days" in said
    assert "second" not in said


@pytest.mark.parametrize(
    ("clock", "verb"),
    [
        ("acknowledge", "acknowledge"),
        ("first_action", "start"),
        ("resolve", "resolve"),
        ("plan", "plan"),
        ("review", "review"),
    ],
)
def test_a_new_case_says_what_to_do_with_which_command(clock: str, verb: str) -> None:
    command = f"threadline cases act {NUMBER} {verb} --as member@example.org"
    assert command in mail("case_new", clock=clock)


def test_the_command_is_one_that_exists() -> None:
    for template in TEMPLATES:
        for clock in ("acknowledge", "first_action", "resolve", "plan", "review"):
            for verb in re.findall(r"cases act \d+ (\S+)", mail(template, clock=clock)):
                assert verb in VERBS


def test_the_due_time_is_handed_on_as_an_instant_for_the_sites_zone() -> None:
    worded = word("case_new", FULL, Channel.MAIL)
    instants = [line.params.get("due_at") for line in worded.lines]
    assert datetime(2026, 9, 15, 12, 30, tzinfo=UTC) in instants


def test_the_factorys_head_gets_no_command_for_the_case() -> None:
    assert "cases act" not in mail("missed", rung="factory_head")
    assert "cases act" in mail("missed", rung="committee")


def test_brands_are_told_to_ask_before_they_speak_with_the_factory() -> None:
    for template in ("brand_missed", "not_solved"):
        assert "Before you speak with the factory" in mail(template, is_brand=True)


def test_a_site_that_is_not_known_is_said_to_be_so() -> None:
    assert "not known yet" in mail("case_new", site="")


def test_no_template_is_made_up() -> None:
    with pytest.raises(KeyError):
        word("gossip", {}, Channel.MAIL)


@pytest.mark.parametrize(
    ("template", "kept"),
    [
        pytest.param(
            "brand_missed_protected",
            {"number", "country", "clock", "partner"},
            id="a-protected-case-keeps-site-and-dates-back",
        ),
        pytest.param(
            "brand_alert",
            {"number", "country", "partner"},
            id="an-alert-keeps-the-step-back-too",
        ),
        pytest.param("brand_missed", set(FULL), id="an-open-one-hides-nothing"),
    ],
)
def test_disclosed(template: str, kept: set[str]) -> None:
    assert set(disclosed(template, FULL)) == kept


@pytest.mark.parametrize(
    ("template", "late", "stale"),
    [
        pytest.param("reminder", timedelta(0), True, id="a-reminder-at-the-due-time"),
        pytest.param("reminder", -timedelta(1), False, id="a-reminder-a-day-before"),
        pytest.param("missed", timedelta(9), False, id="a-missed-date-never-is"),
    ],
)
def test_is_stale(template: str, late: timedelta, stale: bool) -> None:
    at = datetime.fromisoformat(DUE) + late
    assert is_stale(template, FULL, at) is stale
