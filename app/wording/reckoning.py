"""The words in which a due time is explained, day by day, to staff.

Whoever reads them holds the answer against a calendar: each is a label or a
few words of a table, and no ending hangs on a placeholder.
"""

from app.wording.line import N_

# How long a promise is; the first of each is for one of them.
PROMISES = {
    "s": (N_("1 second"), N_("{n} seconds")),
    "m": (N_("1 minute"), N_("{n} minutes")),
    # Translators: hours by the clock, day and night.
    "h": (N_("1 hour, day and night"), N_("{n} hours, day and night")),
    # Translators: calendar days: rest days and holidays are counted as well.
    "d": (N_("1 calendar day"), N_("{n} calendar days")),
    "wd": (N_("1 working day"), N_("{n} working days")),
    "wh": (N_("1 working hour"), N_("{n} working hours")),
    "mo": (N_("1 month"), N_("{n} months")),
    "y": (N_("1 year"), N_("{n} years")),
}

# What must be done by then. Translators: names of the steps of a case.
CLOCKS = {
    "acknowledge": N_("To take up the case"),
    "first_action": N_("The first step"),
    "resolve": N_("The solution"),
    "plan": N_("The plan to put things right"),
    "review": N_("To look at the case again"),
    "confirmation": N_("The worker's word on the solution"),
    "withdrawal": N_("The withdrawal takes effect"),
    "check_30": N_("Question about reprisals after 30 days"),
    "check_90": N_("Question about reprisals after 90 days"),
    "check_answer": N_("The worker's answer about reprisals"),
}
# Translators: {name} is what the law calls it, and its section.
LAW = N_("A term of the law: {name}")
# Translators: where the term of the law was read, and how well that was seen.
SOURCE = N_("Source: {source}")
CONFIDENCE = {
    "A": N_("The text of the law or an official page was seen. No legal advice."),
    "B": N_("Only a second-hand source was seen. No legal advice."),
    "C": N_("General knowledge: have it checked. No legal advice."),
}
# Translators: the term counts from the first day on which it can have happened.
ASSUMED = N_("The day is not known; it counts from the earliest plausible one.")
# Translators: those above are told by steps, each waiting for an answer; {n} counts.
RUNG = N_("A rung of the ladder, step {n}")
# Translators: a case was opened again; {clock} is one of the steps of a case.
AGAIN = N_("{clock} (opened again, {round})")
# Translators: {clock} is such a step that comes more than once; {n} counts.
NUMBERED = N_("{clock}, no. {n}")

# Translators: codes of what a case is about, and of the factory.
ABOUT = N_("{category} {severity}, site {site}")
CASE = N_("Case {number}: {about}")
OPENED = N_("Opened: {at}")
# Translators: a version of the rules, and codes of the calendar and time zone.
POLICY = N_("Rules of {policy}")
CALENDAR = N_("Calendar: {calendar} ({zone})")
STARTS = N_("Counted from: {at}")
DUE = N_("Due: {at}")
# When half of the time is over, and 80 per cent of it.
ELAPSED = (N_("Half of the time is over: {at}"), N_("80 per cent is over: {at}"))
# Translators: working time from the moment of opening on.
WORKED = (
    N_("Half of the working time since then is over: {at}"),
    N_("80 per cent of the working time since then is over: {at}"),
)
# Translators: a time during which the clock stood still, since the case waited.
PAUSE = N_("Paused: {span}")
# Translators: the clock stands still and nobody knows how long; the due time follows.
STILL_PAUSED = N_("Paused since {at}. If the full seven days are used:")
SEVEN_DAYS = N_("All pauses of a case together count for seven days at most.")
LEFT = N_("Working time left: {time}")
# Translators: how much has been worked at the site since the due time passed.
OVER = N_("Past its date, with this much working time since: {time}")
# Translators: the step was taken at that time.
MET = N_("Done: {at}")
MET_LATE = N_("Done late: {at}")
BY_HAND = N_("Somebody set this date; there is nothing to reckon.")
# Translators: the reckoning that follows comes to another time than is on record.
DIFFERS = N_("Please have this checked. Reckoned anew it is due: {at}")

# The heads of a table.
DATE = N_("date")
WHAT = N_("what it is")
HOURS = N_("what counts of it")
SUM = N_("so far")

# What a date is. Translators: a few words in a table.
START_UNCOUNTED = N_("day it starts, never counted")
START = N_("day it starts")
WORKING_DAY = N_("working day")
COUNTED = N_("counts")
PARTLY_PAUSED = N_("counts in part; paused {spans}")
PAUSED = N_("paused, waiting for the worker")
REST = N_("weekly rest")
HOLIDAY = N_("holiday")
# Translators: {name} is the holiday's name as the programme wrote it.
HOLIDAY_NAMED = N_("holiday: {name}")
NO_HOURS = N_("no working hours")

# Translators: how much of the whole has been counted, such as 2 of 5.
SO_FAR = N_("{part} of {whole}")
# Translators: the first and last of some dates.
DATES = N_("{first} to {last}")
# Translators: a date with its year; then the same with hour and minute.
DATED = N_("{day} {year}")
TIMED = N_("{day}, {time}")

# How long; they stand in a row, such as 1 h 30 min.
LENGTHS = {
    "d": (N_("1 d"), N_("{n} d")),
    "h": (N_("1 h"), N_("{n} h")),
    "min": (N_("1 min"), N_("{n} min")),
    "s": (N_("1 s"), N_("{n} s")),
}
