"""The small words that the hotline knows, in four scripts and in Latin letters.

Data only. Words are compared after NFC, in lower case, without zero-width
characters, Latin ones folded (`folding`). What texts are about is in `subjects`.
"""

from collections.abc import Mapping

GREETINGS = frozenset(
    """
    hi hello hallo helo halo hey hai hy salam slm slam assalamualaikum walaikum assalamu
    assalamualikum asalamu alaikum alaykum as aleikum oalaikum namaste namste namaskar
    nomoskar nomoshkar namaskaram vanakkam vanakam adab pranam ok okay okey k thanks
    thank thankyou you u thx tnx ty dhonnobad dhonyobad donnobad dhanyavad dhanyawad
    shukriya nandri nanri good morning evening night afternoon gm gn sir madam mam maam
    bhai apa apu vai bhaiya bhaia didi akka anna ayya amma thambi boss dear friend
    anyone anybody there please plz pls kindly ji g
    kemon achen acen acho aso bhalo valo thik ache ase accha acha achcha kaise ho hain hai
    theek thik sab eppadi irukinga irukkeenga irukkinga nalla irukingala seri sari saringa
    how are fine ram
    হাই হ্যালো হেলো হ্যালু হেল্লো সালাম সালামালাইকুম আসসালামু আসসালামুআলাইকুম
    আসসালামুয়ালাইকুম আলাইকুম ওয়ালাইকুম নমস্কার আদাব ধন্যবাদ স্যার ভাই ভাইয়া আপা আপু দিদি
    ম্যাডাম ওকে কেমন আছেন আছো ভালো ঠিক আছে আচ্ছা শুভ সকাল সন্ধ্যা দয়া করে প্লিজ
    हाय हैलो हेलो हलो हाई नमस्ते नमस्कार प्रणाम सलाम आदाब धन्यवाद शुक्रिया जी सर मैडम भाई भैया
    दीदी ओके ठीक है अच्छा कैसे हो हैं आप शुभ प्रभात राम कृपया प्लीज
    வணக்கம் ஹலோ ஹாய் நன்றி சார் மேடம் அண்ணா அக்கா ஐயா அம்மா தம்பி ஓகே சரி சரிங்க காலை மாலை
    எப்படி இருக்கீங்க இருக்கிங்க நல்லா இருக்கீங்களா தயவு செய்து ப்ளீஸ்
    """.split()
)

# What may stand around a yes or a no and changes neither. No word that could
# be denied: "thik nai" is "not right", and no answer.
POLITE = frozenset(
    """
    sir madam mam maam bhai vai bhaiya bhaia apa apu didi akka anna ayya boss please plz pls
    thanks thank you thx dhonnobad dhanyavad shukriya nandri
    hai hain h keu koi yarum
    স্যার ম্যাডাম ভাই ভাইয়া আপা আপু দিদি ধন্যবাদ প্লিজ কেউ
    सर मैडम भाई भैया दीदी धन्यवाद शुक्रिया कृपया है हैं कोई
    சார் மேடம் அண்ணா அக்கா ஐயா நன்றி யாரும் ப்ளீஸ்
    """.split()
)

TESTS = frozenset(
    """
    test testing tst teste check checking chek demo try trial trying is this the number
    working does do it work works on active line open ye yeh yah number chalu hai h kya
    chal raha rha ei eta ki nombor number cholche chole chalu ache kaj kore korche hoy
    intha idhu ithu velai vela seiyutha seyyutha seyutha seiyudha pannutha numberu num
    just only a my message msg sms
    who what are you this ke apni kara apnara kaun ho kon hain aap yaar yaaru yar neenga
    nenga enna number-a
    টেস্ট টেষ্ট টেস্টিং পরীক্ষা চেক নাম্বার নম্বর নাম্বারটা নম্বরটা নাম্বারে নম্বরে এই এটা কি কী চালু আছে
    কাজ করে করি করছে চলছে চলে সচল হয় কে কারা আপনি আপনারা কোন মেসেজ
    टेस्ट टेस्टिंग जांच जाँच चेक ये यह इस नंबर नम्बर चालू है क्या चल रहा काम करता कर कौन आप हैं हो
    मैसेज
    டெஸ்ட் டெஸ்டிங் சோதனை செக் இந்த இது எண் நம்பர் வேலை செய்யுதா செய்கிறதா செய்யுமா பண்ணுதா
    யார் யாரு நீங்க நீங்கள் என்ன மெசேஜ்
    """.split()
)

