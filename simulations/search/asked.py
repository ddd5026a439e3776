"""What a search is asked: the policy, the history, and the assumptions; what it is known by."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from policy_service.engines.version import ENGINE_VERSION
from policy_service.language.policy import Policy
from policy_service.services.canonical_json import canonical_bytes
from simulations.accounting.calendar import has_orders, text_of
from simulations.accounting.costs import DEFAULT_COSTS, Costs
from simulations.accounting.kpis import NULL_REASONS, Kpis
from simulations.comparison.caveats import NO_ORDERS, Caveat, caveats, ledger_caveats, prepayment_caveats
from simulations.comparison.evidence import Evidence, evidence
from simulations.comparison.run_key import key_of
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import Options
from simulations.report.contents import assumptions_as_data, policy_as_data
from simulations.runs.simulation import Candidate, side_of
from simulations.runs.stressed_simulation import STRESSED
from simulations.search.dials import Dial
from simulations.search.figures import figure_of
from simulations.search.trust import Sample
from simulations.stress.applying import Effect, Stressed, effect_as_data


@dataclass(frozen=True, slots=True)
class Asked:
    """A policy over a history; `stress` is there if the history is not as recorded."""

    snapshot: Snapshot
    policy: Policy
    options: Options
    costs: Costs = DEFAULT_COSTS
    stress: Stressed | None = None

    @property
    def effects(self) -> Sequence[Effect]:
        """The stresses that the history is under."""
        return self.stress.effects if self.stress else ()

    def key(self, search: Mapping[str, Any]) -> str:
        """Return what the search is known by: the hash of everything that its answer depends on."""
        runs = key_of((side_of(Candidate(self.policy)).run,), self.snapshot.hash, self.options, self.costs)
        return sha256(canonical_bytes({"runs": runs, "search": search})).hexdigest()

    def caveats(self, runs: Iterable[Kpis]) -> Sequence[Caveat]:
        """Return what a reader must know of the runs that came to these figures, and of every run."""
        prepaid = {(_count(kpis, "prepaid"), _count(kpis, "orders")) for kpis in runs}
        found = caveats(ledger_caveats(self.snapshot), [self.policy], self.options, (), has_bands=True)
        is_empty = not has_orders(self.snapshot, self.options.begins, self.options.ends)
        return [
            *((NO_ORDERS,) if is_empty else ()),
            *((STRESSED,) if self.stress else ()),
            *prepayment_caveats(self.options, prepaid),
            *found,
        ]

    def evidence(self, kpis: Kpis) -> Mapping[str, Evidence]:
        """Return what each figure rests on.

        Nothing is labelled as observed: with other values of a parameter terms are not known to be as recorded.
        """
        names = [name for name in kpis if name != NULL_REASONS]
        if self.stress:
            return dict.fromkeys(names, Evidence.ASSUMED)
        return evidence(names, self.options, on_recorded_terms=False)


def run_as_data(asked: Asked, key: str, sample: Sample, seconds: float, runs: int) -> dict[str, Any]:
    """Return what a report of a search says of its runs."""
    options = asked.options
    told: dict[str, Any] = {
        "key": key,
        "policy": policy_as_data(side_of(Candidate(asked.policy)).run),
        "ledger_hash": asked.snapshot.hash,
        "engine_version": ENGINE_VERSION,
        "mode": options.mode,
        "assumptions": assumptions_as_data(options, asked.costs),
        "window": {"from": text_of(options.begins), "to": text_of(options.ends)},
        "customers": asked.snapshot.customers,
        "runs": runs,
        "seconds": seconds,
        "sample_agreement": {"orders": sample.orders, "agreed": sample.orders - len(sample.disagreements)},
        "quarantined": asked.snapshot.quarantined,
    }
    if asked.stress:
        told["stress"] = {
            "effects": [effect_as_data(effect) for effect in asked.effects],
            "recorded_ledger_hash": asked.stress.recorded.hash,
        }
    return told


def dial_as_data(dial: Dial) -> dict[str, Any]:
    """Return what a report says of a parameter; values are in steps of its type."""
    parameter = dial.parameter
    return {
        "name": parameter.name,
        "title": {"en": parameter.title.en, "zh": parameter.title.zh},
        "type": parameter.kind,
        "unit": parameter.unit,
        "value": parameter.value,
        "from": dial.values[0],
        "to": dial.values[-1],
        "step": dial.step,
        "steps": len(dial.values),
    }


def caveats_as_data(found: Sequence[Caveat]) -> Sequence[Mapping[str, str]]:
    """Return caveats as a report holds them."""
    return [{"code": caveat.code, "text": caveat.text} for caveat in found]


def _count(kpis: Kpis, name: str) -> int:
    return int(figure_of(kpis, name) or 0)
