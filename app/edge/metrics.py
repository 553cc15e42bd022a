"""What is counted: how often, how long, how much waits; never who or what."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)

from app.edge.pulse import Pulse

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.12, 0.25, 0.5, 1, 2.5, 5, 15)


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
        self._bell = self._gauge(
            "bell_failures", "Rings that no worker can have heard, since the start."
        )
        self._database = self._gauge("database_up", "Whether Postgres answered.")

    def page(self, pulse: Pulse | None, *, bell_failures: int) -> bytes:
        """Return the exposition text; None where the database did not answer."""
        self._database.set(pulse is not None)
        self._bell.set(bell_failures)
        gauges = (self._owed, self._owed_age, self._overdue, self._overdue_age)
        if pulse is None:
            for gauge in gauges:
                gauge.set(float("nan"))
        else:
            self._owed.set(pulse.owed)
            self._owed_age.set(pulse.oldest_owed_seconds)
            self._overdue.set(pulse.overdue)
            self._overdue_age.set(pulse.oldest_overdue_seconds)
        return generate_latest(self.registry)

    def _counter(self, name: str, help_text: str, label: str) -> Counter:
        return Counter(
            f"threadline_{name}", help_text, (label,), registry=self.registry
        )

    def _gauge(self, name: str, help_text: str) -> Gauge:
        return Gauge(f"threadline_{name}", help_text, registry=self.registry)