# The words that make an utterance of TESTS a test and not a cry for help.
TEST_MARKS = frozenset(
    """
    test testing tst teste check checking chek demo trial working works chalu chal cholche
    number nombor numberu line who kaun yaar yaaru apni apnara neenga
    টেস্ট টেষ্ট টেস্টিং পরীক্ষা চেক নাম্বার নম্বর নাম্বারটা নম্বরটা চালু সচল কে কারা
    टेस्ट टेस्टिंग जांच जाँच चेक नंबर नम्बर चालू कौन
    டெஸ்ட் டெஸ்டிங் சோதனை செக் எண் நம்பர் யார் யாரு
    """.split()
)

YES = frozenset(
    """
    yes y yep yeah yea ya yess haan han haa ha hyan hya hae hoy hmm hoo aama amaa aamam
    amam aam am aamanga amanga
    হ্যাঁ হ্যা হা হাঁ হ হয় জ্বি
    हाँ हां हा हान हाॅं
    ஆமா ஆமாம் ஆம் ஆமாங்க
    """.split()
)

# "ji" alone says yes, and "ji nahi" says no.
YES_IF_ALONE = frozenset("ji jee g জি জী জ্বি जी".split())

NO = frozenset(
    """
    no n nope nah na naa nai nahi nahin nahee nhi nahe nehi noy nei illa illai ille ila illinga
    vendam vendaam venam venda not
    না নাই নয় নেই নাহ নারে
    नहीं नही ना न नहि नहिं मत
    இல்லை இல்ல இல்லே இல்லைங்க வேண்டாம் வேணாம் வேண்டா
    """.split()
)

# To "may we text this phone?" these say yes too; without a no beside them.
GRANTS = frozenset(
    """
    ok okay okey k sure can may text send sms fine thik theek ache sari seri saringa paren
    parben diyen dien bhejo bhejna bhejiye kar karo karna sakte sakti ho hain anuppunga
    anuppalam anupunga
    ওকে ঠিক আছে আচ্ছা পারেন পারবেন দিতে দেন দিয়েন পাঠান পাঠাতে করেন করতে
    ओके ठीक है भेजो भेजना भेजिए भेज कर करो दो दीजिए दे सकते सकती हो हैं
    ஓகே சரி சரிங்க அனுப்புங்க அனுப்புங்கள் அனுப்பலாம்
    """.split()
)

# To "is it about somebody on the committee, in HR or the owner?" these say yes.
INSIDERS = (
    "owner", "owners", "hr", "h.r", "hr manager", "committee*", "commity", "comity",
    "kommittee", "malik*", "md", "managing director", "muthalali*", "mudhalali*",
    "mothalali*", "মালিক", "কমিটি", "এইচআর", "এইচ আর", "এমডি", "मालिक", "कमेटी", "कमिटी", "समिति",
    "एचआर", "एच आर", "முதலாளி", "கமிட்டி", "எச்ஆர்", "எச்.ஆர்", "ஓனர்",
)  # fmt: skip

DONT_KNOW = (
    "dont know", "don't know", "do not know", "dont no", "not sure", "no idea", "dk", "idk",
    "dunno", "unknown", "jani na", "janina", "jani nai", "jana nai", "jana nei",
    "bolte pari na", "bolte parbo na", "pata nahi", "pata nahin", "pata nhi", "pta nahi",
    "pta nhi", "pata ni", "nahi pata", "nahin pata", "nhi pata", "maloom nahi", "malum nahi",
    "malum nhi", "nahi maloom", "nahi malum", "theriyathu", "theriyadhu", "theriyatu",
    "theriyala", "theriyalai", "theriyavillai", "therila", "theriala",
    "জানি না", "জানিনা", "জানি নাই", "জানা নেই", "জানা নাই", "বলতে পারি না", "বলতে পারব না",
    "বলতে পারবো না", "पता नहीं", "पता नही", "मालूम नहीं", "मालूम नही", "नहीं पता", "नही पता",
    "नहीं मालूम", "नही मालूम", "தெரியாது", "தெரியல", "தெரியலை", "தெரியவில்லை", "தெரில",
)  # fmt: skip

