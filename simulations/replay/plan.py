"""A policy and its assumptions as the replay's kernel reads them: plain numbers, of the same type for every policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np

from policy_service.domain.errors import Place, UnsupportedCondition
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.definitions.built_in_facts import PREVIOUS_PREFIX, declared_name
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.feel.value_text import read_attribute_text
from policy_service.language.policy import ExposureComponent, Parameter, Policy
from policy_service.language.rule_set_names import facts_read_by
from policy_service.language.rule_sets import DecisionTable
from simulations.columnar.program import Compiled, Program, compiled
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.built_ins import asked_for
from simulations.replay.fact_rows import FactRows, fact_rows, read_only
from simulations.replay.ladder_steps import OUTPUTS, Climb, climb_of
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.replay.pace import Pace, pace_of
from simulations.replay.strictness import grants_nothing_unset, ranks, strictness

TYPES: Final = (DecisionType.REVIEW, DecisionType.ORDER, DecisionType.ESCALATION)
REVIEW: Final = 0
ORDER: Final = 1
ESCALATION: Final = 2

COMPONENTS: Final = tuple(ExposureComponent)
_HELD: Final = tuple(HeldOrders)

# The places of `Plan.numbers`.
BEGINS: Final = 0
ENDS: Final = 1
IS_OPEN_LOOP: Final = 2
HELD: Final = 3
RELEASE_DAYS: Final = 4
KEEPS_DATES: Final = 5
COUNTED: Final = 6
ORDER_AMOUNT: Final = 7
DAYS_PAST_DUE: Final = 8
PREPAY_SLOT: Final = 9
HAS_LADDER: Final = 10
INSURED_LIMIT: Final = 11
COVER_SHARE: Final = 12
LOOKS_DAILY: Final = 13
GATE: Final = 14
_NUMBERS: Final = 15


class Plan(NamedTuple):
    """Everything that does not change while history is replayed.

    `facts` are rows of facts, those of each decision type next to each other as `fact_begins` says, with the places of
    their values in `fact_slots`. `asks` are the balances to be added up by decision type. `standing_slots` and
    `previous_slots` are the places of the standing's outputs (-1: the policy does not read it), `strictness`, `grants`
    and `booleans` say how effects bear upon each; `ranks` are those of the texts, for grades and kinds of term.
    `review_rule_sets` are those of a review, `review_sets` which outputs each may set. `effects` are pairs of an output
    and a formula, `bounds` pairs of a fact that ages and an age at which a ladder has to look. `reviewing_events` are
    kinds of events. `row_stops` says of a row whether it stops credit, `row_released` whose release it is (the engine
    numbers releases like rows). `attributes` are customer facts, by version and then fact.
    """

    program: Program
    numbers: Column
    chains: Column
    facts: Column
    fact_slots: Column
    fact_begins: Column
    conditions: Column
    asks: Column
    standing_slots: Column
    previous_slots: Column
    strictness: Column
    grants: Column
    booleans: Column
    ranks: Column
    review_rule_sets: Column
    review_sets: Column
    rule_sets: Column
    steps: Column
    bounds: Column
    effects: Column
    reviewing_events: Column
    row_stops: Column
    row_released: Column
    attributes: Column


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with what its numbers stand for: the compiled policy, and its ladders."""

    plan: Plan
    compiled: Compiled
    climb: Climb


def plan_of(
    snapshot: Snapshot, policy: Policy, options: Options, parameters: Mapping[str, int] | None = None
) -> Planned:
    """Return the plan of a replay.

    UnsupportedCondition E020 names what the kernel cannot do; PolicyTextError a customer fact that cannot be read.
    """
    _refuse_groups(policy)
    program = compiled(policy, parameters)
    read = {kind: facts_read_by(policy, kind) for kind in TYPES}
    measured = _Measured(snapshot, policy, program, read, parameters or {})
    climb = climb_of(policy, program)
    pace = pace_of(policy, measured.dial_values, read[DecisionType.ESCALATION], measured.of(ESCALATION), snapshot)
    plan = Plan(
        program.program,
        _numbers(policy, program, options, measured, pace),
        _column([program.chains[kind] for kind in TYPES]),
        measured.facts.rows,
        measured.slots,
        measured.begins,
        measured.facts.conditions,
        measured.asks,
        _column([program.slots.get(name, -1) for name in OUTPUTS]),
        _column([program.slots.get(PREVIOUS_PREFIX + name, -1) for name in OUTPUTS]),
        _column([strictness(name) for name in OUTPUTS]),
        _column([int(grants_nothing_unset(name)) for name in OUTPUTS]),
        _column([int(STANDING_OUTPUTS[name] is Kind.BOOLEAN) for name in OUTPUTS]),
        ranks(policy),
        _column([program.rule_sets[one.name] for one in policy.chain(DecisionType.REVIEW)]),
        _sets(policy, program),
        _table(climb.rule_sets, 6),
        _table([(*step, days) for step, days in zip(climb.steps, pace.level_days, strict=True)], 8),
        _table([(measured.begins[ESCALATION] + fact, turn) for fact, turn in pace.bounds], 2),
        _table(climb.effects, 2),
        _column([snapshot.words.index(kind) for kind in policy.review_on if kind in snapshot.words]),
        _column(_row_stops(policy, program)),
        _column([program.rows.index(row) for row in program.rows] or [0]),
        measured.attributes,
    )
    return Planned(plan, program, climb)


def _refuse_groups(policy: Policy) -> None:
    of_groups = [fact.name for kind in TYPES for fact in facts_read_by(policy, kind) if fact.group]
    if policy.exposure_of_group or of_groups:
        raise UnsupportedCondition(
            "E020",
            f"The policy {policy.id} reads {', '.join(of_groups) or 'the exposure of groups'}.",
            place=Place(policy.id),
            remedy="Groups are not replayed yet: simulate a policy that reads each customer by itself.",
        )


