"""The words with which a member works by text, in four scripts and Latin letters.

Data only. The first word of a language is the one that the texts name. Words are
compared as those of workers are (`app.conversation.vocabulary`).
"""

from collections.abc import Mapping

CASES, TAKE, ACK, DONE = "cases", "take", "ack", "done"
ASK, PROPOSE, SOLVED, HELP = "ask", "propose", "solved", "help"

WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    CASES: {
        "en": ("cases", "case", "list", "my cases"),
        "bn": ("তালিকা", "লিস্ট", "কেস", "talika", "list"),
        "hi": ("सूची", "लिस्ट", "केस", "मामले", "soochi", "suchi", "mamle"),
        "ta": ("பட்டியல்", "லிஸ்ட்", "கேஸ்", "pattiyal", "patiyal"),
    },
    TAKE: {
        "en": ("take", "mine", "i take"),
        "bn": ("নিলাম", "নিচ্ছি", "আমি নিলাম", "nilam", "nicchi", "nichchi"),
        "hi": ("लिया", "ले लिया", "लेती हूं", "लेता हूं", "liya", "le liya"),
        "ta": ("எடுத்தேன்", "எடுக்கிறேன்", "eduthen", "edukkiren", "eduthten"),
    },
    ACK: {
        "en": ("ack", "acknowledge", "acknowledged", "read", "seen"),
        "bn": ("পড়েছি", "পড়লাম", "দেখেছি", "porechi", "porlam", "dekhechi"),
        "hi": ("पढ़ा", "पढ़ लिया", "देखा", "देख लिया", "padha", "padh liya", "dekha"),
        "ta": ("படித்தேன்", "பார்த்தேன்", "padithen", "padichen", "parthen"),
    },
    DONE: {
        "en": ("done", "did", "started", "start"),
        "bn": ("করেছি", "করলাম", "শুরু", "korechi", "korlam", "shuru"),
        "hi": ("किया", "कर दिया", "शुरू", "kiya", "kar diya"),
        "ta": ("செய்தேன்", "செஞ்சேன்", "seithen", "seidhen", "senjen"),
    },
    ASK: {
        "en": ("ask", "question"),
        "bn": ("প্রশ্ন", "জিজ্ঞাসা", "proshno", "prosno", "jiggasa"),
        "hi": ("सवाल", "पूछो", "प्रश्न", "sawal", "saval", "poocho", "pucho"),
        "ta": ("கேள்வி", "கேளுங்கள்", "kelvi", "ketkavum"),
    },
    PROPOSE: {
        "en": ("propose", "proposal", "remedy", "offer"),
        "bn": ("প্রস্তাব", "prostab", "prastab"),
        "hi": ("प्रस्ताव", "सुझाव", "prastav", "sujhav"),
        "ta": ("பரிந்துரை", "யோசனை", "parinthurai", "parindurai", "yosanai"),
    },
    SOLVED: {
        "en": ("solved", "resolved", "resolve"),
        "bn": ("সমাধান", "মিটেছে", "somadhan", "shomadhan", "miteche"),
        "hi": ("समाधान", "हल", "हल हुआ", "samadhan", "hal", "hal hua"),
        "ta": ("தீர்ந்தது", "தீர்வு", "theernthathu", "theerndhathu", "theervu"),
    },
    HELP: {
        "en": ("help", "words", "menu"),
        "bn": ("সাহায্য", "হেল্প", "sahajjo", "shahajjo"),
        "hi": ("मदद", "सहायता", "हेल्प", "madad", "sahayata"),
        "ta": ("உதவி", "ஹெல்ப்", "udavi", "udhavi", "uthavi"),
    },
}

# What people write before a PIN; it says nothing of its own.
BEFORE_PIN = frozenset("pin my পিন আমার पिन मेरा பின் என்".split())
