"""One case over three channels: spoken, followed by page, and asked for by text."""

from random import Random

from app.actions.take_turn import HeardText, take_turn
from app.simulator.carrier.network import Caller
from app.store.engine import Store
from app.store.ledger import verify
from tests.builders import GAZIPUR
from tests.calls.acting import a_spoken_case
from tests.calls.telephone import prompts_of, telephone
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, import_programme
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


async def test_what_was_filed_for_her_becomes_hers_by_telephone(store: Store) -> None:
    """The old number opens it until the new one was keyed back, and then no more."""
    await import_programme(store)
    async with telephone(store) as line:
        filer = await Visit(line.client).get(f"/s/{GAZIPUR}?l=en&for=other")
        await filer.send(words="They do not pay her.", by="ngo")
        await filer.send("next", answer="no")
        await filer.send("next", answer="no")
        await filer.send("next", how="none")
        number, old = filer.digits(8), filer.digits(6)
        await filer.send("check", pin=old)

        async def ask(pin: str) -> Caller:
            caller = await line.ring("+8801811111111", ENGLISH_LINE)
            for keys in ("9", number, pin):
                await caller.press(keys)
            await caller.listen()
            return caller

        def said(caller: Caller) -> list[str]:
            return prompts_of([*caller.heard, *caller.upcoming])

        caller = await ask(old)
        assert "follow_own" in said(caller)
        await caller.press("6")
        await caller.listen()
        words = said(caller)
        new = "".join(
            p.removeprefix("digit_")
            for p in words[words.index("own_pin") :]
            if p.startswith("digit_")
        )[:6]
        assert new != old
        await caller.press(new)
        await caller.listen()
        assert "own_done" in said(caller)
        await caller.hang_up()
        assert "not_together" in said(await ask(old))
        assert "not_together" not in said(await ask(new))
    assert (await verify(store)).problems == []
