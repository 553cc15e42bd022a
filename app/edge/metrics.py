"""What is counted: how often, how long, how much waits; never who or what."""

from collections.abc import Iterator

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from app.edge.pulse import Pulse
from app.store.lateness import Lateness

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.12, 0.25, 0.5, 1, 2.5, 5, 15)


class LatenessOfStrikes(Collector):
    """How late clocks were struck, as Postgres keeps it: no restart forgets it."""

    def __init__(self) -> None:
        self.known: Lateness | None = None

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """Give the histogram as it was last read; nothing where it was not."""
        histogram = HistogramMetricFamily(
            "threadline_strike_lateness_seconds",
            "Time from a clock's due time until the sweep struck it.",
        )
        if self.known is not None:
            buckets = [
                ("+Inf" if most is None else str(float(most)), float(count))
                for most, count in self.known.summed()
            ]
            histogram.add_metric([], buckets, self.known.seconds)
        yield histogram


class Metrics:
    """One process's counters, in a registry of their own.

    Labels hold only names that this code chose: routes, kinds, statuses.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.signatures_refused = self._counter(
            "signatures_refused", "Requests without the provider's signature.", "route"
        )
        self.forms_unfit = self._counter(
            "forms_unfit", "Signed forms that are not of their form.", "route"
        )
        self.passed_by = self._counter(
            "passed_by",
            "What a carrier told of that is none of a worker's: text, report, call.",
            "kind",
        )
        self.turns = self._counter(
            "turns", "Texts heard for the first time and answered.", "channel"
        )
        self.repeats = self._counter(
            "repeats", "Texts that the provider brought again.", "channel"
        )
        self.contacts = self._counter(
            "contacts", "New texts by what they were: about a case, or not.", "kind"
        )
        self.deliveries = self._counter(
            "delivery_reports",
            "Delivery reports: noted, or ignored as repeated or not ours.",
            "outcome",
        )
        self.faults = self._counter(
            "faults", "Requests that ended in an error of ours.", "kind"
        )
        self.seconds = Histogram(
            "threadline_request_seconds",
            "Time from a request's first byte to its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._owed = self._gauge("owed_messages", "Messages that wait to be sent.")
        self._owed_age = self._gauge(
            "owed_oldest_seconds", "Age of the oldest message due to be sent."
        )
        self._overdue = self._gauge(
            "sweeps_overdue", "Deadlines whose next look has passed."
        )
        self._overdue_age = self._gauge(
            "sweep_oldest_seconds", "How long the longest overdue look waits."
        )
        self._unfetched = self._gauge(
            "recordings_owed", "Recordings that wait to be fetched."
        )
        self._unfetched_age = self._gauge(
            "recordings_owed_oldest_seconds", "Age of the oldest recording to fetch."
        )
        self._at_carrier = self._gauge(
            "recordings_at_carrier", "Recordings that the carrier still has."
        )
        self._at_carrier_age = self._gauge(
            "recordings_at_carrier_oldest_seconds",
            "Age of the oldest recording that the carrier still has.",
        )
        self._unswept = self._gauge(
            "unswept_deadlines", "Clocks past their due time that nobody has struck."
        )
        self._unswept_age = self._gauge(
            "unswept_oldest_seconds", "How long the longest of them is past it."
        )
        self._stuck_rungs = self._gauge(
            "stuck_rungs", "Timers of rungs past their time: ladders that stand still."
        )
        self._stuck_rungs_age = self._gauge(
            "stuck_rungs_oldest_seconds", "How long the longest of them stands still."
        )
        self._differing = self._gauge(
            "deadlines_differing", "Clocks that the last look found to be wrong."
        )
        self._without_basis = self._gauge(
            "deadlines_without_basis", "Clocks that run to a date nobody can reckon."
        )
        self._rechecked = self._gauge(
            "recheck_age_seconds", "Since when all clocks were last reckoned again."
        )
        self._lateness = LatenessOfStrikes()
        self.registry.register(self._lateness)
        self._bell = self._gauge(
            "bell_failures", "Rings that no worker can have heard, since the start."
        )
        self._database = self._gauge("database_up", "Whether Postgres answered.")

    def page(self, pulse: Pulse | None, *, bell_failures: int) -> bytes:
        """Return the exposition text; None where the database did not answer."""
        self._database.set(pulse is not None)
        self._bell.set(bell_failures)
        unknown = float("nan")
        for gauge, name in (
            (self._owed, "owed"),
            (self._owed_age, "oldest_owed_seconds"),
            (self._overdue, "overdue"),
            (self._overdue_age, "oldest_overdue_seconds"),
            (self._unfetched, "recordings_owed"),
            (self._unfetched_age, "oldest_recording_owed_seconds"),
            (self._at_carrier, "recordings_at_carrier"),
            (self._at_carrier_age, "oldest_recording_at_carrier_seconds"),
            (self._unswept, "unswept"),
            (self._unswept_age, "oldest_unswept_seconds"),
            (self._stuck_rungs, "stuck_rungs"),
            (self._stuck_rungs_age, "oldest_stuck_rung_seconds"),
            (self._differing, "differing"),
            (self._without_basis, "without_basis"),
            (self._rechecked, "rechecked_seconds"),
        ):
            value = None if pulse is None else getattr(pulse, name)
            gauge.set(unknown if value is None else value)
        self._lateness.known = pulse.lateness if pulse else None
        return generate_latest(self.registry)

    def _counter(self, name: str, help_text: str, label: str) -> Counter:
        return Counter(
            f"threadline_{name}", help_text, (label,), registry=self.registry
        )

    def _gauge(self, name: str, help_text: str) -> Gauge:
        return Gauge(f"threadline_{name}", help_text, registry=self.registry)
