"""A full live decision of the default policy against other rule engines over the same tables."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.answers import Said, is_in_doubt, said_by_peer, said_by_us
from benchmarks.business_rules_peer import BusinessRules
from benchmarks.counts import Counts
from benchmarks.measuring import Timing, interleaved
from benchmarks.peers import Facts, Peer, facts_for
from benchmarks.plain_steps import Step, steps_of
from benchmarks.report import Grid, Section, Target
from benchmarks.rule_engine_peer import RuleEngine
from benchmarks.sample import Sample, default_policy, samples
from benchmarks.zen_peer import ZenLoader, ZenObjects
from policy_service.domain.outcomes import DecisionType
from policy_service.engines.chain import Chains
from policy_service.engines.parameters import parameters_of
from policy_service.language.policy import Policy
from policy_service.services.canonical_json import canonical_bytes
from policy_service.services.engine_pair import EnginePair
from policy_service.services.record import record

OBJECTS, LOADER = "zen-engine, decision objects", "zen-engine, precompiled loader"
PAIR = "**both engines and the comparison**"
DURABLE, INTERPRETER, RECORD = "durable engine alone", "interpreter alone", "building the three records"
_KINDS = (DecisionType.REVIEW, DecisionType.ESCALATION, DecisionType.ORDER)


@dataclass(frozen=True, slots=True)
class Case:
    """One customer's decision of one type, with the facts as the peers take them."""

    kind: DecisionType
    sample: Sample
    facts: Facts


@dataclass(frozen=True, slots=True)
class Compared:
    """Who answered otherwise than we did, and how many decisions could not be compared at all."""

    answers: int
    differing: Mapping[str, int]
    left_out: int


def run(counts: Counts) -> Section:
    """Measure, after the peers' answers were compared with ours on every value set."""
    policy = default_policy()
    pair = EnginePair(policy)
    try:
        cases = make_cases(policy, counts)
        peers = make_peers(policy)
        compared = compare(policy, pair, peers, cases)
        contenders = {**_ours(policy, pair, cases), **{name: _asking(peer, cases) for name, peer in peers.items()}}
        timings = interleaved(contenders, counts.rounds, len(cases) // len(_KINDS))
        parts = interleaved(_by_kind(pair, peers[LOADER], cases), counts.rounds, len(cases) // len(_KINDS))
    finally:
        pair.close()
    return _section(timings, parts, compared)


def make_peers(policy: Policy) -> dict[str, Peer]:
    """Return all peers, loaded with the policy's chains."""
    chains = {kind: steps_of(policy.chain(kind), policy.vocabulary) for kind in _KINDS}
    parameters = parameters_of(policy)
    return {
        OBJECTS: ZenObjects(chains, parameters),
        LOADER: ZenLoader(chains, parameters),
        "rule-engine": RuleEngine(chains, parameters),
        "business-rules": BusinessRules(chains, parameters),
    }


def compare(policy: Policy, pair: EnginePair, peers: Mapping[str, Peer], cases: Sequence[Case]) -> Compared:
    """Return how many answers differ, peer by peer."""
    steps: dict[DecisionType, tuple[Step, ...]] = {
        kind: steps_of(policy.chain(kind), policy.vocabulary) for kind in _KINDS
    }
    differing = dict.fromkeys(peers, 0)
    left_out = 0
    for case in cases:
        result = pair.decide(case.kind, case.sample.values)
        if is_in_doubt(result):
            left_out += 1
            continue
        ours: Said = said_by_us(policy, result)
        for name, peer in peers.items():
            differing[name] += ours != said_by_peer(policy, steps[case.kind], peer.ask(case.kind, case.facts))
    return Compared(len(cases) - left_out, differing, left_out)


def make_cases(policy: Policy, counts: Counts) -> list[Case]:
    """Return every chain of every customer of the sample."""
    return [
        Case(kind, decisions[kind], facts_for(policy, kind, decisions[kind].values))
        for decisions in samples(counts.customers, counts.invoices)
        for kind in _KINDS
    ]


def _ours(policy: Policy, pair: EnginePair, cases: Sequence[Case]) -> dict[str, Callable[[], object]]:
    durable, interpreter = Chains(pair.durable, policy), Chains(pair.interpreter, policy)

    def recorded() -> None:
        for case in cases:
            sample = case.sample
            canonical_bytes(record(sample.about, sample.chain, sample.facts, sample.codes))

    return {
        PAIR: lambda: [pair.decide(case.kind, case.sample.values) for case in cases],
        DURABLE: lambda: [durable.run(case.kind, case.sample.values) for case in cases],
        INTERPRETER: lambda: [interpreter.run(case.kind, case.sample.values) for case in cases],
        RECORD: recorded,
    }


def _asking(peer: Peer, cases: Sequence[Case]) -> Callable[[], object]:
    return lambda: [peer.ask(case.kind, case.facts) for case in cases]


def _by_kind(pair: EnginePair, peer: Peer, cases: Sequence[Case]) -> dict[str, Callable[[], object]]:
    contenders: dict[str, Callable[[], object]] = {}
    for kind in _KINDS:
        chosen = [case for case in cases if case.kind is kind]
        contenders[f"{kind.value} ours"] = _deciding(pair, chosen)
        contenders[f"{kind.value} zen"] = _asking(peer, chosen)
    return contenders


def _deciding(pair: EnginePair, cases: Sequence[Case]) -> Callable[[], object]:
    return lambda: [pair.decide(case.kind, case.sample.values) for case in cases]


def _section(timings: Mapping[str, Timing], parts: Mapping[str, Timing], compared: Compared) -> Section:
    objects, loader = timings[OBJECTS], timings[LOADER]
    rows = [
        (name, timing.microseconds, timing.ratio_to(objects), timing.ratio_to(loader))
        for name, timing in timings.items()
    ]
    kinds = [
        (
            kind.value,
            parts[f"{kind.value} ours"].microseconds,
            parts[f"{kind.value} zen"].microseconds,
            parts[f"{kind.value} ours"].ratio_to(parts[f"{kind.value} zen"]),
        )
        for kind in _KINDS
    ]
    both = timings[PAIR]
    agreement = "; ".join(f"{name}: {count} differ" for name, count in compared.differing.items())
    return Section(
        "A full live decision",
        "Review, escalation and order check of the default policy for one customer, on values drawn from a generated "
        "ledger. Everything is compiled once; the facts are measured before.",
        (
            Grid(("", "µs a decision", "of zen, objects", "of zen, loader"), tuple(rows)),
            Grid(("by chain", "both engines, µs", "zen, loader, µs", "ratio"), tuple(kinds)),
        ),
        (
            f"Answers compared before measuring: {compared.answers} chains (outcome, outputs, hit rows, releases). "
            f"{agreement}. Left out as no peer knows missing facts: {compared.left_out}.",
            "The peers give no reasons and have no second engine; rule-engine and business-rules need Python around "
            "their rules, business-rules its arithmetic too.",
        ),
        (
            Target("A live decision, of zen-engine through decision objects", both.ratio_to(objects), 1.0),
            Target("A live decision, of zen-engine at its fastest", both.ratio_to(loader), 5.0),
        ),
    )