# With a PIN: the worker's word on a solution declared by others.
NOT_SOLVED = (
    "not solved", "unsolved", "not fixed", "no solution", "still the same", "still same",
    "nothing changed", "no change", "nothing happened", "not resolved", "still not",
    "somadhan hoyni", "somadhan hoini", "somadhan hoy nai", "somadhan hoi nai",
    "somadhan hoy ni", "shomadhan hoyni", "thik hoyni", "thik hoy nai", "mete nai", "meteni",
    "kichu hoyni", "kichui hoyni", "kichu hoy nai", "hal nahi", "hal nhi", "haal nahi hua",
    "thik nahi hua", "theek nahi hua", "kuch nahi hua", "samadhan nahi", "theerala",
    "theeralai", "theeravillai", "sari aagala", "sariyagala", "sari agala", "theervu illa",
    "সমাধান হয়নি", "সমাধান হয় নাই", "সমাধান হয় নি", "সমাধান হয়নাই", "ঠিক হয়নি", "ঠিক হয় নাই", "মেটেনি",
    "মিটে নাই", "মেটে নাই", "কিছুই হয়নি", "কিছু হয়নি", "আগের মতোই", "हल नहीं", "हल नही", "ठीक नहीं हुआ",
    "ठीक नही हुआ", "कुछ नहीं हुआ", "कुछ नही हुआ", "समाधान नहीं", "समाधान नही", "தீரவில்லை", "தீரல",
    "தீரலை", "சரியாகல", "சரி ஆகல", "சரியாகவில்லை", "தீர்வு இல்ல", "தீர்வு கிடைக்க",
)  # fmt: skip

KEYWORDS: Mapping[str, frozenset[str]] = {
    "status": frozenset({
        "status", "statas", "state", "news", "update", "any news", "obostha", "obosta",
        "khobor", "khobar", "ki khobor", "kono khobor", "sthiti", "haal", "kya haal",
        "kya hua", "nilai", "nilamai", "nilaimai", "enna achu", "অবস্থা", "খবর", "কি খবর",
        "কী খবর", "কোনো খবর", "কি হলো", "কী হলো", "স্ট্যাটাস", "स्थिति", "हाल", "क्या हाल", "क्या हुआ",
        "खबर", "ख़बर", "स्टेटस", "நிலை", "நிலைமை", "ஸ்டேட்டஸ்", "என்ன ஆச்சு", "என்ன ஆனது", "தகவல்",
    }),
    "new": frozenset({
        "new", "notun", "naya", "nayi", "puthiya", "puthusu", "puthithu", "puthidhu",
        "pudhusu", "pudhiya", "নতুন", "नया", "नई", "புதிய", "புதிது", "புதுசு",
    }),
    "stop": frozenset({
        "stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "stop sms",
        "bondho", "bondho koro", "bondho korun", "bondo", "band", "band karo", "bandh karo",
        "niruthu", "nirutthu", "niruthunga", "বন্ধ", "বন্ধ করুন", "বন্ধ করো", "বন্ধ কর", "থামুন",
        "স্টপ", "बंद", "बन्द", "बंद करो", "बंद करें", "बंद कर दो", "रोको", "रुको", "स्टॉप", "நிறுத்து",
        "நிறுத்தவும்", "நிறுத்துங்க", "நிறுத்துங்கள்", "ஸ்டாப்",
    }),
    "help": frozenset({
        "help", "info", "menu", "sahajjo", "shahajjo", "sahajya", "madad", "sahayata",
        "udavi", "uthavi", "udhavi", "সাহায্য", "হেল্প", "मदद", "सहायता", "हेल्प", "உதவி", "ஹெல்ப்",
    }),
    "language": frozenset({
        "language", "lang", "languages", "bhasha", "basha", "vasha", "mozhi", "moli",
        "change language", "bhasha bodlao", "bhasha badlo", "ভাষা", "भाषा", "மொழி",
    }),
    "withdraw": frozenset({
        "withdraw", "withdrawal", "take back", "take it back", "protyahar", "prottahar",
        "tule nin", "tule nen", "firiye nin", "wapas", "wapas lo", "wapas le lo", "vapas",
        "vapas lo", "vaapas", "thirumba eduthukkonga", "thirumba peru", "প্রত্যাহার",
        "প্রত্যাহার করুন", "তুলে নিন", "তুলে নেন", "ফিরিয়ে নিন", "वापस", "वापिस", "वापस लो",
        "वापस लें", "वापस ले लो", "வாபஸ்", "வாபஸ் பெறு", "திரும்பப் பெறு", "திரும்ப பெறு",
    }),
    # Another PIN. "Pin" itself is taken out before: it stands beside any number.
    "change": frozenset({
        "change", "bodlan", "bodlao", "bodlaan", "badlen", "badle", "badlo", "badliye",
        "matru", "maatru", "matrunga", "বদলান", "বদলাও", "বদলে দিন", "बदलें", "बदलो",
        "बदलिए", "மாற்று", "மாற்றுங்கள்", "மாத்துங்க", "மாற்றவும்",
    }),
    # What may as well mean "let it drop" is no word for going on.
    "undo": frozenset({
        "undo", "keep it", "go on", "chaliye jan", "chaliye jaan", "chaliye jao",
        "cholte thakuk", "jari rakhen", "jari rakho", "jaari rakhen", "chalu rakho",
        "thodaravum", "thodarungal", "thodarunga", "চালিয়ে যান", "চালিয়ে যাও", "চলতে থাকুক",
        "जारी रखें", "जारी रखो", "जारी रखिए", "चालू रखो", "தொடரவும்", "தொடருங்கள்", "தொடருங்க",
    }),
    "call_me": frozenset({
        "call me", "callme", "call", "call me back", "phone me", "ring me", "call back",
        "callback", "phone korun", "phone koren", "phone den", "call den", "call korun",
        "call koren", "amake phone korun", "amake call korun", "amake call den",
        "amake phone den", "phone karo", "phone kare", "call karo", "call kare",
        "mujhe call karo", "mujhe phone karo", "phone pannunga", "call pannunga",
        "koopidunga", "kupidunga", "ফোন করুন", "ফোন করেন", "কল করুন", "কল করেন",
        "আমাকে ফোন করুন", "আমাকে কল করুন", "আমাকে ফোন দিন", "আমাকে কল দিন", "আমারে ফোন দেন",
        "ফোন দিন", "ফোন দেন", "কল দিন", "কল দেন", "फोन करो", "फ़ोन करो", "कॉल करो", "फोन करें",
        "फ़ोन करें", "कॉल करें", "मुझे फोन करो", "मुझे फोन करें", "मुझे कॉल करो", "मुझे कॉल करें",
        "फोन कीजिए", "कॉल कीजिए", "போன் பண்ணுங்க", "போன் செய்யுங்கள்", "கூப்பிடுங்க", "கூப்பிடுங்கள்",
        "அழைக்கவும்", "அழையுங்கள்", "கால் பண்ணுங்க",
    }),
    # Alone or with one key; the same word in a sentence is what is wrong.
    "rights": frozenset({
        "rights", "my rights", "know my rights", "know your rights", "law", "laws",
        "labour law", "labor law", "odhikar", "amar odhikar", "ain", "aain", "ayin",
        "shromo ain", "adhikar", "adhikaar", "mera adhikar", "mere adhikar", "haq", "hak",
        "hakk", "mera haq", "kanoon", "kanun", "qanoon", "urimai", "urimaigal",
        "en urimai", "অধিকার", "আমার অধিকার", "অধিকারগুলো", "আইন",
        "শ্রম আইন", "রাইটস", "अधिकार", "मेरा अधिकार", "मेरे अधिकार", "हक", "हक़", "मेरा हक",
        "मेरे हक", "कानून", "क़ानून", "श्रम कानून", "राइट्स", "உரிமை", "உரிமைகள்", "என் உரிமை",
        "என் உரிமைகள்", "சட்டம்", "தொழிலாளர் சட்டம்", "ரைட்ஸ்",
    }),
}  # fmt: skip

