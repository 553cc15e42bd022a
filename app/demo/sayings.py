"""What the past cases of the demo begin with: one plain sentence each.

No names and no stories; only enough to tell one subject from another, in the
four languages. By topic, then language.
"""

from collections.abc import Mapping

Sayings = Mapping[str, tuple[str, ...]]

PAY: Sayings = {
    "bn": (
        "গত মাসের ওভারটাইমের টাকা পাইনি",
        "বেতন থেকে টাকা কেটে নিয়েছে, কারণ বলেনি",
        "ঈদের বোনাস এখনও দেয়নি",
    ),
    "ta": (
        "போன மாத ஓவர்டைம் பணம் வரவில்லை",
        "சம்பளத்தில் காரணம் சொல்லாமல் பிடித்தம் செய்தார்கள்",
        "தீபாவளி போனஸ் இன்னும் தரவில்லை",
    ),
    "hi": (
        "पिछले महीने का ओवरटाइम का पैसा नहीं मिला",
        "वेतन से पैसा काट लिया, वजह नहीं बताई",
        "पीएफ का पैसा जमा नहीं हुआ",
    ),
    "en": (
        "overtime pay of last month is missing",
        "money was taken from the wages and nobody says why",
    ),
}

HOURS: Sayings = {
    "bn": ("সাপ্তাহিক ছুটির দিনেও কাজে আসতে হয়", "ছুটি চাইলে দেয় না"),
    "ta": ("வார விடுமுறையிலும் வேலைக்கு வரச் சொல்கிறார்கள்", "விடுப்பு கேட்டால் தருவதில்லை"),
    "hi": ("छुट्टी के दिन भी काम पर बुलाते हैं", "छुट्टी मांगने पर नहीं देते"),
    "en": ("we have to come on the weekly rest day too", "leave is never given"),
}

TREATMENT: Sayings = {
    "bn": ("লাইন চিফ সবার সামনে গালাগালি করে", "সুপারভাইজার চিৎকার করে অপমান করে"),
    "ta": ("மேற்பார்வையாளர் எல்லோர் முன்னும் திட்டுகிறார்", "தினமும் கத்தி அவமானப்படுத்துகிறார்"),
    "hi": ("सुपरवाइजर सबके सामने गाली देता है", "रोज चिल्लाकर बेइज्जत करते हैं"),
    "en": ("the supervisor shouts insults in front of everybody",),
}

HARASSMENT: Sayings = {
    "bn": ("একজন কর্মকর্তা মেয়েদের বাজে কথা বলে",),
    "ta": ("ஒருவர் பெண்களிடம் தவறாக பேசுகிறார்",),
    "hi": ("एक आदमी औरतों से गंदी बातें करता है",),
    "en": ("a man on the floor speaks to the women in a dirty way",),
}

SAFETY: Sayings = {
    "bn": ("মেশিনের ঢাকনা নেই", "খাবার পানি নেই", "টয়লেট নোংরা, পানি থাকে না"),
    "ta": ("இயந்திரத்துக்கு பாதுகாப்பு மூடி இல்லை", "குடிக்க தண்ணீர் இல்லை", "கழிப்பறை சுத்தமாக இல்லை"),
    "hi": ("मशीन पर कवर नहीं है", "पीने का पानी नहीं है", "शौचालय गंदा है"),
    "en": ("there is no drinking water on our floor", "the toilets are dirty"),
}

CHILD: Sayings = {
    "bn": ("এখানে বাচ্চা মেয়ে কাজ করে",),
    "ta": ("இங்கே சின்னப் பிள்ளைகள் வேலை செய்கிறார்கள்",),
    "hi": ("यहां छोटे बच्चे काम करते हैं",),
    "en": ("children are working in the packing room",),
}

OTHER: Sayings = {
    "bn": ("হোস্টেলে ঘর বদলাতে চাই, কেউ শোনে না", "নিয়োগপত্র দেয়নি"),
    "ta": ("விடுதியில் அறை மாற்றக் கேட்டும் யாரும் கேட்பதில்லை", "நியமனக் கடிதம் தரவில்லை"),
    "hi": ("हॉस्टल में कमरा बदलना है, कोई सुनता नहीं", "नियुक्ति पत्र नहीं दिया"),
    "en": ("nobody gave us a letter of appointment",),
}

# By the digit that answers the topic question.
BY_TOPIC: Mapping[int, Sayings] = {
    1: PAY,
    2: HOURS,
    3: TREATMENT,
    4: HARASSMENT,
    5: SAFETY,
    6: CHILD,
    7: OTHER,
}

# Contacts that become no case.
GREETINGS: Sayings = {
    "bn": ("হ্যালো", "নম্বরটা কি চালু আছে?"),
    "ta": ("வணக்கம்", "இந்த நம்பர் வேலை செய்கிறதா?"),
    "hi": ("नमस्ते", "ye number chalu hai?"),
    "en": ("test", "hello"),
}
