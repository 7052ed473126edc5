"""Counts for whoever watches over the program (`/metrics`); never a text, a key or an address.

A label only ever has a value from a short list of our own: a channel, a verdict, a result.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

# Upper bounds in seconds of the times that are counted.
BOUNDS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """The counts of one running program; each program (and each test) has its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers = Counter(
            "deelwijzer_answers", "Beantwoorde berichten", ("channel", "verdict"), registry=self.registry
        )
        self._seconds = Histogram(
            "deelwijzer_answer_seconds",
            "Tijd van bericht tot antwoord",
            ("channel",),
            registry=self.registry,
            buckets=BOUNDS,
        )
        self._failures = Counter(
            "deelwijzer_failures", "Berichten waarbij het antwoorden misging", ("channel",), registry=self.registry
        )
        self._refusals = Counter(
            "deelwijzer_refusals", "Berichten die niet zijn aangenomen", ("channel", "why"), registry=self.registry
        )
        self._deliveries = Counter(
            "deelwijzer_deliveries", "Pogingen om iets te versturen", ("channel", "result"), registry=self.registry
        )
        self._nlu_away = Counter(
            "deelwijzer_nlu_away", "Vragen waarbij het taalproces niet antwoordde", registry=self.registry
        )
        self._waiting = Gauge("deelwijzer_waiting", "Wat in de bus ligt", ("box",), registry=self.registry)

    def answered(self, channel: str, verdict: str | None, seconds: float) -> None:
        """A message was answered; the time is in seconds."""
        self._answers.labels(channel, verdict or "none").inc()
        self._seconds.labels(channel).observe(seconds)

    def failed(self, channel: str) -> None:
        """Answering a message failed."""
        self._failures.labels(channel).inc()

    def refused(self, channel: str, why: str) -> None:
        """A message was not taken: told before, too many, not allowed."""
        self._refusals.labels(channel, why).inc()

    def delivered(self, channel: str, result: str) -> None:
        """A unit was sent, will be tried later, or was given up."""
        self._deliveries.labels(channel, result).inc()

    def nlu_away(self) -> None:
        """A question could not be understood because Rasa was not there."""
        self._nlu_away.inc()

    def watch(self, sizes: Callable[[], Mapping[str, int]], boxes: tuple[str, ...] = ("inbox", "outbox")) -> None:
        """Show how much waits, counted whenever somebody looks."""
        for box in boxes:
            self._waiting.labels(box).set_function(lambda box=box: sizes()[box])  # type: ignore[misc]

    def page(self) -> bytes:
        """All counts in the form of Prometheus."""
        return generate_latest(self.registry)
