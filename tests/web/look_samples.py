"""Samples of every page, and a catalogue that says the English sentence itself."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from app.channels.web.look import Look
from app.conversation import lines
from app.conversation.pages.session import (
    At,
    Following,
    Help,
    Place,
    Proof,
    Shown,
    Word,
)
from app.receipts.qr import qr_svg
from app.wording.catalog import Catalog, Speech
from app.wording.line import Line

LOCALES = Path(__file__).resolve().parents[2] / "locales"
DHAKA = ZoneInfo("Asia/Dhaka")
NEWS_BY = date(2026, 12, 4)

_SITE = Place("104728", "Padma Knit Composite Limited", "পদ্মা নিট কম্পোজিট")
_HELPS = (
    Help("women", "109", "National helpline"),
    Help("emergency", "999", "National emergency service"),
    Help("crisis", "01779554391", "Listening line"),
)
_KEYED = {"number": "40718265", "pin": "730915", "news_by": NEWS_BY}
_RECEIPT = "TL1.40718265.20261201." + "MFRGGZDFMZTWQ2LK" * 6
_PROOF = Proof(
    date(2026, 12, 1),
    _RECEIPT,
    "4471920386",
    "helpline.example/verify",
    qr_svg(_RECEIPT, "Receipt"),
)
_WORDS = (
    Word(date(2026, 11, 24), "Overtime is not paid since August.\nWe are 14.", "you"),
    Word(
        date(2026, 11, 26), "Thank you. Do you have pay slips from August?", "helpline"
    ),
    Word(date(2026, 11, 26), "Which line is it?", "committee"),
    Word(date(2026, 11, 27), "x" * 90, "you"),
)
FOLLOWING = Following(
    standing=(lines.STATUS_IN_REVIEW.using(date=NEWS_BY),),
    words=_WORDS,
    photos=2,
    voices=1,
    papers=1,
    is_closed=False,
    may_reopen=False,
    may_say_solved=True,
    may_say_not_solved=True,
    is_withdrawing=False,
    rating=None,
    reach="call",
    part="evening",
    has_phone=True,
    is_for_another=True,
    limits=(lines.LIMIT_LABOUR.using(date=NEWS_BY, helpline="16357"),),
)


class _Echo(dict[str, str]):
    """Has every sentence: itself, and as many strange words as another tongue."""

    def __init__(self, padding: float) -> None:
        super().__init__()
        self._padding = padding

    def __missing__(self, sentence: str) -> str:
        wanted = int(len(sentence) * self._padding)
        return sentence + (" Wörterbuchlänge" * wanted)[:wanted].rstrip()


def echoing(padding: float = 0) -> Catalog:
    """Return the served languages, each of which says the English sentences."""
    real = Catalog.load(LOCALES)
    return Catalog(
        {
            code: Speech(code, real.language_name(code), "EEEE d MMMM", _Echo(padding))
            for code in real.languages
        }
    )


def _shown(at: At, **values: Any) -> Shown:
    return Shown(at=at, language="en", token="t" * 22, turn=3, **values)


def _following(**values: Any) -> Shown:
    return _shown(At.FOLLOW, follow=replace(FOLLOWING, **values))


NOTE = (Line("Please look at the digits once more."),)

SHOWN: Mapping[str, Shown] = {
    "what": Shown(at=At.WHAT, language="en", token="", turn=0),
    "what-site": Shown(at=At.WHAT, language="en", token="", turn=0, site=_SITE),
    "what-other": Shown(
        at=At.WHAT, language="en", token="", turn=0, kept={"for": "other"}
    ),
    "what-mended": _shown(
        At.WHAT, notes=NOTE, site=_SITE, kept={"words": "<b>&", "topic": "WAGE"}
    ),
    "where": _shown(At.WHERE, **_KEYED),
    "where-country": _shown(
        At.WHERE, **_KEYED, country="BD", countries=("BD", "IN"), may_attach=True
    ),
    "where-again": _shown(At.WHERE, notes=NOTE, kept={"code": "10472"}, **_KEYED),
    "pick": _shown(
        At.PICK,
        matches=(_SITE, Place("104736", "Padma Knit Unit 2", "")),
        **_KEYED,
    ),
    "about": _shown(At.ABOUT, **_KEYED),
    "danger": _shown(At.DANGER, **_KEYED),
    "reach": _shown(
        At.REACH, phone_hint="+880", helps=_HELPS, is_in_danger=True, **_KEYED
    ),
    "reach-later": _shown(
        At.REACH, phone_hint="+880", follow=FOLLOWING, kept={"phone": "0171"}
    ),
    "receipt": _shown(
        At.RECEIPT,
        hotline="09612 345 678",
        kept={"address": "helpline.example/follow"},
        **_KEYED,
    ),
    "receipt-declined": _shown(
        At.RECEIPT,
        notes=NOTE,
        helps=_HELPS,
        is_in_danger=True,
        kept={"address": "helpline.example/follow"},
        **_KEYED,
    ),
    "kept": _shown(At.KEPT, news_by=NEWS_BY),
    "door": Shown(at=At.DOOR, language="en", token="", turn=0),
    "door-wrong": _shown(At.DOOR, notes=(Line("These two do not belong together."),)),
    "who": _shown(At.WHO),
    "follow": _following(),
    "follow-withdrawing": _following(is_withdrawing=True, reach="none", limits=()),
    "follow-closed": _following(
        is_closed=True, may_reopen=True, may_say_solved=False, rating=4
    ),
    "follow-ended": _following(
        is_closed=True,
        may_say_solved=False,
        may_say_not_solved=False,
        words=(),
        reach="",
        has_phone=False,
        is_for_another=False,
    ),
    "withdraw": _shown(At.WITHDRAW),
    "proof": _shown(At.PROOF, number="40718265", proof=_PROOF),
    "over": _shown(At.OVER),
}

_COUNTRY = (
    "Bangladesh",
    "Overtime is paid double.",
    [
        (
            "Nobody may ask more than 10 hours a day.",
            "Labour Act, section 100",
            "",
            "A",
        ),
        ("Pay is due by the seventh working day.", "Labour Act", "", "C"),
    ],
    "Write down your hours each day.",
)

# Name of the template, address, values.
PLAIN: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "verify": ("verify", "/verify", {"verdict": "", "number": "", "day": None}),
    "verify-right": (
        "verify",
        "/verify",
        {"verdict": "right", "number": "40718265", "day": date(2026, 12, 1)},
    ),
    "verify-wrong": ("verify", "/verify", {"verdict": "wrong"}),
    "verify-slow": ("verify", "/verify", {"verdict": "slow"}),
    "rights": (
        "rights",
        "/rights",
        {"topics": [("wages", "Pay and overtime"), ("water", "Water and toilets")]},
    ),
    "right": (
        "right",
        "/rights/wages",
        {
            "topic": "Pay and overtime",
            "version": date(2026, 12, 1),
            "countries": [_COUNTRY, (Line("India"), *_COUNTRY[1:])],
        },
    ),
    "left": ("left", "/leave", {"to": "/elsewhere"}),
    **{
        f"trouble-{what}": (
            "trouble",
            "/",
            {"what": "busy" if what == "pin" else what, "kept": kept},
        )
        for what, kept in (
            ("busy", {"words": "They beat us.\n</textarea>", "site": "104728"}),
            ("pin", {"talk": "t", "turn": "5", "do": "check", "pin": "1"}),
            ("half", {"talk": "t", "turn": "5", "do": "next"}),
            ("lost", None),
            ("too-large", {}),
            ("gone", None),
        )
    },
}


def pages(look: Look) -> Mapping[str, str]:
    """Return every sample as HTML, by its name."""
    talked = {name: look.page(shown, DHAKA) for name, shown in SHOWN.items()}
    plain = {
        name: look.plain(template, "en", path, **values)
        for name, (template, path, values) in PLAIN.items()
    }
    return talked | plain
