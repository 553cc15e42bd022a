"""A rehearsed year as tables for a reader."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from rich.table import Table

from app.cli.ground import console, say
from app.rehearsal.outcome import Difference, Outcome, differences


def print_outcome(outcome: Outcome) -> None:
    """Print what happened, the promises first."""
    say(_headline(outcome, f"the policy of {outcome.policy}"))
    for table in (
        _clocks(outcome),
        _laws(outcome),
        _solving(outcome),
        _climbs(outcome),
        _loads(outcome),
        _messages(outcome),
        _states(outcome),
    ):
        if table.row_count:
            console.print(table)
    say(
        "Open: not due yet at the end. Ended: the case ended before it was due, so it"
        " is in no share. Half, 9 of 10: by when so many of all were solved."
    )
    say(
        f"Clocks were paused for {outcome.paused_per_cent:g} % of the time that cases"
        f" were open. {sum(outcome.refused.values()):,} acts were refused by the rules."
    )


def print_comparison(outcomes: Sequence[Outcome], labels: Sequence[str]) -> None:
    """Print two outcomes side by side, figure by figure."""
    before, after = outcomes
    shown = [f"{label} ({o.policy})" for label, o in zip(labels, outcomes, strict=True)]
    say(
        _headline(
            before, f"the policy {shown[0]}; then the same cases under {shown[1]}"
        )
    )
    table = Table("", "figure", title="What would change", title_justify="left")
    for label in (*labels, "difference"):
        table.add_column(label, justify="right")
    for group, rows in groupby(differences(before, after), lambda each: each.group):
        for number, row in enumerate(rows):
            table.add_row(
                "" if number else group,
                row.name,
                _value(row.before, row.unit),
                _value(row.after, row.unit),
                _change(row),
            )
        table.add_section()
    console.print(table)


def _headline(outcome: Outcome, policy: str) -> str:
    sites = ", ".join(f"{n} {temper}" for temper, n in outcome.sites.items())
    months = "month" if outcome.months == 1 else "months"
    return (
        f"{outcome.cases:,} cases in {outcome.months} {months}"
        f" from {outcome.start[:10]}, played until {outcome.played_until[:10]},"
        f" under {policy}."
        f" Sites whose committees answer: {sites}. Seed {outcome.seed}."
    )


def _table(title: str, *columns: str, words: int = 1) -> Table:
    """Return a table whose first `words` columns are words, and the rest figures."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number < words else "right")
    return table


def _clocks(outcome: Outcome) -> Table:
    table = _table(
        "Promises",
        *("clock", "severity", "in time", "missed", "open", "ended", "share in time"),
        words=2,
    )
    for name, rows in groupby(outcome.clocks, lambda each: each.clock):
        for number, row in enumerate(rows):
            table.add_row(
                "" if number else name,
                row.severity,
                *(f"{n:,}" for n in (row.in_time, row.missed, row.open, row.ended)),
                _value(row.per_cent, "%"),
            )
        table.add_section()
    return table


def _laws(outcome: Outcome) -> Table:
    table = _table(
        "The law's own terms, where nobody goes to an authority",
        *("law", "in time", "passed", "open", "ended"),
    )
    for row in outcome.laws:
        counts = (row.in_time, row.passed, row.open, row.ended)
        table.add_row(row.law, *(f"{n:,}" for n in counts))
    return table


def _solving(outcome: Outcome) -> Table:
    table = _table(
        "Days until declared solved", "severity", "cases", "solved", "half", "9 of 10"
    )
    for row in outcome.solving:
        table.add_row(
            row.severity,
            *(f"{row.cases:,}", f"{row.solved:,}"),
            _value(row.median, "days"),
            _value(row.p90, "days"),
        )
    return table


def _climbs(outcome: Outcome) -> Table:
    table = _table("Escalations", "rung", "reason", "times", words=2)
    for row in outcome.climbs:
        table.add_row(row.rung, row.reason, f"{row.count:,}")
    table.add_section()
    for word, count in outcome.answers.items():
        table.add_row("rungs that were to answer", word, f"{count:,}")
    return table


def _loads(outcome: Outcome) -> Table:
    table = _table(
        "Load",
        *("desk", "answers", "cases", "alerts", "escalations", "messages"),
        "fullest month",
        words=2,
    )
    for row in outcome.loads:
        table.add_row(
            row.desk,
            row.temper,
            *(f"{n:,}" for n in (row.cases, row.alerts, row.escalations, row.messages)),
            f"{row.peak:,} in {row.peak_month}" if row.peak else "-",
        )
    return table


def _messages(outcome: Outcome) -> Table:
    table = _table("Messages owed", "template", "messages")
    for name, count in outcome.messages.items():
        table.add_row(name, f"{count:,}")
    table.add_section()
    table.add_row("all", f"{sum(outcome.messages.values()):,}")
    if outcome.busiest_day:
        day = datetime.fromisoformat(outcome.busiest_day)
        table.add_row(f"on the busiest day, {day:%d %b %Y}", f"{outcome.busiest:,}")
    return table


def _states(outcome: Outcome) -> Table:
    table = _table("Cases at the end", "state", "cases")
    for name, count in outcome.states.items():
        table.add_row(name, f"{count:,}")
    return table


def _value(value: float | None, unit: str) -> str:
    if value is None:
        return "never" if unit == "days" else "-"
    return f"{value:,.1f}" + (" %" if unit == "%" else "") if unit else f"{value:,}"


def _change(row: Difference) -> str:
    """A difference of two shares is in points, not in per cent of either."""
    if row.change is None:
        return "-"
    if not row.change:
        return "="
    return f"{row.change:+,.1f}" if row.unit else f"{row.change:+,}"
