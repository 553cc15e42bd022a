"""The words that the hotline knows, in four scripts and in Latin letters.

Data only. Words are matched after NFC, in lower case, without zero-width
characters; entries in Latin letters match whole words (a trailing `*` matches
any ending), entries in other scripts match anywhere, because Bengali, Hindi
and Tamil glue their endings on.
"""

from collections.abc import Mapping

from app.domain.taxonomy import Category

GREETINGS = frozenset(
    """
    hi hello hallo helo hey hii hiii salam slm assalamualaikum walaikum assalamu
    alaikum namaste namaskar nomoskar nomoshkar vanakkam adaab ok okay thanks thank
    you thx dhonnobad dhanyavad nandri good morning evening night sir madam bhai apa
    anyone there bhaiya didi akka anna
    হাই হ্যালো হেলো সালাম আসসালামু আলাইকুম নমস্কার আদাব ধন্যবাদ স্যার ভাই আপা ওকে
    हाय हैलो हेलो हलो नमस्ते नमस्कार सलाम धन्यवाद शुक्रिया जी सर भाई ओके
    வணக்கம் ஹலோ ஹாய் நன்றி சார் அண்ணா அக்கா ஓகே
    """.split()
)

TESTS = frozenset(
    """
    test testing tst check checking demo try trial is this number working does work
    on active line open ye yeh number chalu hai kya chal raha ei nombor ki cholche
    chalu ache kaj kore intha velai seiyutha seyyutha numberu
    টেস্ট পরীক্ষা নাম্বার নম্বর নাম্বারটা নম্বরটা এই কি চালু আছে কাজ করে চলছে চলে
    टेस्ट जांच जाँच ये यह नंबर नम्बर चालू है क्या चल रहा काम करता
    டெஸ்ட் சோதனை இந்த எண் நம்பர் வேலை செய்யுதா செய்கிறதா
    """.split()
)

# The words that make an utterance of TESTS a test and not a cry for help.
TEST_MARKS = frozenset(
    """
    test testing tst check checking demo trial working chalu chal cholche number
    nombor numberu line
    টেস্ট পরীক্ষা নাম্বার নম্বর নাম্বারটা নম্বরটা চালু
    टेस्ट जांच जाँच नंबर नम्बर चालू
    டெஸ்ட் சோதனை எண் நம்பர்
    """.split()
)

YES = frozenset(
    """
    yes y yep yeah ya haan han ha haa hyan hya ji hoy hae aama amaa aamam amam aam
    হ্যাঁ হ্যা হা হাঁ জি জ্বি জী
    हाँ हां हा जी
    ஆமா ஆமாம் ஆம்
    """.split()
)

NO = frozenset(
    """
    no n nope nah na naa nai nahi nahin nahee nehi noy illa illai ille
    না নাই নয়
    नहीं नही ना नहि
    இல்லை இல்ல இல்லே
    """.split()
)

DONT_KNOW = (
    "dont know",
    "don't know",
    "do not know",
    "not sure",
    "dk",
    "unknown",
    "jani na",
    "janina",
    "pata nahi",
    "pata nahin",
    "nahi pata",
    "maloom nahi",
    "malum nahi",
    "theriyathu",
    "theriyadhu",
    "theriyala",
    "জানি না",
    "জানিনা",
    "জানা নেই",
    "पता नहीं",
    "पता नही",
    "मालूम नहीं",
    "नहीं पता",
    "தெரியாது",
    "தெரியல",
    "தெரியவில்லை",
)

# With a PIN: the worker's word on a solution declared by others.
NOT_SOLVED = (
    "not solved",
    "unsolved",
    "somadhan hoyni",
    "somadhan hoy nai",
    "hal nahi",
    "theerala",
    "theeravillai",
    "সমাধান হয়নি",
    "সমাধান হয় নাই",
    "সমাধান হয় নি",
    "हल नहीं",
    "ठीक नहीं हुआ",
    "தீரவில்லை",
    "தீரல",
)

