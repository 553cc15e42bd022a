"""A contact is counted once: whoever texts, and whatever comes of it."""

from app.store.engine import Store
from app.store.figures.reading import contact_counts
from tests.stories.programme import ENGLISH_LINE
from tests.stories.telling import Telling

WORDS = "482170 three months no overtime pay"
OTHER = "+8801798765432"


async def counted(store: Store) -> dict[str, int]:
    async with store.transaction() as tx:
        return {one.kind: one.count for one in await contact_counts(tx)}


async def test_a_text_that_opens_a_case_is_a_contact_and_what_follows_is_none(
    talk: Telling,
) -> None:
    await talk.answer(WORDS, line=ENGLISH_LINE, sid="SM1")
    assert await counted(talk.store) == {"case": 1}
    await talk.answer(WORDS, line=ENGLISH_LINE, sid="SM1")
    await talk.answer("2", line=ENGLISH_LINE)
    await talk.answer("And they shout at us", line=ENGLISH_LINE)
    assert await counted(talk.store) == {"case": 1}


async def test_contacts_are_never_fewer_than_what_texts_opened(talk: Telling) -> None:
    for phone in range(12):
        sender = f"+88017000000{phone:02}"
        await talk.answer(WORDS, line=ENGLISH_LINE, phone=sender)
    await talk.answer("hello", line=ENGLISH_LINE, phone=OTHER)
    await talk.answer("test", line=ENGLISH_LINE, phone=OTHER)
    await talk.answer("RIGHTS", line=ENGLISH_LINE, phone=OTHER)
    every = await counted(talk.store)
    assert every == {"case": 12, "greeting": 1, "test": 1, "rights": 1}
