"""How cases climb: a worker's no, a second miss, danger, a partner's own delay."""

from datetime import timedelta

import pytest

from app.domain.commands import Acknowledge, Exclude, HandBack, Resolve, Start
from app.domain.errors import Refused
from tests.builders import BRANDS_TOLD, COMMITTEE, HEAD, PARTNERS, SECRETARIAT
from tests.stories.conftest import NIGHT
from tests.stories.programme import import_people
from tests.stories.telling import WORKER, Telling, Ticket

SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"
NEXT = "+8801712000001"


async def at_the_committee(story: Telling, **how: object) -> Ticket:
    return await story.open(SAID, "২", "না", **how)


async def both_sign(story: Telling, number: str) -> None:
    story.at += timedelta(hours=1)
    signed = await story.act(number, Resolve(note="paid"), "gaz-com-w1")
    assert signed.case.state == "received" or signed.case.round > 0
    assert signed.notice is not None
    assert "management" in signed.notice
    await story.act(number, Resolve(note="paid"), "gaz-com-m1")


async def test_solved_takes_effect_at_the_second_of_two_signatures(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    before = await story.clocks(ticket.number)
    first = await story.act(ticket.number, Resolve(note="paid"), "gaz-com-m1")
    assert first.notice
    assert "worker" in first.notice
    assert first.case.state == "received"
    assert await story.clocks(ticket.number) == before
    # The same side again is no second signature.
    again = await story.act(ticket.number, Resolve(note="paid"), "gaz-com-m2")
    assert again.notice
    assert again.notice.startswith("Your side has signed already.")
    with pytest.raises(Refused):
        await story.act(ticket.number, Resolve(note="paid"), "gaz-com-n1")
    second = await story.act(ticket.number, Resolve(note="paid"), "gaz-com-w2")
    assert (second.case.state, second.notice) == ("resolved", None)
    clocks = await story.clocks(ticket.number)
    for name in ("acknowledge", "first_action", "resolve"):
        assert clocks[name]["met_at"] == story.at
    # Nobody climbs any more, and without her word it closes as declared only.
    since = story.at + timedelta(seconds=1)
    await story.run(days=40)
    assert await story.told(ticket.number, since) == {}
    assert (await story.case(ticket.number))["state"] == "closed_declared"


async def test_a_workers_no_climbs_a_rung_and_her_second_no_reaches_the_brands(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    await both_sign(story, ticket.number)
    story.at += timedelta(days=1)
    asked = await story.text(f"খবর {ticket.pin}")
    assert "1" in asked.split("\n\n")[-1]
    story.at += timedelta(minutes=1)
    await story.text("২")
    told = await story.told(ticket.number, story.at)
    assert told.keys() - COMMITTEE == HEAD
    debts = [d for d in await story.owed(ticket.number) if d.at == story.at]
    assert {d.told for d in debts if d.to in HEAD} == {"not_solved"}
    assert {d.told for d in debts if d.to in COMMITTEE} == {
        "case_handed first_action reopened"
    }
    # First action and resolve run again, reminders and all.
    clocks = await story.clocks(ticket.number)
    assert {n for n, c in clocks.items() if c["round"] == 1} >= {
        "first_action",
        "resolve",
    }
    assert clocks["resolve"]["due_at"] - story.at == timedelta(days=14)

    await both_sign(story, ticket.number)
    story.at += timedelta(days=1)
    await story.text(f"সমাধান হয়নি {ticket.pin}")
    told = await story.told(ticket.number, story.at)
    assert told.keys() - COMMITTEE == {*BRANDS_TOLD, "brand until-14"}
    assert set(told.values()) == {1}
    count = {
        d.params["count"]
        for d in await story.owed(ticket.number)
        if d.template == "not_solved" and d.at == story.at
    }
    assert count == {2}


async def test_a_reopened_case_climbs_the_whole_ladder_again(story: Telling) -> None:
    ticket = await at_the_committee(story)
    await both_sign(story, ticket.number)
    story.at += timedelta(days=1)
    await story.text(f"সমাধান হয়নি {ticket.pin}")
    since = story.at + timedelta(seconds=1)
    await story.run(days=40)
    told = [d for d in await story.owed(ticket.number) if d.at >= since]
    assert {d.told for d in told if d.to in HEAD} == {"missed first_action"}
    assert {d.told for d in told if d.to == "brand norda"} == {
        "brand_missed resolve",
        "brand_reminder resolve",
    }
    assert {d.told for d in told if d.to == "gaz-com-w1"} == {
        f"reminder {clock} {percent} %"
        for clock in ("first_action", "resolve")
        for percent in (50, 80)
    }


async def test_a_second_first_action_missed_within_90_days_reaches_the_brands(
    story: Telling,
) -> None:
    """Of the same site's committee, that second case only."""
    first = await at_the_committee(story)
    await story.run(days=7)
    second = await at_the_committee(story, phone=NEXT)
    # The partner's own case misses too, and neither counts nor is mentioned.
    bypassed = await story.open("৪৮২১৭০ সুপারভাইজার গায়ে হাত দেয়", phone="+8801712000002")
    await story.run(days=10)
    told = [d for d in await story.owed() if d.template == "second_miss"]
    assert {d.to for d in told} == {*BRANDS_TOLD, "brand until-14"}
    assert {d.number for d in told} == {second.number}
    assert {d.params["number"] for d in told} == {second.number}
    assert first.number not in str([d.params for d in told])
    assert bypassed.number not in str([d.params for d in told])
    missed = [d for d in await story.owed() if d.told == "missed first_action"]
    assert {d.number for d in missed if d.to in HEAD} == {first.number, second.number}


async def test_two_first_actions_missed_at_the_same_moment_are_first_and_second(
    story: Telling,
) -> None:
    one = await at_the_committee(story)
    other = await at_the_committee(story, phone=NEXT)
    await story.run(days=7)
    told = {d.number for d in await story.owed() if d.template == "second_miss"}
    assert len(told) == 1
    assert told < {one.number, other.number}


@pytest.mark.parametrize(
    ("days_between", "is_told"),
    [
        pytest.param(80, True, id="within-90-days"),
        pytest.param(95, False, id="later-is-a-first-one-again"),
    ],
)
async def test_a_second_miss_counts_for_90_days(
    story: Telling, days_between: int, is_told: bool
) -> None:
    await at_the_committee(story)
    await story.run(days=days_between)
    await at_the_committee(story, phone=NEXT)
    await story.run(days=9)
    templates = {d.template for d in await story.owed()}
    assert ("second_miss" in templates) is is_told


async def test_words_of_danger_take_a_case_from_the_committee_at_once(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    story.at += timedelta(minutes=5)
    await story.text("এখন আগুন লেগেছে")
    case = await story.case(ticket.number)
    assert (case["severity"], case["route"]) == ("S1", "partner")
    now = [d for d in await story.owed(ticket.number) if d.at == story.at]
    handed = [d for d in now if d.template == "case_handed"]
    assert {d.to for d in handed} == PARTNERS
    assert {d.params["reason"] for d in handed} == {"danger"}
    alerted = {d.to for d in now if d.template == "brand_alert"}
    assert alerted == {*BRANDS_TOLD, "brand until-14"}
    due = (await story.clocks(ticket.number))["acknowledge"]["due_at"]
    assert due == NIGHT + timedelta(hours=4)  # from its opening
    since = story.at
    await story.run(days=20)
    told = await story.told(ticket.number, since + timedelta(seconds=1))
    assert not {name for name in told if name.startswith("gaz-")}
    assert told.keys() >= SECRETARIAT


async def test_danger_after_both_have_signed_starts_the_clocks_again(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    await both_sign(story, ticket.number)
    story.at += timedelta(minutes=5)
    await story.text(f"এখন আগুন লেগেছে, ভেতরে আটকে আছি {ticket.pin}")
    case = await story.case(ticket.number)
    assert (case["state"], case["severity"], case["route"]) == (
        "reopened",
        "S1",
        "partner",
    )
    since = story.at
    assert (await story.told(ticket.number, since)).keys() & COMMITTEE == set()
    await story.run(hours=24)
    missed = [d for d in await story.owed(ticket.number) if d.template == "missed"]
    assert {d.to for d in missed if d.params["clock"] == "first_action"} == SECRETARIAT
    assert {d.at for d in missed} == {since + timedelta(hours=24)}
    await story.run(days=30)
    assert (await story.case(ticket.number))["state"] == "reopened"


async def test_the_partner_can_hand_it_back_and_only_with_a_reason(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    story.at += timedelta(minutes=5)
    await story.text("এখন আগুন লেগেছে")
    with pytest.raises(Refused, match="reason"):
        await story.act(ticket.number, HandBack(), "partner-bd")
    with pytest.raises(Refused):
        await story.act(ticket.number, HandBack(note="ours"), "gaz-com-m1")
    story.at += timedelta(minutes=5)
    await story.act(ticket.number, HandBack(note="the fire is out"), "partner-bd")
    assert (await story.case(ticket.number))["route"] == "committee"
    # The committee, and of the partners whoever did not hand it over herself.
    hears = {*COMMITTEE, "partner-bd-2"}
    assert (await story.told(ticket.number, story.at)).keys() == hears


async def test_a_partners_own_missed_clocks_go_to_the_secretariat(
    story: Telling,
) -> None:
    """She did not answer the conflict question: it stays outside the factory."""
    ticket = await story.open(SAID)
    await story.run(days=20)
    missed = [d for d in await story.owed(ticket.number) if "missed" in d.template]
    by_clock = {
        clock: {d.to for d in missed if d.params["clock"] == clock}
        for clock in ("acknowledge", "first_action", "resolve")
    }
    assert by_clock["acknowledge"] == {*PARTNERS, *SECRETARIAT}
    assert by_clock["first_action"] == SECRETARIAT
    assert by_clock["resolve"] == {*SECRETARIAT, *BRANDS_TOLD, "brand until-14"}
    everybody = {d.to for d in await story.owed(ticket.number)}
    assert not {name for name in everybody if name.startswith("gaz-")}


async def test_a_case_without_a_site_climbs_to_the_secretariat_not_to_brands(
    story: Telling,
) -> None:
    ticket = await story.open("তিন মাস ধরে ওভারটাইমের টাকা পাই না", "জানি না", "২", "না")
    case = await story.case(ticket.number)
    assert (case["site"], case["country"], case["route"]) == (None, "BD", "partner")
    # Every day is worked: 2wd from Tuesday night ends with Thursday.
    due = (await story.clocks(ticket.number))["acknowledge"]["due_at"]
    assert due.isoformat() == "2026-12-03T18:00:00+00:00"
    await story.run(days=20)
    told = {d.to for d in await story.owed(ticket.number)}
    assert told == {*PARTNERS, *SECRETARIAT}
    resolve = {
        d.to for d in await story.owed(ticket.number) if d.told == "missed resolve"
    }
    assert resolve == SECRETARIAT


async def test_a_member_named_in_a_case_is_left_out_of_everything(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    named = "gaz-com-m1"
    person = await story.person(named)
    story.at += timedelta(minutes=1)
    await story.act(ticket.number, Exclude(person, note="named"), "partner-bd")
    since = story.at
    await story.run(days=20)
    told = await story.told(ticket.number, since)
    assert named not in told
    assert told.keys() >= COMMITTEE - {named}
    with pytest.raises(Refused):
        await story.act(ticket.number, Acknowledge(), named)


async def test_what_was_owed_to_a_member_before_she_was_named_is_not_sent(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    person = await story.person("gaz-com-m1")
    await story.act(ticket.number, Exclude(person, note="named"), "partner-bd")
    await story.deliver()
    assert "gaz-com-m1@example.org" not in {mail.to for mail in story.mouth.mails}
    states = {d.to: d.state for d in await story.owed() if d.template == "case_new"}
    assert (states["gaz-com-m1"], states["gaz-com-w1"]) == ("skipped", "sent")


async def test_with_too_few_workers_left_the_case_falls_to_the_partner(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    person = await story.person("gaz-com-w1")
    story.at += timedelta(minutes=1)
    await story.act(ticket.number, Exclude(person, note="named"), "partner-bd")
    assert (await story.case(ticket.number))["route"] == "partner"
    assert (await story.told(ticket.number, story.at)).keys() == PARTNERS


async def test_a_committee_whose_term_ends_loses_its_cases_at_the_next_sweep(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    leaves = "gaz-com-w1@example.org,gaz-com-w1,committee,482170,worker,,en"
    until = ("2025-01-01", "2026-12-02")
    await import_people(story.store, [(*leaves.split(","), *until)])
    await story.run(days=3)
    case = await story.case(ticket.number)
    assert case["route"] == "partner"
    handed = [d for d in await story.owed() if d.template == "case_handed"]
    assert {d.params["reason"] for d in handed} == {"fallback"}
    assert {d.to for d in handed} == PARTNERS


async def test_an_act_in_time_stops_the_climb(story: Telling) -> None:
    ticket = await at_the_committee(story)
    story.at += timedelta(hours=12)
    await story.act(ticket.number, Acknowledge(), "gaz-com-w1")
    await story.act(ticket.number, Start(), "gaz-com-w2")
    await story.run(days=8)
    assert not [d for d in await story.owed() if d.template == "missed"]
    answer = await story.text(f"খবর {ticket.pin}", phone=WORKER)
    assert ticket.pin not in answer


async def test_somebody_else_with_number_and_pin_reads_the_same_as_the_worker(
    story: Telling,
) -> None:
    ticket = await at_the_committee(story)
    mine = await story.text(f"খবর {ticket.pin}")
    theirs = await story.text(f"খবর {ticket.number} {ticket.pin}", phone=NEXT)
    assert theirs == mine