class _Measured:
    def __init__(
        self,
        snapshot: Snapshot,
        policy: Policy,
        program: Compiled,
        read: Mapping[DecisionType, Sequence[FactDefinition]],
        parameters: Mapping[str, int],
    ) -> None:
        every = [fact for kind in TYPES for fact in read[kind]]
        names = sorted({fact.name for fact in every if fact.source is FactSource.CUSTOMER} | _cover(policy))
        self.places = {name: place for place, name in enumerate(names)}
        self.attributes = _attributes(snapshot, policy, names, {fact.name: fact for fact in every})
        dials = {
            name: one if name not in parameters else _turned(one, parameters[name])
            for name, one in policy.parameters.items()
        }
        self.dial_values = {name: one.value for name, one in dials.items()}
        words = {word: place for place, word in enumerate(snapshot.words)}
        self.facts: FactRows = fact_rows(every, dials, snapshot.currency, words, self.places)
        counts = [sum(fact.name in self.facts.names for fact in read[kind]) for kind in TYPES]
        self.begins = _column([0, *np.cumsum(counts).tolist()])
        self.slots = _column([program.slots[name] for name in self.facts.names])
        components = components_of(policy)
        self.asks = _column(
            [asked_for({declared_name(fact.name) for fact in read[kind]}, components) for kind in TYPES]
        )

    def of(self, kind: int) -> FactRows:
        """Return the rows of the facts that decisions of a type read."""
        chosen = slice(int(self.begins[kind]), int(self.begins[kind + 1]))
        return FactRows(self.facts.names[chosen], self.facts.rows[chosen], self.facts.conditions)


def _turned(parameter: Parameter, value: int) -> Parameter:
    return replace(parameter, value=value)


def components_of(policy: Policy) -> int:
    """Return the components of the policy's exposure as bits."""
    return sum(1 << place for place, component in enumerate(COMPONENTS) if component in policy.exposure)


def _cover(policy: Policy) -> set[str]:
    return {"insured_limit", "cover_share"} if ExposureComponent.INSURED in policy.exposure else set()


_COVER_KINDS: Final = {"insured_limit": Kind.MONEY, "cover_share": Kind.NUMBER}


def _attributes(
    snapshot: Snapshot, policy: Policy, names: Sequence[str], facts: Mapping[str, FactDefinition]
) -> Column:
    codes = {text: code for code, text in enumerate(policy.vocabulary)}
    found = np.full((len(snapshot.versions.counts_from), max(len(names), 1)), UNKNOWN, dtype=np.int64)
    for place, name in enumerate(names):
        words = snapshot.attributes.get(name)
        if words is None:
            continue
        kind = facts[name].kind if name in facts else _COVER_KINDS[name]
        values = np.full(len(snapshot.words), UNKNOWN, dtype=np.int64)
        for word in np.unique(words).tolist():
            text = snapshot.words[word]
            if kind is Kind.CATEGORY:
                # A text that the policy does not mention matches no cell of it, but is not unknown.
                values[word] = codes.get(text, len(codes) + word) if text else UNKNOWN
            else:
                values[word] = read_attribute_text(text, kind, policy.currency, Place("customers", cell=name))
        found[:, place] = values[words]
    return read_only(found)


def _numbers(policy: Policy, program: Compiled, options: Options, measured: _Measured, pace: Pace) -> Column:
    numbers = [0] * _NUMBERS
    numbers[BEGINS], numbers[ENDS] = options.begins, options.ends
    numbers[IS_OPEN_LOOP] = int(options.mode is Mode.OPEN)
    numbers[HELD] = _HELD.index(options.held_orders)
    numbers[RELEASE_DAYS] = options.release_days
    numbers[KEEPS_DATES] = int(options.payment_behaviour is PaymentBehaviour.KEEP_DATE)
    numbers[COUNTED] = components_of(policy)
    numbers[ORDER_AMOUNT] = program.slots.get("order_amount", -1)
    numbers[DAYS_PAST_DUE] = program.slots["days_past_due"]
    numbers[PREPAY_SLOT] = _answered_by(policy, program, "prepay_percent")
    numbers[HAS_LADDER] = int(bool(program.ladders))
    numbers[LOOKS_DAILY], numbers[GATE] = int(pace.is_daily), pace.gate
    numbers[INSURED_LIMIT] = measured.places.get("insured_limit", -1)
    numbers[COVER_SHARE] = measured.places.get("cover_share", -1)
    return _column(numbers)


def _answered_by(policy: Policy, program: Compiled, name: str) -> int:
    is_set = any(name in rule_set.output_names for rule_set in policy.chain(DecisionType.ORDER))
    return program.slots[name] if is_set else -1


def _sets(policy: Policy, program: Compiled) -> Column:
    # By rule set of a review, then output of the standing.
    chain = policy.chain(DecisionType.REVIEW)
    return _table(
        [[int(name in one.output_names and name in program.slots) for name in OUTPUTS] for one in chain], len(OUTPUTS)
    )


def _row_stops(policy: Policy, program: Compiled) -> list[int]:
    stops = {
        (table.name, row.id)
        for table in policy.chain(DecisionType.REVIEW)
        if isinstance(table, DecisionTable)
        for row in table.rows
        if row.output("stop_credit")
    }
    return [int(row in stops) for row in program.rows] or [0]


def _column(values: Sequence[int]) -> Column:
    return read_only(np.array(values, dtype=np.int64))


def _table(rows: Sequence[Sequence[int]], width: int) -> Column:
    return read_only(np.array(rows, dtype=np.int64).reshape(-1, width))