KEYWORDS: Mapping[str, frozenset[str]] = {
    "status": frozenset(
        [
            "status",
            "obostha",
            "khobor",
            "sthiti",
            "haal",
            "nilai",
            "nilamai",
            "অবস্থা",
            "খবর",
            "স্ট্যাটাস",
            "स्थिति",
            "हाल",
            "स्टेटस",
            "நிலை",
            "நிலைமை",
            "ஸ்டேட்டஸ்",
        ]
    ),  # fmt: skip
    "new": frozenset(
        [
            "new",
            "notun",
            "naya",
            "nayi",
            "puthiya",
            "puthusu",
            "pudhusu",
            "নতুন",
            "नया",
            "नई",
            "புதிய",
            "புதிது",
            "புதுசு",
        ]
    ),  # fmt: skip
    "stop": frozenset(
        [
            "stop",
            "stopall",
            "unsubscribe",
            "cancel",
            "end",
            "quit",
            "bondho",
            "bondho koro",
            "band",
            "band karo",
            "niruthu",
            "nirutthu",
            "বন্ধ",
            "বন্ধ করুন",
            "বন্ধ করো",
            "থামুন",
            "बंद",
            "बंद करो",
            "रोको",
            "रुको",
            "நிறுத்து",
            "நிறுத்தவும்",
            "நிறுத்துங்க",
        ]
    ),  # fmt: skip
    "help": frozenset(
        [
            "help",
            "info",
            "sahajjo",
            "shahajjo",
            "madad",
            "sahayata",
            "udavi",
            "uthavi",
            "সাহায্য",
            "मदद",
            "सहायता",
            "உதவி",
        ]
    ),  # fmt: skip
    "language": frozenset(
        [
            "language",
            "lang",
            "bhasha",
            "basha",
            "mozhi",
            "moli",
            "ভাষা",
            "भाषा",
            "மொழி",
        ]
    ),  # fmt: skip
    "withdraw": frozenset(
        [
            "withdraw",
            "take back",
            "protyahar",
            "firiye nin",
            "wapas",
            "wapas lo",
            "vapas",
            "thirumba eduthukkonga",
            "vaapas",
            "প্রত্যাহার",
            "তুলে নিন",
            "ফিরিয়ে নিন",
            "वापस",
            "वापस लो",
            "वापस लें",
            "வாபஸ்",
            "திரும்பப் பெறு",
            "திரும்ப பெறு",
        ]
    ),  # fmt: skip
    "undo": frozenset(
        [
            "undo",
            "abar rakhun",
            "rakhun",
            "rehne do",
            "vendam vaapas",
            "থাক",
            "রাখুন",
            "रहने दो",
            "रहने दें",
            "இருக்கட்டும்",
            "irukkattum",
        ]
    ),  # fmt: skip
    "call_me": frozenset(
        [
            "call me",
            "callme",
            "call",
            "phone me",
            "call back",
            "callback",
            "phone korun",
            "call korun",
            "amake phone korun",
            "phone karo",
            "call karo",
            "mujhe call karo",
            "phone pannunga",
            "call pannunga",
            "ফোন করুন",
            "কল করুন",
            "আমাকে ফোন করুন",
            "ফোন দিন",
            "কল দিন",
            "फोन करो",
            "फ़ोन करो",
            "कॉल करो",
            "मुझे फोन करो",
            "फोन करें",
            "कॉल करें",
            "போன் பண்ணுங்க",
            "கூப்பிடுங்க",
            "அழைக்கவும்",
            "கால் பண்ணுங்க",
        ]
    ),  # fmt: skip
}

LANGUAGE_NAMES: Mapping[str, str] = {
    "bangla": "bn", "bengali": "bn", "বাংলা": "bn",
    "hindi": "hi", "हिन्दी": "hi", "हिंदी": "hi",
    "tamil": "ta", "தமிழ்": "ta",
    "english": "en", "inglish": "en", "ইংরেজি": "en", "अंग्रेजी": "en", "ஆங்கிலம்": "en",
}  # fmt: skip

