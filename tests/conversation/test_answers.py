"""What short texts answer, what is a contact, and what is found in a text."""

import pytest
from hypothesis import given, settings, strategies as st

from app.conversation import answers
from app.conversation.reading import read
from app.domain.reference import is_valid, with_check
from app.domain.taxonomy import Conflict

# ------------------------------------------------------------------ the reading


@given(code=st.integers(10_000, 99_999), cut=st.integers(1, 5))
@settings(max_examples=100, deadline=None)
def test_a_code_is_found_however_it_is_written(code, cut):
    whole = with_check(str(code))
    for zero in (0x30, 0x9E6, 0x966, 0xBE6):
        typed = "".join(chr(zero + int(digit)) for digit in whole)
        for written in (
            typed,
            f"{typed[:cut]} {typed[cut:]}",
            f"{typed[:cut]}-{typed[cut:]}",
        ):
            assert read(f"কোড {written}, বেতন নাই").codes == (whole,)
            assert read(f"they hit us ({written})").codes == (whole,)


@given(st.integers(0, 999_999))
@settings(max_examples=100, deadline=None)
def test_six_digits_with_a_wrong_check_are_never_a_code(number):
    digits = f"{number:06d}"
    found = read(f"code {digits} no pay")
    assert found.codes == ((digits,) if is_valid(digits) else ())
    assert found.pins == (() if is_valid(digits) else (digits,))


CONFLICTS = [
    ("2", Conflict.NO),
    ("২", Conflict.NO),
    ("no", Conflict.NO),
    ("no sir", Conflict.NO),
    ("না ভাই", Conflict.NO),
    ("জি না", Conflict.NO),
    ("nahi ji", Conflict.NO),
    ("जी नहीं", Conflict.NO),
    ("नहीं है", Conflict.NO),
    ("கேட்டது இல்லை", None),
    ("இல்லைங்க", Conflict.NO),
    ("koi nahi", Conflict.NO),
    ("2 no", Conflict.NO),
    ("1 no", None),
    ("yes no", None),
    ("thik nai", None),
    ("ভালো না", None),
    ("no one", None),
    ("no one listens", None),
    ("no they all do it and the HR too", None),
    ("2 months", None),
    ("2 bar bolsi", None),
    ("1", Conflict.YES),
    ("haan", Conflict.YES),
    ("হ্যাঁ", Conflict.YES),
    ("ஆமா", Conflict.YES),
    ("ji", Conflict.YES),
    ("yes he is the brother of the boss", Conflict.YES),
    ("HR", Conflict.YES),
    ("मालिक का भाई", Conflict.YES),
    ("முதலாளி மகன்", Conflict.YES),
    ("committee member", Conflict.YES),
    ("3", Conflict.UNKNOWN),
    ("don't know", Conflict.UNKNOWN),
    ("pata nahi", Conflict.UNKNOWN),
    ("জানি না", Conflict.UNKNOWN),
    ("தெரியாது", Conflict.UNKNOWN),
    ("ami jani na bhai", Conflict.UNKNOWN),
    ("hello", None),
    ("", None),
]


@pytest.mark.parametrize(
    ("text", "answer"), [pytest.param(*c, id=c[0] or "nothing") for c in CONFLICTS]
)
def test_to_the_conflict_question_it_says(text, answer):
    assert answers.conflict(read(text)) is answer


PERMISSIONS = [
    *(("1", True), ("yes", True), ("ok", True), ("ঠিক আছে", True), ("সমস্যা", None)),
    *(("haan bhejo", True), ("दे सकते हैं", True), ("அனுப்புங்க", True), ("sari", True)),
    *(("2", False), ("no", False), ("ji nahi", False), ("জি না", False)),
    *(("ঠিক না", False), ("mat bhejo", None), ("வேண்டாம்", False), ("no problem", False)),
    *(("ok but not at night", None), ("maybe", None), ("मत भेजो", False)),
]


@pytest.mark.parametrize(
    ("text", "answer"), [pytest.param(*p, id=p[0]) for p in PERMISSIONS]
)
def test_to_the_permission_it_says(text, answer):
    assert answers.permission(read(text)) is answer