# What people write around a number and a PIN; it says nothing of its own.
AROUND_PIN = frozenset(
    """
    pin number nombor nomber nambar num code my your is amar apnar mera aapka and case
    পিন নম্বর নাম্বার আমার আপনার আর ও पिन नंबर नम्बर मेरा आपका अपना और பின் எண் நம்பர் என் உங்கள்
    """.split()
)

LANGUAGE_NAMES: Mapping[str, str] = {
    **dict.fromkeys(
        ("bangla", "bengali", "bangali", "bengoli", "bangala", "বাংলা", "বাংলায়", "বাংলাতে", "বাঙলা",
         "बंगाली", "बांग्ला", "பெங்காலி", "வங்காளம்"), "bn"),
    **dict.fromkeys(
        ("hindi", "hindhi", "हिन्दी", "हिंदी", "হিন্দি", "ஹிந்தி", "இந்தி"), "hi"),
    **dict.fromkeys(
        ("tamil", "tamizh", "thamizh", "tamilil", "தமிழ்", "தமிழில்", "தமிழ", "তামিল", "तमिल"), "ta"),
    **dict.fromkeys(
        ("english", "inglish", "engreji", "ingreji", "angrezi", "aangilam", "ইংরেজি", "ইংরেজিতে",
         "ইংলিশ", "अंग्रेजी", "अंग्रेज़ी", "इंग्लिश", "ஆங்கிலம்", "இங்கிலீஷ்"), "en"),
}  # fmt: skip