# Words that give away a language written in Latin letters.
ROMANISED: Mapping[str, frozenset[str]] = {
    "bn": frozenset(
        """
        ami amar amader amra amake apni apnar apnara tumi beton bethon taka mas mash
        maser maher nai dey dei day na dicche dichhe dise hoy hoyna hoini hoini keno
        kore korche korchhe koreche malik karkhana kaj kaz shobai sobai chuti chhuti
        theke kintu ekhane oneke dhore baki bonash pai paini pacchi pachchi gali gala
        meye meyeder khub kosto lok eta ei ekta ache ase shomoy din tarikh
        """.split()
    ),
    "hi": frozenset(
        """
        main mai mera meri mere mujhe mujhko hum hume humein hamara hamare hamko aap
        aapka paisa paise vetan tankha tankhwah tankhah salary mahina mahine se nahi
        nahin nahi hai hain ho raha rahi rahe kar karte karta diya deta dete milta mila
        mili kyun kyon koi log ko ka ki ke aur par lekin chutti gaali maarta marta baat
        yahan wahan humlog malik
        """.split()
    ),
    "ta": frozenset(
        """
        naan nan enaku enakku ennoda enga engalukku engal nanga naanga neenga sambalam
        sambalamum panam kaasu maasam masam maasama illa illai ille varala vara tharala
        kudukala kodukkala kudukkala vela velai pannunga panranga solla sollu thitturar
        thittu adikkiraanga anga inga romba leave mill-la irukku iruku
        """.split()
    ),
    "en": frozenset(
        """
        the my is are was not we our have has had they them he she his her me us pay
        paid wages months month overtime and to of for since from that this with been
        please when where what very because working work worked factory supervisor
        manager boss toilet water no any does do did you your who at in on it
        """.split()
    ),
}

# Words of danger: they raise a case to S1 at once.
DANGER = (
    "fire", "burning", "locked in", "locked inside", "gas leak", "collaps*", "crack* in",
    "kill", "killing", "rape", "raped", "raping", "danger", "in danger", "unconscious",
    "bleeding", "electric shock", "electrocut*", "trapped",
    "agun", "aagun", "bondi", "tala mere", "mere felbe", "bipod", "dhorshon",
    "aag lagi", "aag lag", "band kar diya", "maar denge", "jaan se", "khatra", "balatkar",
    "thee pidi*", "theepidi*", "kolai", "abathu", "aabathu",
    "আগুন", "তালা মেরে", "তালাবদ্ধ", "আটকে রেখে", "মেরে ফেল", "খুন", "বিপদ", "ধর্ষণ",
    "ভেঙে পড়", "ফাটল", "গ্যাস লিক", "অজ্ঞান", "রক্ত",
    "आग", "बंद कर दिया", "ताला लगा", "मार डाल", "जान से", "खतरा", "ख़तरा", "बलात्कार",
    "दरार", "गैस लीक", "बेहोश", "खून",
    "தீ பிடி", "தீப்பிடி", "பூட்டி வை", "அடைத்து வை", "கொலை", "கொன்னு", "ஆபத்து",
    "பலாத்கார", "விரிசல்", "மயங்கி", "ரத்தம்",
)  # fmt: skip

