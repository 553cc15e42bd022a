"""Notices of many cases to the same people, workers away for a week, a recusal."""

from collections import Counter
from datetime import timedelta

from app.actions.deliver import deliver_due
from app.domain.commands import Acknowledge, Exclude
from tests.builders import COMMITTEE
from tests.stories.telling import Telling, catalog

SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"
WEEK = timedelta(days=7)
WINDOW = timedelta(minutes=15)
CASES = 12


async def deliver(story: Telling) -> None:
    while await deliver_due(
        story.store,
        story.mouth,
        catalog(),
        at_clock=lambda: story.at,
        window=WINDOW,
    ):
        pass


async def open_cases(story: Telling, count: int = CASES) -> list[str]:
    """Let so many workers write at the same moment; their committee holds it."""
    return [
        (await story.open(SAID, "২", "না", phone=f"+88017120000{n:02}")).number
        for n in range(count)
    ]


def to_committee(story: Telling) -> Counter[str]:
    addresses = {f"{name}@example.org" for name in COMMITTEE}
    return Counter(mail.to for mail in story.mouth.mails if mail.to in addresses)


async def test_twelve_new_cases_are_one_mail_to_each_member(story: Telling) -> None:
    numbers = await open_cases(story)
    await deliver(story)
    assert to_committee(story) == {f"{name}@example.org": 1 for name in COMMITTEE}
    for mail in story.mouth.mails:
        if not mail.to.startswith("gaz-com-"):
            continue  # the partner's, whose reading each of them waits for
        assert mail.subject == f"Notices waiting for you: {CASES}"
        assert all(number in mail.body for number in numbers)
        assert "ওভারটাইম" not in mail.body  # never a word of what was said


async def test_a_week_without_workers_ends_in_a_few_mails(story: Telling) -> None:
    await open_cases(story)
    await story.run_until(story.at + WEEK)
    owed = Counter(debt.to for debt in await story.owed() if debt.to in COMMITTEE)
    assert min(owed.values()) >= 3 * CASES  # new, reminded twice, missed, and more
    await deliver(story)
    assert set(to_committee(story).values()) == {1}
    story.at += timedelta(hours=12)  # a reminder waits for the morning
    await deliver(story)
    assert set(to_committee(story).values()) == {2}
    states = Counter(
        (debt.template, debt.state)
        for debt in await story.owed()
        if debt.to in COMMITTEE
    )
    # What is past its time reminds of nothing; nothing else is passed over.
    assert {state for (told, state) in states if told != "reminder"} == {"sent"}
    assert states["reminder", "expired"] > 0
    assert {state for _, state in states} <= {"sent", "expired"}


async def test_what_was_done_in_the_outage_is_not_reminded_of(story: Telling) -> None:
    number, *_ = await open_cases(story, 2)
    reminded = (await story.clocks(number))["acknowledge"]["remind_50_at"]
    await story.run_until(reminded + timedelta(minutes=1))
    await story.act(number, Acknowledge(), "gaz-com-w1")
    await deliver(story)
    states = {
        (debt.number == number, debt.state)
        for debt in await story.owed()
        if debt.template == "reminder"
    }
    assert states == {(True, "skipped"), (False, "sent")}


async def test_who_is_recused_after_it_was_owed_hears_nothing_of_that_case(
    story: Telling,
) -> None:
    number, other = await open_cases(story, 2)
    person = await story.person("gaz-com-m1")
    await story.act(number, Exclude(person, note="named"), "partner-bd")
    await deliver(story)
    (mail,) = [m for m in story.mouth.mails if m.to == "gaz-com-m1@example.org"]
    assert number not in mail.subject + mail.body
    assert other in mail.body
    skipped = {d.to for d in await story.owed(number) if d.state == "skipped"}
    assert skipped == {"gaz-com-m1"}
