"""What several notices in one message say, whole, in every language.

`golden/digests-<language>.txt` holds what is said; after a change of words:
`UPDATE_GOLDEN=1 pytest tests/outbox/test_digest.py`, and read what came of it.
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from app.actions.carrying import Round, Taken, Told
from app.actions.deliver import ALONE
from app.actions.word_owed import parcel_of
from app.domain.taxonomy import LANGUAGES
from app.outbox.owed import Channel, Leased, Mail, Text
from app.store.addresses import Addressee
from app.wording.catalog import Catalog
from app.wording.segments import segments
from tests.builders import DINDIGUL, GAZIPUR, PROGRAMME, TUESDAY

HERE = Path(__file__).parent
DHAKA, KOLKATA = ZoneInfo("Asia/Dhaka"), ZoneInfo("Asia/Kolkata")
READER = Addressee(Channel.MAIL, "member@example.org", "en", DHAKA, sees_moment=True)
# The longest words for weekday and month that a language has are among these.
YEAR = [datetime(2026, 1, 1, 17, 30, tzinfo=UTC) + timedelta(n) for n in range(365)]


@cache
def catalog() -> Catalog:
    return Catalog.load(HERE.parents[1] / "locales")


def notice(n: int, template: str, zone: ZoneInfo = DHAKA, **params: Any) -> Told:
    known = {"number": f"482134{n:02}", "site": GAZIPUR, **params}
    leased = Leased(
        id=UUID(int=n),
        case_id=UUID(int=100 + n),
        recipient_kind="person",
        recipient_key="",
        template=template,
        params=known,
        created_at=TUESDAY,
        attempt=1,
        lease_until=TUESDAY,
        tried_at=None,
    )
    return Told(leased, replace(READER, zone=zone, held_by="partner"))


def due(**after: float) -> str:
    return (TUESDAY + timedelta(**after)).isoformat()


# A reminder, a new case and a missed date; the others are of every kind there is.
TWELVE = (
    notice(1, "reminder", clock="first_action", due_at=due(days=3), percent=50),
    notice(2, "case_new", clock="acknowledge", due_at=due(days=1, hours=6)),
    notice(3, "missed", clock="acknowledge", due_at=due(days=-1), rung="partner"),
    notice(4, "reminder", clock="resolve", due_at=due(days=9), percent=80),
    notice(5, "worker_wrote"),
    notice(
        6,
        "case_handed",
        KOLKATA,
        site=DINDIGUL,
        clock="first_action",
        due_at=due(days=2),
        reason="fallback",
    ),
    notice(7, "review_missed", due_at=due(days=-2)),
    notice(8, "voice_new"),
    notice(9, "worker_unreachable"),
    notice(10, "reminder", clock="plan", due_at=due(days=5), percent=50),
    notice(11, "case_new", site="", clock="acknowledge", due_at=due(days=1)),
    notice(12, "reminder", clock="review", due_at=due(days=30), percent=80),
)


def said(
    told: Sequence[Told], language: str, channel: Channel = Channel.MAIL
) -> Mail | Text:
    rows = tuple(
        replace(each, to=replace(each.to, language=language, channel=channel))
        for each in told
    )
    work = Round(None, None, catalog(), PROGRAMME, lambda: TUESDAY, ALONE)  # type: ignore[arg-type]
    parcel = parcel_of(work, Taken(rows[0].leased, rows), TUESDAY)
    assert isinstance(parcel, Mail | Text)
    return parcel


def shown(language: str) -> str:
    """Return every message of the golden file, one after the other."""
    pages = []
    for count in (1, 2, 12):
        mail = said(TWELVE[:count], language)
        assert isinstance(mail, Mail)
        text = said(TWELVE[:count], language, Channel.SMS)
        pages.append(
            f"=== {count}, by mail\nSubject: {mail.subject}\n\n{mail.body}\n"
            f"=== {count}, by text\n{text.body}\n"
        )
    return "\n".join(pages)


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_two_and_twelve_notices(language: str) -> None:
    golden = HERE / "golden" / f"digests-{language}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(shown(language), encoding="utf-8")
    assert shown(language) == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_of_several_has_three_parts_at_most_on_any_day(language: str) -> None:
    for day in YEAR:
        dated = notice(1, "reminder", clock="resolve", due_at=day.isoformat())
        text = said([dated] * 100, language, Channel.SMS)
        assert segments(text.body).parts <= 3, text.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_subject_and_text_hold_nothing_of_any_case(language: str) -> None:
    mail = said(TWELVE, language)
    assert isinstance(mail, Mail)
    text = said(TWELVE, language, Channel.SMS)
    for told in TWELVE:
        assert str(told.leased.params["number"]) not in mail.subject + text.body
        assert str(told.leased.params["number"]) in mail.body
    assert GAZIPUR not in mail.subject + text.body


def test_each_date_is_told_in_its_own_sites_zone() -> None:
    body = said(TWELVE, "en").body
    assert "Thursday 3 September, 09:30" in body  # Dindigul
    assert "Friday 4 September, 10:00" in body  # Gazipur


def test_the_order_in_which_they_came_does_not_matter() -> None:
    first, second = said(TWELVE, "en"), said([*TWELVE[6:], *TWELVE[:6]], "en")
    assert first.body == second.body
