"""Each documented request, replayed through the whole service: heard, answered once."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import pytest

from app.carriers.model import Carrier
from app.carriers.shelf import on_shelf
from app.store.engine import Store
from tests.carriers.captures import Capture, captures, variables_of
from tests.channels.carriers.conftest import BASE, World, open_world

NAMES = sorted({capture.carrier for capture in captures("texts", "reports", "calls")})

_EN = (
    "We have it, thank you. Number NNNN-NNNN, PIN PPPPPP: keep these, show nobody. You"
    " will have news by Thursday 3 December. In danger now: 112."
)
_EN_WHERE = (
    "Which place is it? Please send the 6 digits on our poster there. If you cannot"
    " find them, send the name of the place."
)
_EN_HELLO = (
    "Hello. This is the workers' helpline, from outside the factory. Tell us in your"
    " own words what is wrong at work, with the 6 digits on our poster. No name needed."
    " The factory never sees your number."
)
_LANGUAGES = "Send the number of your language:\n1 English\n2 हिन्दी\n3 বাংলা\n4 தமிழ்"
_HI = (
    "आपकी बात मिल गई। नंबर NNNN-NNNN, पिन PPPPPP: संभालकर रखिए, किसी को न दिखाइए।"
    " शुक्रवार 4 दिसंबर तक खबर मिलेगी। अभी खतरा हो तो: 112"
)
_HI_WHERE = (
    "यह कहाँ की बात है? वहाँ लगे हमारे पोस्टर के 6 अंक भेजिए। अंक न मिलें तो उस जगह का नाम लिखिए।"
)
_BN = (
    "আপনার কথা পেয়েছি। নম্বর NNNN-NNNN, পিন PPPPPP: রাখুন, কাউকে দেখাবেন না। {}-এর"
    " মধ্যে খবর পাবেন। বিপদ হলে: 112"
)
_BN_FRIDAY = _BN.format("শুক্রবার 4 ডিসেম্বর")
_BN_WHERE = "এটা কোন জায়গার কথা? সেখানকার পোস্টারের 6 সংখ্যার কোড পাঠান। কোড না পেলে জায়গাটার নাম লিখুন।"
_BN_ABOUT = "এটা কি কমিটির কেউ, এইচআর বা মালিককে নিয়ে? 1 হ্যাঁ  2 না  3 জানি না"
_BN_WHO = f"ভুল লোক যেন না পড়ে, তাই জানতে চাই: {_BN_ABOUT}"
_TA = (
    "செய்தி கிடைத்தது. எண் NNNN-NNNN, PIN PPPPPP: ரகசியமாக வையுங்கள். வெள்ளி, டிசம்பர்"
    " 4-க்குள் தகவல் வரும். இப்போது ஆபத்தா? 112"
)
_TA_WHERE = (
    "இது எந்த இடம்? அங்கே எங்கள் போஸ்டரில் உள்ள 6 இலக்க எண்ணை அனுப்புங்கள்."
    " கிடைக்கவில்லை என்றால் அந்த இடத்தின் பெயரை எழுதுங்கள்."
)
# What each capture is answered, in order; the same number of texts to each sender.
ANSWERS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "exotel": {
        "text_form": (_EN_HELLO, _LANGUAGES),
        "text_get": (_EN, _LANGUAGES),
        "text_hindi": (_HI, _HI_WHERE),
        "text_json": (_EN, _EN_WHERE),
        "text_outgoing": (),
    },
    "infobip": {
        "text": (_EN, _EN_WHERE),
        "text_several": (_BN_FRIDAY, _BN_WHERE, _TA, _TA_WHERE),
    },
    "jasmin": {
        "text_bengali_get": (_BN_FRIDAY, _BN_WHERE),
        "text_gsm7": (_BN_WHO,),
        "text_ucs2": (_EN, _LANGUAGES),
    },
    "kannel": {
        "text_as_on_the_air": (_BN.format("বৃহস্পতিবার 3 ডিসেম্বর"), _BN_WHERE),
        "text_latin": (_BN_WHO,),
        "text_recoded": (
            "আপনার কথা পেয়েছি। ধন্যবাদ।",
            f"শুধু একটা সংখ্যা পাঠান। {_BN_ABOUT}",
        ),
    },
}
OF_EVERY_PAGE = {
    *("cache-control", "content-security-policy", "permissions-policy"),
    *("cross-origin-opener-policy", "cross-origin-resource-policy"),
    *("referrer-policy", "strict-transport-security", "x-content-type-options"),
    *("x-frame-options", "x-request-id"),
}
# A bare yes to a number that is none of ours tells of nothing.
NO_COMPLAINT = {("exotel", "text_form")}


@pytest.fixture(params=NAMES)
def carrier(request: pytest.FixtureRequest) -> Carrier:
    return on_shelf()[request.param]


@pytest.fixture
def opened(store: Store, root: Path, carrier: Carrier) -> World:
    """A service that uses this one carrier, with the variables of its captures."""
    prefix = f"SMS_{carrier.name.upper()}_"
    given = {prefix + name: v for name, v in variables_of(carrier.name).items()}
    return open_world(store, root, {**BASE, "SMS_PROVIDERS": carrier.name, **given})


def of(carrier: Carrier, kind: str) -> list[Capture]:
    return [one for one in captures(kind) if one.carrier == carrier.name]


async def replay(world: World, capture: Capture) -> httpx.Response:
    return await world.knock(
        capture.method,
        capture.target,
        content=capture.body,
        headers=dict(capture.headers),
    )


async def heard(world: World) -> list[str]:
    """Return what was kept of what came, opened, in any order."""
    rows = await world.store.pool.fetch(
        "SELECT m.id, m.body, c.id AS case_id, c.data_key FROM message m"
        " JOIN cases c ON c.id = m.case_id WHERE direction = 'in'"
    )
    keyring = world.store.keyring
    return [
        keyring.unwrap(row["data_key"], row["case_id"]).open_text(
            row["body"], f"message|body|{row['id']}"
        )
        for row in rows
    ]


def whole(answer: httpx.Response) -> tuple[int, dict[str, str], str]:
    """Return an answer, without the headers that every page of ours has."""
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in OF_EVERY_PAGE
    }
    return answer.status_code, headers, answer.content.decode()


def acknowledged(carrier: Carrier) -> tuple[int, dict[str, str], str]:
    said = carrier.acknowledgement
    headers = {
        "content-type": carrier.acknowledgement_type,
        "content-length": str(len(said)),
    }
    return 200, headers, said.decode()


def with_words(answer: tuple[int, dict[str, str], str]) -> tuple[str, ...]:
    """Check an answer whose body is the text back; return its texts."""
    status, headers, content = answer
    assert (status, headers) == (
        200,
        {
            "content-type": "text/plain; charset=utf-8",
            "content-length": str(len(content.encode())),
            # Every answer to these captures is in Bengali.
            "x-kannel-coding": "2",
        },
    )
    return tuple(masked(text) for text in content.split("\n\n"))


def masked(text: str) -> str:
    """Return a text without the case number and PIN that were drawn for it."""
    return re.sub(r"\b\d{6}\b", "PPPPPP", re.sub(r"\d{4}-\d{4}", "NNNN-NNNN", text))


async def test_texts_are_heard_and_answered_once(
    opened: World, carrier: Carrier
) -> None:
    texts = of(carrier, "texts")
    assert texts or not carrier.hears
    count, words = 0, []
    owed: Counter[tuple[str, str, str]] = Counter()
    for capture in texts:
        opened.wait(minutes=10)
        expected = capture.data["expected"]
        answer = whole(await replay(opened, capture))
        said = ANSWERS[carrier.name][capture.name]
        if carrier.reply == "body":
            assert with_words(answer) == said, capture.name
        else:
            assert answer == acknowledged(carrier), capture.name
            owed.update(said_to(expected, said))
        count += len(expected)
        if (carrier.name, capture.name) not in NO_COMPLAINT:
            words += [one["text"] for one in expected]
        assert await opened.count("claim") == count, capture.name
        replies = Counter(
            (one["to"], one["line"], masked(one["text"]))
            for one in await opened.replies()
        )
        assert replies == owed, capture.name
        before = await opened.everything()
        again = whole(await replay(opened, capture))
        assert again == answer, capture.name
        assert await opened.everything() == before, capture.name
    assert sorted(await heard(opened)) == sorted(words)


def said_to(
    expected: Sequence[Mapping[str, str]], said: Sequence[str]
) -> Iterator[tuple[str, str, str]]:
    """Return who is owed which text from which line, as many texts for each."""
    each = len(said) // len(expected) if expected else 0
    for place, one in enumerate(expected):
        line = one["recipient"] if "X" not in one["recipient"] else ""
        for text in said[place * each : (place + 1) * each]:
            yield one["sender"], line, text


@pytest.mark.parametrize(
    ("kind", "can"),
    [
        pytest.param("reports", lambda c: c.has_reports, id="reports"),
        pytest.param("calls", lambda c: c.rings, id="calls"),
    ],
)
async def test_reports_and_calls_are_taken_and_acknowledged(
    opened: World, carrier: Carrier, kind: str, can: Callable[[Carrier], bool]
) -> None:
    found = of(carrier, kind)
    assert bool(found) == can(carrier)
    for capture in found:
        answer = whole(await replay(opened, capture))
        assert answer == acknowledged(carrier), capture.name
    reports = sum(len(one.data["expected"]) for one in found if kind == "reports")
    assert opened.counted("delivery_reports", outcome="ignored") == reports
    # No number of this programme is one for missed calls, and no text is ours.
    assert await opened.count("outbox") == 0
