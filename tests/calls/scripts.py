"""Calls as readable files: what the caller does, and what the line says.

    # A title
    from +8801712345678 to BD
    > presses 1
    = bn: This is the workers' helpline … (what was heard since the last act)

Lines with `=` and the end are written by the tests themselves when
REWRITE_TRANSCRIPTS is set, and compared otherwise. SITE is a code of the
programme, NUMBER and PIN those that were spoken; they are masked in the file.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.simulator.carrier.caller import Caller, Wanted
from tests.builders import GAZIPUR
from tests.calls.telephone import Telephone, prompts_of, sounds, spoken_numbers
from tests.stories.programme import DHAKA_LINE, ENGLISH_LINE, INDIA_LINE, TIRUPPUR

FOLDER = Path(__file__).parent / "scripts"
LINES = {"BD": DHAKA_LINE, "IN": INDIA_LINE, "EN": ENGLISH_LINE}
SITES = {"BD": GAZIPUR, "IN": TIRUPPUR, "EN": GAZIPUR}


@dataclass(frozen=True)
class Script:
    name: str
    title: str
    sender: str | None
    country: str
    steps: tuple[str, ...]


def read_script(path: Path) -> Script:
    lines = path.read_text("utf-8").splitlines()
    (head,) = [line for line in lines if line.startswith("from ")]
    _, sender, _, country = head.split()
    return Script(
        name=path.stem,
        title=lines[0].removeprefix("# "),
        sender=None if sender == "withheld" else sender,
        country=country,
        steps=tuple(line[2:] for line in lines if line.startswith("> ")),
    )


def all_scripts() -> list[Script]:
    return [read_script(path) for path in sorted(FOLDER.glob("*.txt"))]


@dataclass
class Playing:
    """A script under way: possibly several calls one after the other."""

    line: Telephone
    script: Script
    sender: str | None
    written: list[str] = field(default_factory=list)
    caller: Caller | None = None
    read_up_to: int = 0
    number: str = ""
    pin: str = ""
    spoken: int = 0  # recordings of a second and more

    async def begin(self) -> None:
        self.caller = await self.line.ring(self.sender, LINES[self.script.country])
        self.read_up_to = 0
        await self.caller.listen()

    async def do(self, step: str) -> None:
        """Do one step; see the scripts for the words that there are."""
        caller = self.caller
        assert caller is not None
        verb, *rest = step.split()
        match verb, rest:
            case "presses", [keys]:
                await caller.press(self._keys(keys))
            case "cuts", ["in", "with", keys]:
                await caller.press(self._keys(keys), after=0.5)
            case "says", ["nothing"]:
                await caller.wait()
            case "speaks", [seconds, *how]:
                self.spoken += int(seconds) >= 1
                then: Any = {"and": "hang_up"}.get(how[0] if how else "", "hash")
                if how[:1] == ["then"]:
                    then = {"stops": "silence", "on": "limit"}[how[1]]
                await caller.speak(float(seconds), then=then)
            case "hangs", ["up"]:
                await caller.hang_up()
            case "waits", [seconds, _unit]:
                await self.line.clock.advance(float(seconds))
            case "rings", ["again"]:
                await self.begin()
            case "learns", ["number", "and", "pin"]:
                pass
            case _:
                raise AssertionError(f"nobody can do this: {step}")
        if not caller.is_over:
            await caller.listen()
        self._learn()

    def _keys(self, keys: str) -> str:
        names = {
            "SITE": SITES[self.script.country],
            "PIN": self.pin,
            "NUMBER": self.number,
        }
        return names.get(keys, keys)

    def _learn(self) -> None:
        """Write number and PIN down, as a worker would."""
        caller = self.caller
        assert caller is not None
        for each in (prompts_of(caller.heard), prompts_of(caller.upcoming)):
            if "number_is" in each:
                self.number, self.pin = spoken_numbers(each)

    def write(self, step: str | None) -> None:
        """Write down a step and what was heard after it."""
        if step is not None:
            self.written.append(f"> {step}")
        self.written += self._heard()

    def _heard(self) -> Iterator[str]:
        caller = self.caller
        assert caller is not None
        news = [*caller.heard[self.read_up_to :], *caller.upcoming]
        self.read_up_to = len(caller.heard) + len(caller.upcoming)
        words: list[str] = []
        language, masked = "", False
        for each in news:
            name = each.what.rsplit("/", 1)[-1]
            sound = sounds().get(name) if each.kind == "play" else None
            if sound is None:
                words.append(f"({'replay' if each.kind == 'play' else each.kind})")
                continue
            if sound.language and sound.language != language:
                if words:
                    yield (
                        f"= {language}: {' '.join(words)}"
                        if language
                        else f"= {' '.join(words)}"
                    )
                language, words = sound.language, []
            if sound.prompt in ("number_is", "pin_is"):
                masked = True
            elif not sound.prompt.startswith("digit_"):
                masked = False
            is_secret = masked and sound.prompt.startswith("digit_")
            words.append("_" if is_secret else sound.text or "(tone)")
        if words:
            yield (
                f"= {language}: {' '.join(words)}"
                if language
                else f"= {' '.join(words)}"
            )
        if caller.is_over:
            yield f"= the call is over ({caller.status})"
        elif caller.wanted is Wanted.VOICE:
            yield "= the line listens"


async def play(
    line: Telephone, script: Script, *, upto: int | None = None, sender: str | None
) -> Playing:
    """Play a script to its end, or hang up after `upto` steps."""
    playing = Playing(line, script, sender)
    await playing.begin()
    playing.write(None)
    for step in script.steps[:upto]:
        await playing.do(step)
        playing.write(step)
    if upto is not None and playing.caller and not playing.caller.is_over:
        await playing.caller.hang_up()
    return playing
