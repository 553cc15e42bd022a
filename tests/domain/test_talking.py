"""Words between a worker and a committee pass through the partner."""

from dataclasses import replace

import pytest

from app.domain import commands as verbs
from app.domain.case import CLIMBED, CaseFile
from app.domain.directory import HotlineNumber
from app.domain.taxonomy import Conflict
from tests.builders import (
    COMMITTEE,
    DAYS,
    HOURS,
    PARTNERS,
    PROGRAMME,
    SECRETARIAT,
    TIRUPPUR,
    TUESDAY,
    WORKER,
    act,
    after,
    by,
    id_of,
    kinds,
    opened,
    programme,
    templates,
    told,
)

INDIAN = "+15550100910"
LINE = HotlineNumber(INDIAN, "IN", "", ("ta",), True, "answer", None, ())
WITH_LINE = replace(PROGRAMME, numbers={INDIAN: LINE})
WORDS = "What we found."


def in_tiruppur(**changes: object) -> CaseFile:
    case = opened(site=TIRUPPUR, country="IN", hotline=INDIAN, directory=WITH_LINE)
    return replace(case, **changes)  # type: ignore[arg-type]


def test_the_partner_is_owed_a_reading_where_a_committee_gets_the_case() -> None:
    given = act(opened(conflict=None), verbs.AnswerConflict(Conflict.NO), None)
    assert told(given, "words_wait") == PARTNERS


def test_a_partner_who_hands_it_over_has_seen_it_and_is_not_told_of_it() -> None:
    case = after(opened(), (verbs.TakeOver(), by("partner-bd")))
    back = act(case, verbs.HandBack(note=WORDS), "partner-bd")
    assert told(back, "words_wait") == {"partner-bd-2"}


def test_nobody_is_owed_a_reading_of_what_a_partner_holds() -> None:
    assert "words_wait" not in templates(
        act(opened(conflict=Conflict.YES), verbs.Say(), None)
    )


def test_later_words_are_owed_a_reading_once_an_hour() -> None:
    case = opened()
    keys = {
        owed.key
        for minutes in (0, 5, 59, 61)
        for owed in act(case, verbs.Say(), None, at=TUESDAY + minutes * HOURS / 60).owed
        if owed.template == "words_wait"
    }
    assert len(keys) == 2 * len(PARTNERS)


def test_released_words_are_told_to_the_body_that_holds_the_case() -> None:
    decision = act(opened(), verbs.ReleaseWords(note=WORDS), "partner-bd")
    assert kinds(decision) == ["words.released"]
    assert told(decision, "words_released") == COMMITTEE


@pytest.mark.parametrize("name", ["gaz-com-w1", "gaz-com-m1"])
def test_nobody_but_a_partner_releases(name: str) -> None:
    assert act(opened(), verbs.ReleaseWords(note=WORDS), name).refusal is not None


def test_nothing_is_released_without_words() -> None:
    decision = act(opened(), verbs.ReleaseWords(note=" "), "partner-bd")
    assert decision.refusal is not None


@pytest.mark.parametrize(
    ("case", "command", "waits"),
    [
        pytest.param(
            in_tiruppur(), verbs.Tell(note=WORDS), True, id="free-words-by-sms"
        ),
        pytest.param(
            in_tiruppur(channel="voice"), verbs.Ask(note=WORDS), True, id="and-by-voice"
        ),
        pytest.param(
            in_tiruppur(), verbs.Tell(note=WORDS, is_phrase=True), False, id="a-phrase"
        ),
        pytest.param(
            in_tiruppur(channel="web"), verbs.Tell(note=WORDS), False, id="on-the-web"
        ),
    ],
)
def test_free_words_wait_where_the_carrier_takes_templates_only(
    case: CaseFile, command: verbs.StaffVerb, waits: bool
) -> None:
    decision = act(case, command, "tir-com-w1", directory=WITH_LINE)
    assert decision.refusal is None
    assert (kinds(decision) == ["words.held"]) is waits
    assert (told(decision, "words_wait") == {"partner-tn"}) is waits
    assert (decision.notice is not None) is waits


def test_a_partner_never_waits_for_herself() -> None:
    decision = act(
        in_tiruppur(), verbs.Tell(note=WORDS), "partner-tn", directory=WITH_LINE
    )
    assert kinds(decision) == ["worker.told"]