CONTACTS = {
    "greeting": """hello|hi|hii|Hello sir|assalamu alaikum|salam bhai|namaste
        |namaskar ji|vanakkam
        |good morning|ok|thank you|kemon achen|kaise ho|eppadi irukinga|হ্যালো|আসসালামু আলাইকুম
        |সালাম ভাই|কেমন আছেন|ধন্যবাদ|নমস্কার দিদি|ঠিক আছে|আদাব|হাই|ওকে|আচ্ছা|नमस्ते|नमस्कार जी|हैलो सर
        |धन्यवाद|शुक्रिया भाई|कैसे हो|ठीक है|राम राम|प्रणाम|हाय|आदाब|வணக்கம்|வணக்கம் சார்|நன்றி|ஹலோ
        |சரிங்க|எப்படி இருக்கீங்க|நல்லா இருக்கீங்களா|காலை வணக்கம்|ஹாய் அண்ணா|சரி|ஓகே""",
    "test": """test|testing|test sms|check|hello test|is this number working
        |does this number work|who is this|who are you|ye number chalu hai?
        |ye number chal raha hai kya|kaun hai
        |ei number ki chalu ache|ei nombor ki cholche|apni ke
        |intha number velai seiyutha
        |yaar neenga|টেস্ট|টেস্টিং|এই নাম্বার কি চালু আছে?|নম্বরটা চালু আছে কি|কে আপনি|আপনি কে
        |নাম্বার চেক|টেস্ট করি|হ্যালো টেস্ট|আপনারা কারা|এই নম্বর কি কাজ করে|টেস্ট মেসেজ|টেস্ট টেস্ট
        |টেস্ট মেসেজ হ্যালো|टेस्ट|टेस्टिंग|यह नंबर चालू है|ये नंबर चालू है क्या|क्या यह नंबर काम करता है
        |आप कौन हैं|कौन हो|जाँच|टेस्ट मैसेज|हैलो टेस्ट|नंबर चल रहा है|டெஸ்ட்|டெஸ்டிங்
        |இந்த நம்பர் வேலை செய்யுதா|இந்த எண் வேலை செய்கிறதா|யார் நீங்க|யாரு நீங்க|நீங்க யாரு|சோதனை
        |நம்பர் செக்|ஹலோ டெஸ்ட்|டெஸ்ட் மெசேஜ்""",
    "empty": " |.|???|😭😭|\u200b",
    "answer": "0|1|২|yes|না|হ্যাঁ|नहीं|ஆமாம்|don't know",
    "digits": "12345|01712345678|482171|৯৯",
    "code": "482170|৪৮২১৭০|48-21-70|hello 482170",
}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param(text.strip() or text, kind, id=f"{kind}: {text.strip()}")
        for kind, listed in CONTACTS.items()
        for text in listed.split("|")
    ],
)
def test_a_contact_is_no_case(text, kind):
    assert answers.contact_kind(read(text)) == kind


SUBSTANCE = """help us|save me please|this number is useless they beat us
|hello they do not pay us|no work|no work on the line
|test of patience|সালাম ভাই বেতন দেয় না|ভাই সাহায্য করেন আমাদের|नमस्ते तनख्वाह नहीं मिली|bachao
|वணக்கம் சம்பளம் வரல|वो मारता है|திட்டுறாங்க|fire|আগুন|sir leave|not good|ভালো না|ठीक नहीं""".split(
    "|"
)


@pytest.mark.parametrize(
    "text", [pytest.param(t.strip(), id=t.strip()) for t in SUBSTANCE]
)
def test_substance_is_no_contact(text):
    assert answers.contact_kind(read(text)) is None
    assert answers.keyword(read(text)) is None


KEYWORDS_SAID = [
    ("status please", "status"),
    ("STATUS.", "status"),
    ("khobor ki", None),
    ("ki khobor", "status"),
    ("কি খবর", "status"),
    ("status and PIN", "status"),
    ("please call me", "call_me"),
    ("call me sir", "call_me"),
    ("আমাকে ফোন দিন", "call_me"),
    ("মেশিন বন্ধ", None),
    ("machine band", None),
    ("new machine", None),
    ("थाली", None),
    ("স্যার বন্ধ করুন", "stop"),
    ("চালিয়ে যান", "undo"),
    ("রাখুন", None),
    ("আমার কাছে রাখুন", None),
]


@pytest.mark.parametrize(
    ("text", "named"), [pytest.param(*k, id=k[0]) for k in KEYWORDS_SAID]
)
def test_a_keyword_stands_alone(text, named):
    assert answers.keyword(read(text)) == named


@pytest.mark.parametrize(
    ("text", "is_new"),
    [
        pytest.param("NEW they beat us", True, id="in-capitals"),
        pytest.param("new: they beat us", True, id="with-a-colon"),
        pytest.param("new 482170 they beat us", True, id="before-a-code"),
        pytest.param("নতুন। টয়লেট নোংরা", True, id="before-a-danda"),
        pytest.param("नया\nगाली देते हैं", True, id="on-a-line-of-its-own"),
        pytest.param("new supervisor beats us", False, id="a-new-supervisor"),
        pytest.param("নতুন সুপারভাইজার মারে", False, id="a-new-supervisor-in-Bengali"),
        pytest.param("NEW", False, id="alone-it-is-a-keyword"),
    ],
)
def test_new_with_the_story(text, is_new):
    assert answers.is_new_with_words(read(text)) is is_new


LANGUAGES_TOLD = [
    ("৪৮২১৭০", "bn"),
    ("वेतन", "hi"),
    ("சம்பளம் ok", "ta"),
    ("amar beton dey nai", "bn"),
    ("mera paisa nahi mila", "hi"),
    ("enga sambalam varala", "ta"),
    ("they do not pay us", "en"),
    ("supervisor kharap babohar kore", "bn"),
    ("supervisor hath lagata hai", "hi"),
    ("supervisor thitran", "ta"),
    ("khobor", "bn"),
    ("haal", "hi"),
    ("nilai", "ta"),
    ("hello", None),
    ("test", None),
    ("482170", None),
    ("xyz", None),
    ("", None),
]


@pytest.mark.parametrize(
    ("text", "language"), [pytest.param(*row, id=row[0]) for row in LANGUAGES_TOLD]
)
def test_the_language_is_told_by(text, language):
    assert read(text).language == language
