"""When the demo's sites are closed, and the outside numbers of each country.

Days that hang on the sight of the moon are marked as expected. Sources:
Tamil Nadu's list of public holidays for 2026 (announced 13 November 2025) for
India; the yearly government calendar and the factories' usual closing weeks
for Bangladesh. It is a demo: a programme imports its own.
"""

_TAMIL_NADU = (
    ("2025-12-25", "", "Christmas"),
    ("2026-01-15", "2026-01-17", "Pongal"),
    ("2026-01-26", "", "Republic Day"),
    ("2026-03-21", "", "Eid ul-Fitr (expected)"),
    ("2026-04-14", "", "Tamil New Year"),
    ("2026-05-01", "", "May Day"),
    ("2026-05-28", "", "Eid ul-Adha (expected)"),
    ("2026-08-15", "", "Independence Day"),
    ("2026-10-02", "", "Gandhi Jayanti"),
    ("2026-10-19", "2026-10-20", "Ayudha Puja and Vijaya Dasami"),
    ("2026-11-08", "2026-11-09", "Diwali"),
    ("2026-12-25", "", "Christmas"),
    ("2027-01-15", "2027-01-17", "Pongal"),
    ("2027-01-26", "", "Republic Day"),
    ("2027-03-10", "", "Eid ul-Fitr (expected)"),
    ("2027-04-14", "", "Tamil New Year"),
    ("2027-05-01", "", "May Day"),
    ("2027-05-17", "", "Eid ul-Adha (expected)"),
    ("2027-08-15", "", "Independence Day"),
    ("2027-10-02", "", "Gandhi Jayanti"),
    ("2027-10-29", "2027-10-30", "Diwali (expected)"),
    ("2027-12-25", "", "Christmas"),
)

_BANGLADESH = (
    ("2025-12-16", "", "Victory Day"),
    ("2026-02-21", "", "Language Martyrs' Day"),
    ("2026-03-19", "2026-03-25", "Eid ul-Fitr closure (expected)"),
    ("2026-03-26", "", "Independence Day"),
    ("2026-04-14", "", "Pohela Boishakh"),
    ("2026-05-01", "", "May Day"),
    ("2026-05-25", "2026-05-31", "Eid ul-Adha closure (expected)"),
    ("2026-10-21", "", "Durga Puja"),
    ("2026-12-16", "", "Victory Day"),
    ("2027-02-21", "", "Language Martyrs' Day"),
    ("2027-03-08", "2027-03-14", "Eid ul-Fitr closure (expected)"),
    ("2027-03-26", "", "Independence Day"),
    ("2027-04-14", "", "Pohela Boishakh"),
    ("2027-05-01", "", "May Day"),
    ("2027-05-15", "2027-05-21", "Eid ul-Adha closure (expected)"),
    ("2027-12-16", "", "Victory Day"),
)

# scope, date, until, name, hours
HOLIDAYS = (
    *(("IN", day, until, name, "") for day, until, name in _TAMIL_NADU),
    *(("BD", day, until, name, "") for day, until, name in _BANGLADESH),
    # A rest day that is worked, in exchange for one of the Eid week.
    ("Gazipur", "2026-03-13", "", "Worked in exchange for Eid", "08:00-13:00"),
    ("Gazipur", "2027-03-05", "", "Worked in exchange for Eid", "08:00-13:00"),
    # The day before Pongal ends at noon in the mills.
    ("Dindigul", "2026-01-14", "", "Bhogi, half a day", "08:00-12:00"),
    ("Dindigul", "2027-01-14", "", "Bhogi, half a day", "08:00-12:00"),
)

# country, kind, number, name, language, source
HELPLINES = (
    ("BD", "emergency", "999", "National Emergency Service", "bn", "999.gov.bd"),
    ("BD", "child", "1098", "Child Help Line", "bn", "dss.gov.bd"),
    ("BD", "labour", "16357", "Labour inspection (DIFE) helpline", "bn", "dife.gov.bd"),
    ("BD", "women", "109", "Helpline for women and children", "bn", "mowca.gov.bd"),
    ("IN", "emergency", "112", "Emergency Response Support", "hi", "112.gov.in"),
    ("IN", "child", "1098", "Child Helpline", "hi", "missionvatsalya.wcd.gov.in"),
    ("IN", "women", "181", "Women Helpline", "hi", "wcd.gov.in"),
    ("IN", "crisis", "14416", "Tele-MANAS", "ta", "telemanas.mohfw.gov.in"),
    ("IN", "legal_aid", "15100", "National Legal Services", "hi", "nalsa.gov.in"),
)