ALONE = replace(programme(without=("partner-tn", "partner-in")), numbers={INDIAN: LINE})


def test_where_no_partner_ever_served_nothing_waits() -> None:
    case = in_tiruppur(reads_first=None)
    decision = act(case, verbs.Tell(note=WORDS), "tir-com-w1", directory=ALONE)
    assert kinds(decision) == ["worker.told"]
    assert decision.case.reads_first is None


def test_once_a_partner_served_words_wait_for_the_secretariat_after_her() -> None:
    case = in_tiruppur()
    assert case.reads_first
    waits = act(case, verbs.Tell(note=WORDS), "tir-com-w1", directory=ALONE)
    assert kinds(waits) == ["words.held"]
    assert told(waits, "words_wait") == SECRETARIAT
    assert told(act(case, verbs.Say(), None, directory=ALONE), "words_wait") == (
        SECRETARIAT
    )
    released = act(case, verbs.ReleaseWords(note=WORDS), "admin", directory=ALONE)
    assert kinds(released) == ["words.released"]


@pytest.mark.parametrize(
    "command",
    [verbs.ReleaseWords(note=WORDS), verbs.Transcribe(note=WORDS)],
    ids=["release", "transcribe"],
)
def test_while_a_partner_serves_the_secretariat_reads_nothing_in_her_place(
    command: verbs.StaffVerb,
) -> None:
    case = replace(opened(), alerted=frozenset({CLIMBED}))
    assert "A partner serves" in str(act(case, command, "admin").refusal)


def test_a_recused_partner_leaves_the_words_to_the_secretariat() -> None:
    case = opened()
    for name in PARTNERS:
        last = act(case, verbs.Exclude(id_of(name), note=WORDS), name)
        case = last.case
    assert told(last, "words_wait") == SECRETARIAT
    assert not act(case, verbs.ReleaseWords(note=WORDS), "admin").refusal
    assert act(case, verbs.ReleaseWords(note=WORDS), "gaz-com-w1").refusal


def test_what_came_while_words_were_released_waits_on() -> None:
    assert act(opened(), verbs.ReleaseWords(note=WORDS), "partner-bd").case.is_read
    short = verbs.ReleaseWords(note=WORDS, is_all=False)
    case = act(opened(), short, "partner-bd").case
    assert not case.is_read
    assert case.is_for_desk


def test_one_transcript_of_two_leaves_the_other_unheard() -> None:
    case = after(opened(), (verbs.Speak(), WORKER))
    one = act(case, verbs.Transcribe(note=WORDS, is_last=False), "partner-bd").case
    assert one.is_unheard
    assert not act(one, verbs.Transcribe(note=WORDS), "partner-bd").case.is_unheard


def test_what_is_held_stands_on_the_desk_until_it_is_sent_once() -> None:
    case = in_tiruppur(held=frozenset({id_of("message")}), is_read=True)
    assert case.is_for_desk
    held = verbs.ReleaseTold(id_of("message"), note=WORDS)
    sent = act(case, held, "partner-tn", directory=WITH_LINE)
    assert not sent.case.is_for_desk
    assert act(sent.case, held, "partner-tn", directory=WITH_LINE).refusal
    other = verbs.ReleaseTold(id_of("another"), note=WORDS)
    assert act(case, other, "partner-tn", directory=WITH_LINE).refusal


def test_in_bangladesh_free_words_go_at_once() -> None:
    assert kinds(act(opened(), verbs.Tell(note=WORDS), "gaz-com-w1")) == ["worker.told"]


def test_what_waited_goes_when_the_partner_lets_it() -> None:
    case = in_tiruppur(may_text=True)
    case = replace(case, held=frozenset({case.id}))
    held = verbs.ReleaseTold(case.id, note=WORDS)
    decision = act(case, held, "partner-tn", directory=WITH_LINE)
    assert kinds(decision) == ["worker.told"]
    assert "worker_news" in templates(decision)


def test_staff_write_to_a_closed_case_for_thirty_days() -> None:
    closed = act(opened(), verbs.Unfounded(note=WORDS), "partner-bd").case
    tell = verbs.Tell(note=WORDS)
    assert act(closed, tell, "partner-bd", at=TUESDAY + 29 * DAYS).refusal is None
    assert act(closed, tell, "partner-bd", at=TUESDAY + 32 * DAYS).refusal is not None
