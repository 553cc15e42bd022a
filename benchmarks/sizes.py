"""How much is measured: the whole, or a look within two minutes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Numbers of rounds, texts and cases."""

    rounds: int
    texts_a_round: int
    steady_rate: float
    steady_seconds: float
    few_cases: int
    many_cases: int
    inserts: int
    due_at_once: int
    due_times: int
    room_cases: int
    room_looks: int
    figure_cases: tuple[int, ...]
    installs: bool


FULL = Sizes(
    rounds=5,
    texts_a_round=3000,
    steady_rate=200,
    steady_seconds=30,
    few_cases=10_000,
    many_cases=1_000_000,
    inserts=600,
    due_at_once=10_000,
    due_times=100_000,
    room_cases=200_000,
    room_looks=300,
    figure_cases=(10_000, 100_000, 1_000_000),
    installs=True,
)

QUICK = Sizes(
    rounds=3,
    texts_a_round=800,
    steady_rate=200,
    steady_seconds=5,
    few_cases=10_000,
    many_cases=50_000,
    inserts=200,
    due_at_once=2_000,
    due_times=20_000,
    room_cases=20_000,
    room_looks=100,
    figure_cases=(5_000, 20_000),
    installs=False,
)