# What a text is about. The first category with a hit wins: the gravest first.
TOPICS: Mapping[Category, tuple[str, ...]] = {
    Category.CRIS: (
        "suicide", "kill myself", "end my life", "want to die", "don't want to live",
        "dont want to live", "attohotta", "atmohotta", "more jabo", "morte chai",
        "khudkushi", "aatmahatya", "marna chahti", "marna chahta", "jeena nahi",
        "tharkolai", "thatkolai", "saaganum", "saganum",
        "আত্মহত্যা", "মরে যেতে চাই", "মরতে চাই", "বাঁচতে চাই না", "বেঁচে থাকতে চাই না",
        "आत्महत्या", "खुदकुशी", "मरना चाहत", "जीना नहीं चाह", "मर जाना",
        "தற்கொலை", "சாகணும்", "சாக வேண்டும்", "உயிரோட இருக்க",
    ),
    Category.FORC: (
        "bonded", "forced labour", "forced labor", "passport", "not allowed to leave",
        "cannot leave", "can't leave", "locked in", "advance debt", "sumangali",
        "kept my id", "took my id", "aadhaar taken", "bandhua", "kothadimai",
        "জোর করে আটকে", "বের হতে দেয় না", "পরিচয়পত্র আটকে", "তালা মেরে", "আটকে রেখে",
        "बंधुआ", "बाहर जाने नहीं", "बाहर नहीं जाने", "आधार रख लिया", "बंद कर दिया",
        "கொத்தடிமை", "சுமங்கலி", "வெளியே விட", "வெளியில் விட", "பூட்டி வை",
        "அடைத்து வை",
    ),
    Category.CHLD: (
        "child", "children", "minor", "underage", "under age", "years old girl",
        "years old boy", "shishu", "bachcha", "bachche", "bachchi", "nabalig", "kuzhandhai",
        "kulanthai", "chinna pasanga", "school age",
        "শিশু", "বাচ্চা", "নাবালক", "নাবালিকা", "কম বয়স",
        "बच्चा", "बच्चे", "बच्ची", "नाबालिग", "कम उम्र",
        "குழந்தை", "சிறுவர்", "சிறுமி", "சிறுவன்", "சின்ன பசங்க",
    ),
    Category.GBVH: (
        "sexual*", "harass*", "molest*", "touches me", "touched me", "touching", "grope*",
        "groping", "rape", "raped", "bad touch", "dirty words", "obscene", "kharap kotha",
        "gaye hat", "joun", "jouno", "noshtami", "dhorshon", "chhed*", "ched khani",
        "galat tarike", "galat jagah", "yaun", "balatkar", "paaliyal", "thappa thod*",
        "thodu*", "asinga*",
        "যৌন", "গায়ে হাত", "শরীরে হাত", "কুপ্রস্তাব", "খারাপ প্রস্তাব", "উত্ত্যক্ত",
        "ধর্ষণ", "নোংরা কথা", "খারাপ স্পর্শ",
        "यौन", "छेड़", "गलत तरीके से छू", "हाथ लगा", "बदन छू", "गंदी बात", "गंदे इशारे",
        "बलात्कार", "अश्लील",
        "பாலியல்", "தொட்டு", "தொடுகிற", "தொடுற", "தப்பா நட", "தப்பாக நட", "அசிங்க",
        "பலாத்கார", "ஆபாச",
    ),
    Category.RETA: (
        "because i complained", "for complaining", "after complaining", "after i complained",
        "retaliat*", "reprisal", "revenge", "punished for", "because of my message",
        "অভিযোগ করায়", "অভিযোগ করার জন্য", "প্রতিশোধ", "অভিযোগের কারণে",
        "शिकायत करने पर", "शिकायत की वजह", "शिकायत करने के", "बदला ले",
        "புகார் செய்ததால்", "புகார் கொடுத்ததால்", "பழிவாங்க", "புகார் பண்ணதால",
    ),
    Category.FOAS: (
        "union", "trade union", "organis*", "organiz*", "sangathan", "sangam",
        "ইউনিয়ন", "সংগঠন", "यूनियन", "संगठन", "யூனியன்", "தொழிற்சங்க",
    ),
    Category.DISC: (
        "caste", "dalit", "discriminat*", "because i am hindu", "because i am muslim",
        "religion", "jaat", "jati ", "saathi", "jaathi",
        "বৈষম্য", "ধর্মের কারণে", "जाति", "भेदभाव", "धर्म के कारण", "சாதி", "பாகுபாடு",
    ),
    Category.DORM: (
        "hostel", "dormitory", "warden", "hostal", "হোস্টেল", "ডরমিটরি", "हॉस्टल",
        "होस्टल", "छात्रावास", "ஹாஸ்டல்", "விடுதி", "வார்டன்",
    ),
    Category.ABUS: (
        "beat", "beats", "beating", "beaten", "hit me", "hits", "hitting", "slap*", "abus*",
        "shout*", "scream*", "insult*", "threat*", "humiliat*", "swear*", "gali", "gali dey",
        "galagali", "marche", "mare", "dhomok", "gaali", "gali deta", "maarta", "marta hai",
        "dhamki", "thappad", "thittu*", "adikki*", "adich*", "mirattu*",
        "গালি", "গালাগালি", "মারধর", "মারে", "মেরেছে", "চড়", "ধমক", "হুমকি", "অপমান",
        "দুর্ব্যবহার", "খারাপ ব্যবহার",
        "गाली", "मारपीट", "मारता", "मारते", "मारा", "थप्पड़", "धमकी", "अपमान",
        "बुरा व्यवहार", "बदतमीज़", "चिल्ला",
        "திட்டு", "அடிக்கிற", "அடிச்ச", "அடித்த", "மிரட்ட", "அவமான", "கெட்ட வார்த்தை",
    ),
    Category.MATC: (
        "maternity", "pregnan*", "nursing", "breastfeed*", "creche", "crèche", "day care",
        "daycare", "matritto", "gorbhoboti", "garbhavati", "matritva", "karppam", "garpam",
        "মাতৃত্ব", "গর্ভবতী", "অন্তঃসত্ত্বা", "ডে কেয়ার", "বুকের দুধ",
        "मातृत्व", "गर्भवती", "प्रसूति", "क्रेच",
        "மகப்பேறு", "கர்ப்ப", "பிரசவ", "குழந்தைகள் காப்பக",
    ),
    Category.SOCS: (
        "esi", "esic", "epf", "pf", "provident fund", "gratuity", "insurance", "pension",
        "bima", "प्रोविडेंट", "पीएफ", "ईएसआई", "बीमा", "ग्रेच्युटी",
        "ইএসআই", "পিএফ", "প্রভিডেন্ট", "বীমা", "বিমা", "গ্র্যাচুইটি",
        "பிஎஃப்", "பி.எஃப்", "இஎஸ்ஐ", "காப்பீடு", "வருங்கால வைப்பு", "கிராஜுவிட்டி",
    ),
    Category.TERM: (
        "fired", "dismiss*", "terminat*", "sacked", "thrown out", "resign*", "laid off",
        "lost my job", "blacklist*", "chakri theke", "chakri gelo", "chhatai", "chatai",
        "chhatayi", "nikal diya", "naukri se", "velaya vittu", "veliya anup*",
        "চাকরি থেকে", "চাকরিচ্যুত", "ছাঁটাই", "বের করে দি", "পদত্যাগ",
        "नौकरी से निकाल", "निकाल दिया", "छंटनी", "इस्तीफा",
        "வேலையை விட்டு", "வேலையிலிருந்து", "நீக்கி", "நிறுத்திட்டாங்க", "ராஜினாமா",
    ),
    Category.WAGE: (
        "pay", "paid", "wage", "wages", "salary", "unpaid", "overtime pay", "bonus",
        "deduct*", "payslip", "money", "arrears", "beton", "bethon", "taka", "bonas", "bonash",
        "vetan", "tankha*", "tankhwah", "paisa", "paise", "mazdoori", "majduri",
        "sambalam", "sambala*", "panam", "kaasu", "kooli",
        "বেতন", "মজুরি", "টাকা", "বোনাস", "ওভারটাইমের টাকা", "পাওনা", "বকেয়া",
        "वेतन", "तनख्वाह", "तनख़्वाह", "सैलरी", "मजदूरी", "मज़दूरी", "पैसा", "पैसे",
        "बोनस", "बकाया",
        "சம்பள", "கூலி", "பணம்", "போனஸ்", "காசு", "பாக்கி",
    ),
    Category.HOUR: (
        "overtime", "hours", "leave", "holiday", "rest day", "night shift", "double shift",
        "chuti", "chhuti", "ot", "chutti", "ghante", "leevu", "liv",
        "ছুটি", "ওভারটাইম", "ডিউটি", "ঘণ্টা", "ঘন্টা", "নাইট",
        "छुट्टी", "ओवरटाइम", "घंटे", "घंटा", "नाइट",
        "லீவு", "விடுமுறை", "ஓவர்டைம்", "மணி நேரம்", "நைட்",
    ),
    Category.OSHS: (
        "fire", "exit", "injur*", "accident", "machine", "chemical*", "unsafe", "safety", "heat",
        "building", "crack*", "wire", "electric*", "hurt my", "collaps*", "gas leak",
        "agun", "durghotona", "nirapotta", "aag", "chot", "hadsa", "vibathu", "thee", "kaayam",
        "আগুন", "দুর্ঘটনা", "নিরাপত্তা", "মেশিন", "কেমিক্যাল", "গরমে", "ফাটল", "আহত",
        "সিঁড়ি বন্ধ", "ভবন", "বিদ্যুৎ", "গ্যাস লিক",
        "आग", "दुर्घटना", "सुरक्षा", "मशीन", "केमिकल", "गर्मी", "चोट", "दरार", "करंट",
        "गैस लीक",
        "தீ பிடி", "தீப்பிடி", "விபத்து", "பாதுகாப்பு", "மெஷின்", "இயந்திர", "காயம்",
        "விரிசல்", "மின்சார", "வெப்ப",
    ),
    Category.WASH: (
        "toilet*", "water", "latrine", "bathroom", "canteen", "food", "dirty", "hygiene",
        "pani", "paykhana", "khabar", "shauchalay", "khana", "thanni", "thannir", "kakkoos",
        "saapadu",
        "টয়লেট", "বাথরুম", "পানি", "পায়খানা", "খাবার", "ক্যান্টিন",
        "टॉयलेट", "शौचालय", "बाथरूम", "पानी", "खाना", "कैंटीन",
        "கழிப்பறை", "டாய்லெட்", "பாத்ரூம்", "தண்ணீர்", "தண்ணி", "சாப்பாடு", "கேன்டீன்",
    ),
}  # fmt: skip

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
