"""One case over three channels: spoken, followed by page, and asked for by text."""

from random import Random

from app.actions.take_turn import HeardText, take_turn
from app.store.engine import Store
from app.store.ledger import verify
from tests.calls.acting import a_spoken_case
from tests.calls.telephone import telephone
from tests.stories.programme import DHAKA_LINE, import_programme
from tests.stories.telling import say
from tests.web.reader import Visit


async def test_a_call_is_followed_on_the_web_and_by_text(store: Store) -> None:
    await import_programme(store)
    async with telephone(store) as line:
        number, pin = await a_spoken_case(line, reach="3")
        visit = await Visit(line.client).get("/follow?l=en")
        await visit.send(number=number, pin=pin)
        assert "You will have news by" in visit.text
        assert "Voice messages: 1" in visit.text
        assert "voice 9 s" not in visit.text  # what stands for a sound is no message
        await visit.send("add", words="He also keeps our cards.")
        await visit.send("reach")
        await visit.send("next", how="text", phone="01911111111")
        at = line.clock.now()
        answer = await take_turn(
            store,
            HeardText("+8801911111111", DHAKA_LINE, f"STATUS {number} {pin}", "sms"),
            provider_id="SM1",
            render=say,
            at=at,
            chance=Random(3),
        )
        assert "news by" in answer.body.decode()
        assert len(await line.cases()) == 1
    assert (await verify(store)).problems == []
