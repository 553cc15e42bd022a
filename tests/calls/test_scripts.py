"""The scripts as they stand, and cut off at every point."""

import json
import os
from typing import Any

import pytest

from tests.calls.scripts import FOLDER, Playing, Script, all_scripts, play
from tests.calls.telephone import Telephone

SCRIPTS = all_scripts()


async def of_phone(line: Telephone, sender: str | None) -> list[Any]:
    tag = line.store.keyring.phone_tag(sender) if sender else None
    rows: list[Any] = await line.store.pool.fetch(
        "SELECT * FROM cases WHERE phone_tag IS NOT DISTINCT FROM $1"
        " ORDER BY opened_at",
        tag,
    )
    return rows


async def ending(line: Telephone, playing: Playing) -> list[str]:
    """Return what is kept of a script's calls."""
    told = []
    for case in await of_phone(line, playing.sender):
        detail = json.loads(case["detail"])
        seconds = await line.store.pool.fetch(
            "SELECT seconds FROM recording WHERE case_id = $1 ORDER BY at, id",
            case["id"],
        )
        facts = {
            "case": f"{case['category']} {case['severity']} {case['state']}",
            "language": case["language"],
            "held by": case["route"],
            "site": case["site"] or "not known",
            "may be": " ".join(detail.get("suggested_sites", ())),
            "conflict": detail.get("conflict"),
            "spoken": " ".join(f"{row['seconds']}s" for row in seconds),
            "may call": detail.get("may_call"),
            "may text": detail.get("may_text"),
            "when": detail.get("reach_part"),
            "rating": detail.get("rating"),
        }
        told += [
            f"== {name}: {value}"
            for name, value in facts.items()
            if value not in (None, "")
        ]
    wishes = await line.store.pool.fetch("SELECT part FROM callback")
    told += [f"== a person shall call: {row['part'] or 'whenever'}" for row in wishes]
    return told or ["== nothing is kept"]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
async def test_a_call_goes_as_its_script_says(line: Telephone, script: Script) -> None:
    playing = await play(line, script, sender=script.sender)
    sender = script.sender or "withheld"
    lines = [
        f"# {script.title}",
        f"from {sender} to {script.country}",
        *playing.written,
        *await ending(line, playing),
    ]
    path = FOLDER / f"{script.name}.txt"
    written = "\n".join(lines) + "\n"
    if os.environ.get("REWRITE_TRANSCRIPTS"):
        path.write_text(written, "utf-8")
    assert written == path.read_text("utf-8")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
async def test_whoever_hangs_up_anywhere_has_lost_nothing(
    line: Telephone, script: Script
) -> None:
    """Cut each script after each of its steps, on a phone of its own."""
    known = 0
    known = 0
    for upto in range(len(script.steps) + 1):
        sender = f"+88018{upto:08d}" if script.sender else None
        playing = await play(line, script, upto=upto, sender=sender)
        cases = await of_phone(line, sender)
        if sender is None:  # nobody can tell one such caller's cases from another's
            cases = cases[known:]
            known += len(cases)
        has_told = playing.spoken or _has_answered(script, upto)
        assert bool(cases) == bool(has_told), (script.name, upto)
        kept = await line.store.pool.fetchval(
            "SELECT count(*) FROM recording WHERE case_id = ANY($1)",
            [case["id"] for case in cases],
        )
        assert kept == playing.spoken, (script.name, upto)


def _has_answered(script: Script, upto: int) -> bool:
    """By keys only an answer is a case, and so is the wish to be called."""
    is_asked_for_language = script.country != "EN"
    keys = [step.split()[1] for step in script.steps[:upto] if "presses" in step]
    menu, *later = keys[is_asked_for_language:] or [""]
    if menu == "0":
        return script.sender is not None
    return menu == "2" and any(key != "#" for key in later)