# What may stand beside a language's name when one asks for it.
LANGUAGE_ASKED = frozenset(
    """
    language lang bhasha basha vasha mozhi moli in to i want speak talk write me mein mai
    te tay la le please plz pls baat karo karna likho likhun likhen bolun bolo chahiye
    change only ভাষা ভাষায় লিখুন বলুন চাই भाषा में मे लिखो बात करो करें चाहिए மொழி மொழியில் பேசுங்க
    எழுதுங்க வேண்டும் வேணும்
    """.split()
)

# Words that give away a language written in Latin letters. English words that all
# of them use (supervisor, salary, overtime, leave) give nothing away.
ROMANISED: Mapping[str, frozenset[str]] = {
    "bn": frozenset(
        """
        ami amar amader amra amake amare apni apnar apnara tumi beton betan bethon betn taka
        mas mash maser maher nai nei dey dei deyni deini na dicche dicchena dise hoy hoyna
        hoini hoise keno kore korche korchhe koreche korse koira malik karkhana kaj kaz shobai
        sobai chuti chhuti theke thika kintu ekhane oneke dhore dhoira baki bonash pai paini
        pacchi pachchi gali gala meye meyeder khub kosto lok eta ei ekta ache ase shomoy din
        tarikh khobor obostha bondho sahajjo bhasha notun kharap khrap babohar kotha gaye hat
        odhikar sir-e tin dui kom hobe chai jabo bole bolse kete matha ghure garments majhe raat
        morte more agun ki dhonnobad nomoskar kemon achen ke
        """.split()
    ),
    "hi": frozenset(
        """
        main mai mera meri mere mujhe mujhko hum hume humein hamen hamara hamare hamari hamko
        aap aapka paisa paise vetan tankha tankhwah tnkha mahina mahine se nahi nahin nhi hai h
        hain ho raha rahi rahe rha kar karte karta karo diya di deta dete milta mila mili kyun
        kyon koi log ko ka ki ke aur par lekin chutti gaali maarta marta baat yahan wahan
        humlog malik haal madad wapas lagata lagate hath ladki ladkiyon bahut kaam mein me
        jata jati jate gaya gayi chalu adhikar kya naya bhai dhanyavad namaste marna chahti chahta
        pata pani khana kharab ganda gandi
        """.split()
    ),
    "ta": frozenset(
        """
        thitran thittran thitraru thitranga naan nan enaku enakku ennoda enga engalukku engaluku engal nanga naanga neenga
        sambalam sambalamum sampalam panam kaasu maasam masam maasama illa illai ille varala
        vara tharala kudukala kodukkala kudukkala vela velai pannunga panran panranga solla
        sollu thitturar thitturanga thittu thitran thittran thitraru adikkiraanga adikiranga anga inga romba
        mill-la irukku iruku irukkanga nilai udavi urimai mozhi vanakkam nandri intha enna yaar
        velaya leevu kekka ketta company-la supervisor-u moonu rendu aachu achu mela kai
        thottu thodran thodraan toilet-u thanni saapadu poga vida maatanga matanga
        """.split()
    ),
    "en": frozenset(
        """
        the my is are was not we our have has had they them he she his her me us pay
        paid wages months and to of for since from that this with been please when where
        what very because working work worked any does do did you your who at in on it
        there want need touched touches shouts beat child children
        """.split()
    ),
}

# Words beside a number that say what the number is.
MONEY = (
    "tk", "taka", "rs", "rupees", "rupee", "rupaye", "rupaya", "inr", "bdt", "rubai",
    "roobai", "lakh", "৳", "₹", "টাকা", "৳", "रुपये", "रुपए", "रु", "रुपया", "ரூபாய்",
    "ரூ", "/-",
)  # fmt: skip
DATES = ("date", "dated", "tarikh", "tareekh", "theti", "thethi", "তারিখ", "तारीख",
         "दिनांक", "தேதி")  # fmt: skip
PHONES = ("phone", "mobile", "cell", "whatsapp", "mob", "ফোন", "মোবাইল", "फोन", "फ़ोन",
          "मोबाइल", "போன்", "மொபைல்", "செல்")  # fmt: skip

# Each language under its own name, for the language menu.
OWN_NAMES: Mapping[str, str] = {
    "bn": "বাংলা",
    "hi": "हिन्दी",
    "ta": "தமிழ்",
    "en": "English",
}
