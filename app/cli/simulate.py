"""`threadline simulate`: a year in advance, under one policy or two."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from app.actions.import_policy import shipped_policy
from app.cli.ground import Ground, on_ground, print_json
from app.cli.simulated import print_comparison, print_outcome
from app.domain.directory import Directory
from app.domain.errors import BadInput
from app.domain.policy import Policy, parse_policy
from app.rehearsal.outcome import Outcome, differences
from app.rehearsal.plan import Plan, Shares, Words
from app.rehearsal.rehearse import compare

MOST_POLICIES = 2


def add_to(app: typer.Typer) -> None:
    app.command()(simulate)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A policy to play, None for what is in force, and what to call it."""

    label: str
    policy: Policy | None


PolicyFiles = Annotated[
    list[Path] | None,
    typer.Option(
        "--policy",
        help="A policy file to try: once beside the one in force, or two of them.",
    ),
]
PerCent = Annotated[
    float | None,
    typer.Option(help="Of a hundred sites' committees; the three come to 100."),
]


def simulate(
    months: Annotated[int, typer.Option(help="In which cases come.")] = 12,
    cases: Annotated[int, typer.Option(help="How many cases come.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed, the same year.")] = 1,
    policy: PolicyFiles = None,
    start: Annotated[
        str, typer.Option(help="First day, YYYY-MM-DD; else the 1st of next month.")
    ] = "",
    well: PerCent = None,
    late: PerCent = None,
    never: PerCent = None,
    partners: Annotated[
        str, typer.Option(help="Partners and secretariat: WELL/LATE/NEVER.")
    ] = "",
    above: Annotated[
        str, typer.Option(help="Factories' heads and brands: WELL/LATE/NEVER.")
    ] = "",
    words: Annotated[
        str,
        typer.Option(help="Workers, asked if it is solved: CONFIRM/NO/SILENT."),
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Play a year through the real rules with made-up people: what would happen.

    Nothing is written and nobody is told. The people are assumptions: compare
    two policies by it, and do not take its shares for a forecast.
    """
    plan = _plan(well, late, never, partners, above, words)
    candidates = _candidates(policy or [])

    async def work(ground: Ground) -> tuple[Directory, datetime]:
        return await ground.directory(), ground.at

    directory, at = on_ground(work)
    begins = _start(start, at)
    outcomes = _played(
        directory, plan, candidates, months=months, cases=cases, seed=seed, start=begins
    )
    if as_json:
        print_json(_as_data(candidates, outcomes))
    elif len(outcomes) == 1:
        print_outcome(outcomes[0])
    else:
        print_comparison(outcomes, [each.label for each in candidates])


def _played(
    directory: Directory,
    plan: Plan,
    candidates: Sequence[_Candidate],
    *,
    months: int,
    cases: int,
    seed: int,
    start: datetime,
) -> list[Outcome]:
    """Play with a bar on stderr where a person looks at it."""
    bar = Progress(
        TextColumn("playing {task.fields[what]}"),
        BarColumn(),
        TextColumn("{task.percentage:3.0f} %"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("", total=1.0, what=f"{months} months, {cases:,} cases")
        return compare(
            directory,
            plan,
            [each.policy for each in candidates],
            months=months,
            cases=cases,
            seed=seed,
            start=start,
            on_progress=lambda share: bar.update(task, completed=share),
        )


def _as_data(
    candidates: Sequence[_Candidate], outcomes: Sequence[Outcome]
) -> dict[str, Any]:
    if len(outcomes) == 1:
        return outcomes[0].as_data()
    before, after = outcomes
    return {
        "before": {"label": candidates[0].label, **before.as_data()},
        "after": {"label": candidates[1].label, **after.as_data()},
        "differences": [
            {**asdict(each), "change": each.change}
            for each in differences(before, after)
        ],
    }


# ------------------------------------------------------------------ what is asked


def _candidates(files: Sequence[Path]) -> list[_Candidate]:
    if len(files) > MOST_POLICIES:
        raise BadInput("--policy: two policies are compared at a time; give two files.")
    tried = [_Candidate(file.name, _policy(file)) for file in files]
    if len(tried) == MOST_POLICIES:
        return tried
    return [_Candidate("in force", None), *tried]


def _policy(file: Path) -> Policy:
    """Read a policy as an import would, and keep nothing of it."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror or 'it cannot be read'}.") from None
    except UnicodeDecodeError:
        raise BadInput(f"{file}: save the file as UTF-8.") from None
    try:
        return parse_policy(text, base=shipped_policy())
    except BadInput as problem:
        raise BadInput(f"{file}:\n{problem}") from None


def _plan(
    well: float | None,
    late: float | None,
    never: float | None,
    partners: str,
    above: str,
    words: str,
) -> Plan:
    plan = Plan()
    given = (well, late, never)
    if given != (None, None, None):
        plan = replace(plan, committees=Shares(*_hundred("--well …", given)))
    if partners:
        plan = replace(plan, partners=Shares(*_three("--partners", partners)))
    if above:
        plan = replace(plan, above=Shares(*_three("--above", above)))
    if words:
        plan = replace(plan, words=Words(*_three("--words", words)))
    return plan


def _three(option: str, text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split("/")]
    except ValueError:
        numbers = []
    if len(numbers) != len(("well", "late", "never")):
        raise BadInput(f"{option} {text}: write three numbers, such as 60/30/10.")
    return _hundred(option, numbers)


def _hundred(option: str, numbers: Sequence[float | None]) -> list[float]:
    """Return the three; one that was left out is 0."""
    three = [number or 0 for number in numbers]
    if min(three) < 0 or abs(sum(three) - 100) > 0.01:
        shown = " + ".join(f"{number:g}" for number in three)
        raise BadInput(
            f"{option}: the three come to 100, none below 0; these are {shown}."
        )
    return three


def _start(text: str, at: datetime) -> datetime:
    if not text:
        years, month = divmod(at.month, 12)
        return datetime(at.year + years, month + 1, 1, tzinfo=UTC)
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise BadInput(f"--start {text}: write a date such as {at:%Y}-12-01.") from None
