"""The report of a comparison as plain data, in the shape of REPLAY.md: amounts are whole minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from policy_service.engines.version import ENGINE_VERSION
from policy_service.services.canonical_json import canonical_bytes
from simulations.accounting.calendar import mondays, text_of
from simulations.accounting.costs import Costs
from simulations.accounting.kpis import Kpis
from simulations.comparison.cause import Cause
from simulations.comparison.comparison import Comparison
from simulations.comparison.customers import Why
from simulations.comparison.run_key import PolicyRun
from simulations.replay.options import Options

Report: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class UnderStress:
    """That the ledger was changed: by which stresses and with what effect, from which one, and what it came to."""

    effects: Sequence[Mapping[str, Any]]
    recorded_ledger_hash: str
    baseline: Kpis
    candidate: Kpis


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What a comparison cannot know of its run: how long it took, and what the live engine says to a sample of it.

    `re_decided` are the orders of the sample and `agreed` those that the live engine decides alike. `causes` are the
    cells that decided a customer's first moved order, by the customer's number, as far as they were looked up.
    `stress` is there if the ledger is not as recorded.
    """

    seconds: float = 0.0
    re_decided: int = 0
    agreed: int = 0
    causes: Mapping[int, Cause] = field(default_factory=dict)
    stress: UnderStress | None = None


NOTHING_KNOWN = Circumstances()


def report_of(found: Comparison, circumstances: Circumstances = NOTHING_KNOWN) -> Report:
    """Return the report."""
    return {
        "run": _run(found, circumstances),
        "baseline": found.baseline,
        "candidate": found.candidate,
        "difference": found.difference,
        "intervals": found.intervals,
        "swap_set": found.swap_set,
        "outcomes": found.outcomes,
        "customers": [_customer(found, number, circumstances) for number in found.customers.changed()],
        "cohorts": _cohorts(found),
        "grade_migration": found.grade_migration,
        "timeline": _timeline(found),
        "workload": _workload(found),
        "caveats": [{"code": caveat.code, "text": caveat.text} for caveat in found.caveats],
        "evidence": found.evidence,
        **_stress(circumstances.stress),
    }


def report_bytes(report: Report) -> bytes:
    """Return the report as canonical JSON: the same run gives the same bytes, but for its `seconds`."""
    return canonical_bytes(report)


def why_of(found: Comparison, number: int, circumstances: Circumstances) -> Mapping[str, Any] | None:
    """Return why a customer's first moved order changed; None if none of its orders moved."""
    why = found.customers.why(number)
    return None if why is None else _why(why, circumstances.causes.get(number))


def _run(found: Comparison, circumstances: Circumstances) -> Mapping[str, Any]:
    question = found.question
    options = question.options
    return {
        "key": found.key,
        "policies": {
            "baseline": policy_as_data(question.baseline.run),
            "candidate": policy_as_data(question.candidate.run),
        },
        "ledger_hash": question.ledger_hash,
        "engine_version": ENGINE_VERSION,
        "mode": options.mode,
        "assumptions": assumptions_as_data(options, question.costs),
        "window": {"from": text_of(options.begins), "to": text_of(options.ends)},
        "customers": len(found.customers.ids),
        "orders": found.orders,
        "seconds": circumstances.seconds,
        "sample_agreement": {"orders": circumstances.re_decided, "agreed": circumstances.agreed},
        "leak_alarm": found.ledger.posted_late,
        "quarantined": found.ledger.quarantined,
    }


def policy_as_data(run: PolicyRun) -> Mapping[str, Any]:
    """Return what a report says of a policy that was replayed."""
    return {"policy": run.policy, "hash": run.hash or None, "parameters": dict(run.parameters)}


def assumptions_as_data(options: Options, costs: Costs) -> Mapping[str, Any]:
    """Return what a report says of the assumptions and rates of a run."""
    return {
        "held_orders": options.held_orders,
        "release_days": options.release_days,
        "payment_behaviour": options.payment_behaviour,
        "yearly_rate": str(costs.yearly_rate),
        "margin": str(costs.margin),
        "loss_given_default": str(costs.loss_given_default),
        "cost_per_step": costs.per_step,
    }


def _stress(stress: UnderStress | None) -> Mapping[str, Any]:
    if stress is None:
        return {}
    without = {"baseline": stress.baseline, "candidate": stress.candidate}
    told = {"effects": stress.effects, "recorded_ledger_hash": stress.recorded_ledger_hash, "without": without}
    return {"stress": told}


def _customer(found: Comparison, number: int, circumstances: Circumstances) -> Mapping[str, Any]:
    baseline, candidate = found.customers.figures(number)
    return {
        "customer_id": found.customers.ids[number],
        "moved_amount": int(found.customers.moves.moved[number]),
        "baseline": baseline,
        "candidate": candidate,
        "why": why_of(found, number, circumstances),
    }


def _why(why: Why, cause: Cause | None) -> Mapping[str, Any]:
    told: dict[str, Any] = {"date": why.date, "rule_set": why.rule_set, "row": why.row, "cell": why.cell}
    if cause is None:
        return told
    looked_up = {"value": cause.value, "bound": cause.bound, "distance": cause.distance}
    return {**told, "cell": cause.cell, "cell_row": cause.row, **looked_up}


def _cohorts(found: Comparison) -> Mapping[str, Mapping[str, Any]]:
    cohorts: dict[str, dict[str, Any]] = {}
    for dimension, value, baseline, candidate in found.cohorts:
        cohorts.setdefault(dimension, {})[value] = {"baseline": baseline, "candidate": candidate}
    return cohorts


def _timeline(found: Comparison) -> Sequence[Mapping[str, Any]]:
    return [
        {"month": month, "baseline": baseline, "candidate": candidate}
        for (month, baseline), (_, candidate) in zip(*found.timelines, strict=True)
    ]


def _workload(found: Comparison) -> Mapping[str, Any]:
    options = found.question.options
    baseline, candidate = found.workloads
    return {
        "weeks": mondays(options.begins, options.ends),
        "capacity": dict(found.question.costs.capacities),
        "baseline": baseline,
        "candidate": candidate,
    }
