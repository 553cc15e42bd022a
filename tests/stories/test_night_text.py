"""A text at night becomes a brand's problem on day 15, because nobody acts."""

from datetime import datetime

from app.store.ledger import verify
from tests.stories.conftest import NIGHT
from tests.stories.telling import DHAKA, Telling, days, minutes

SAID = "৪৮২১৭০ তিন মাস ধরে ওভারটাইমের টাকা পাই না"


async def test_print(story: Telling) -> None:
    a = await story.text(SAID)
    print(a)
    from tests.stories.telling import ticket_in
    t = ticket_in(a)
    story.at += minutes(2)
    print(await story.text("২"))
    print(await story.text("না"))
    await story.run_until(NIGHT + days(40))
    print(await story.timeline(t.number))
    for n, c in (await story.clocks(t.number)).items(): print(n, dict(c))
    await story.deliver()
    print(len(story.mouth.sent))
    print((await verify(story.store)))
    assert 0
