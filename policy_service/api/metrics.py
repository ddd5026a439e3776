"""Figures of the running service for Prometheus, from one process or from all workers of a machine."""

from collections.abc import Callable, Iterable
from functools import cache
from hmac import compare_digest
from typing import Final

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from policy_service.domain.errors import AccessError, PolicyServiceError
from policy_service.domain.instants import SECOND, Instant
from policy_service.services.house import House
from policy_service.storage.running_figures import Figures, figures

#: Prometheus' text format.
_CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)


class Metrics:
    """What one process counts; under several workers each writes to the shared folder, and any of them shows all."""

    def __init__(self, house: House, clock: Callable[[], Instant]) -> None:
        self._house = house
        self._clock = clock
        # When a series began nobody asks; it would double them.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        own = self._own = CollectorRegistry()
        self._answered = Histogram(
            "policy_request_seconds",
            "Requests answered, by endpoint, method and status.",
            ("endpoint", "method", "status"),
            buckets=_SECONDS,
            registry=own,
        )
        self._decided = Counter(
            "policy_decisions", "Decisions, by type and outcome.", ("type", "outcome"), registry=own
        )
        self._faults = Counter(
            "policy_engine_faults", "Decisions that went to a person because engines failed or disagreed.", registry=own
        )
        self._sent = Counter("policy_webhook_events", "Events sent to webhooks, by result.", ("result",), registry=own)
        self._looked_up = Counter(
            "policy_customer_lookups",
            "Customers needed, by whether they were kept in memory.",
            ("result",),
            registry=own,
        )
        self._noticed = Counter(
            "policy_notices", "Notices of other systems, by what became of them.", ("result",), registry=own
        )
        # To find a series takes longer than to count in it.
        self._of_answers = cache(self._answered.labels)
        self._of_decisions = cache(self._decided.labels)
        self._of_lookups = cache(self._looked_up.labels)

    def answered(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """Count an answered request."""
        self._of_answers(endpoint, method, str(status)).observe(seconds)

    def decided(self, decision_type: str, outcome: str, *, is_fault: bool) -> None:
        """Count a decision."""
        self._of_decisions(decision_type, outcome).inc()
        if is_fault:
            self._faults.inc()

    def sent(self, received: int, failed: int) -> None:
        """Count events that webhooks received, and attempts that failed."""
        self._sent.labels("received").inc(received)
        self._sent.labels("failed").inc(failed)

    def looked_up(self, *, is_kept: bool) -> None:
        """Count a customer that was needed."""
        self._of_lookups("kept" if is_kept else "read").inc()

    def noticed(self, result: str) -> None:
        """Count a notice of another system."""
        self._noticed.labels(result).inc()

    def shown(self) -> bytes:
        """Return everything in Prometheus' text format; without the database, what was counted here."""
        registry = CollectorRegistry()
        if self._house.settings.prometheus_multiproc_dir:
            folder = self._house.settings.prometheus_multiproc_dir
            MultiProcessCollector(registry, folder)  # type: ignore[no-untyped-call]
        else:
            registry.register(_Of(self._own.collect))
        registry.register(_Of(self._waiting))
        return generate_latest(registry)

    def _waiting(self) -> Iterable[Metric]:
        try:
            with self._house.database.reading() as session:
                found = figures(session)
        except PolicyServiceError:
            return (_gauge("policy_database_up", "Whether the database answers.", 0),)
        return _gauges(found, self._clock())


class _Of(Collector):
    def __init__(self, collected: Callable[[], Iterable[Metric]]) -> None:
        self._collected = collected

    def collect(self) -> Iterable[Metric]:
        return self._collected()


def metrics_blueprint(metrics: Metrics, token: str, let_in: Callable[[], None]) -> Blueprint:
    """Return the blueprint that answers GET /metrics, to whoever bears the token if there is one."""
    blueprint = Blueprint("metrics", __name__)

    @blueprint.get("/metrics")
    def show_metrics() -> Response:
        let_in()
        if token:
            _require(token)
        return Response(metrics.shown(), content_type=_CONTENT_TYPE)

    return blueprint


def _require(token: str) -> None:
    given = request.headers.get("Authorization", "").partition(" ")[2]
    if not compare_digest(given.strip().encode(), token.encode()):
        raise AccessError("A401", "This needs the token of METRICS_TOKEN.", remedy="Send Authorization: Bearer TOKEN.")


def _gauges(found: Figures, at: Instant) -> tuple[Metric, ...]:
    return (
        _gauge("policy_database_up", "Whether the database answers.", 1),
        _gauge("policy_webhook_events_waiting", "Events that wait for a webhook.", found.events_waiting),
        _gauge(
            "policy_webhook_oldest_event_seconds",
            "How long the oldest of them has waited.",
            _seconds_since(found.oldest_event_waits_since, at, nothing=0.0),
        ),
        _gauge("policy_orders_held", "Orders that are held.", found.orders_held),
        _gauge("policy_jobs_open", "Jobs that wait or run.", found.jobs_open),
        _gauge(
            "policy_seconds_since_last_seal",
            "Seconds since the ends of chains were last sealed; -1 before the first seal.",
            _seconds_since(found.sealed_at, at, nothing=-1.0),
        ),
    )


def _gauge(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)


def _seconds_since(instant: Instant | None, at: Instant, nothing: float) -> float:
    return nothing if instant is None else max(0.0, (at - instant) / SECOND)
