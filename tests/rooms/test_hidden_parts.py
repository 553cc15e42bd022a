"""Whoever may not see a main case sees none of its parts, nor that there is one."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from app.domain import commands as verbs
from app.domain.directory import Person
from app.domain.errors import Refused
from app.store.engine import Store
from tests.conftest import Ground
from tests.stories.conftest import NIGHT
from tests.stories.programme import database_with_programme
from tests.stories.telling import Telling, Ticket

SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"
MEMBER, OTHER = "gaz-com-m1", "gaz-com-w1"


@pytest.fixture(scope="session")
def template(ground: Ground, template: str) -> Iterator[str]:
    with database_with_programme(ground, template) as name:
        yield name


@pytest.fixture
def story(store: Store) -> Telling:
    return Telling(store, NIGHT)


async def joined(story: Telling) -> tuple[Ticket, Ticket]:
    main = await story.open(SAID, "২", "না", phone="+8801712345001")
    part = await story.open(SAID, "২", "না", phone="+8801712345002")
    await story.act(part.number, verbs.Join(main.number), "partner-bd")
    return main, part


async def person(story: Telling, name: str) -> Person:
    directory = await story.store.directory()
    return next(p for p in directory.people if p.name == name)


async def seen(story: Telling, name: str) -> set[str]:
    who, day = await person(story, name), date(2026, 11, 25)
    async with story.store.as_person(who.id, day=day) as tx:
        rows = await tx.connection.fetch("SELECT number FROM cases")
    return {row["number"] for row in rows}


async def test_whoever_is_recused_from_the_main_case_sees_no_part(
    story: Telling,
) -> None:
    main, part = await joined(story)
    member = await person(story, MEMBER)
    assert {main.number, part.number} <= await seen(story, MEMBER)
    await story.act(main.number, verbs.Exclude(member.id), "partner-bd")
    assert await seen(story, MEMBER) == set()
    assert {main.number, part.number} <= await seen(story, OTHER)
    assert (await story.case(part.number))["joined_to"] is not None
    await refused(story, part.number, verbs.Acknowledge(), MEMBER)


async def test_a_main_case_taken_from_the_committee_takes_its_parts_out_of_sight(
    story: Telling,
) -> None:
    main, part = await joined(story)
    await story.act(main.number, verbs.TakeOver(), "partner-bd")
    assert (await story.case(part.number))["route"] == "committee"
    assert await seen(story, OTHER) == set()
    assert {main.number, part.number} <= await seen(story, "partner-bd")
    await refused(story, part.number, verbs.Acknowledge(), OTHER)


async def test_the_wall_alone_hides_a_part_of_what_is_hidden(story: Telling) -> None:
    main, part = await joined(story)
    member = await person(story, MEMBER)
    await story.store.pool.execute(
        "UPDATE cases SET detail = jsonb_set(detail, '{excluded}', $1::jsonb)"
        " WHERE number = $2",
        f'["{member.id}"]',
        main.number,
    )
    assert part.number not in await seen(story, MEMBER)


async def refused(story: Telling, number: str, command: Any, name: str) -> None:
    with pytest.raises(Refused, match=f"There is no case {number}"):
        await story.act(number, command, name)
