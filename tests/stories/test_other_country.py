"""A worker on one country's line whose place turns out to be in another."""

from app.store.ledger import verify
from tests.stories.programme import INDIA_LINE
from tests.stories.telling import Telling


async def test_a_case_goes_to_its_places_country_and_the_ledger_agrees(
    story: Telling,
) -> None:
    ticket = await story.open("our wages are not paid", line=INDIA_LINE)
    await story.text("482170", line=INDIA_LINE)
    case = await story.case(ticket.number)
    assert (case["site"], case["country"]) == ("482170", "BD")
    assert (await verify(story.store)).problems == []
