"""A policy and its assumptions as the replay's kernel reads them: plain numbers, of the same type for every policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.definitions.built_in_facts import PREVIOUS_PREFIX
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.language.rule_set_names import facts_read_by
from policy_service.language.rule_sets import DecisionTable, Ladder
from simulations.columnar import layout
from simulations.columnar.program import Compiled, Program, compiled
from simulations.ledger_snapshot.columns import Column
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.asked_facts import ESCALATION, TRIGGERS, TYPES, AskedFacts, column_of
from simulations.replay.fact_rows import read_only
from simulations.replay.group_reading import NOTHING, components_of
from simulations.replay.ladder_steps import OUTPUTS, RULE_SET_WIDTH, STEP_WIDTH, Climb, climb_of
from simulations.replay.largest_amounts import most_of_a_unit
from simulations.replay.needed_by_orders import unread_by_orders
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.replay.pace import Pace, pace_of
from simulations.replay.strictness import grants_nothing_unset, ranks, strictness
from simulations.replay.watches import looks_after_orders, watch_of

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
#: Whether anything that is read is made of the orders that are known.
READS_ORDERS: Final = 15
#: Whether an order that goes ahead may turn a condition of a ladder.
LOOKS_AFTER_ORDERS: Final = 16
#: Whether anything that is read is made of the invoices that are known, open or not.
READS_INVOICES: Final = 17
#: Whether `exposure` is that of the customer's whole group.
EXPOSURE_OF_GROUP: Final = 18
#: Whether what happens to one of a group may turn a condition that ladders read of another.
LADDERS_READ_GROUPS: Final = 19
#: Whether ladders stand for some customers alone, or their levels fall on other days for each.
ASKS_WHO_STANDS: Final = 20
#: What is watched of conditions, by kind: TRIGGERS to STANDS.
FIRST_WATCH: Final = 21
_NUMBERS: Final = 24

# The columns of `Plan.formulas`: the kind of conditions that need a value of a formula set, the place of the set in the
# escalation chain, the address of the formula, and the place of its value.
FORMULA_FOR: Final = 0
FORMULA_SET: Final = 1
FORMULA: Final = 2
FORMULA_SLOT: Final = 3
FORMULA_WIDTH: Final = 4


class Plan(NamedTuple):
    """Everything that does not change while history is replayed.

    `facts` are rows of facts, those of all that is asked (REVIEW to STANDS) next to each other as `fact_begins` says,
    with the places of their values in `fact_slots`. `asks` are the balances to be added up for it, `group_asks` those
    of the customer's whole group (NOTHING: nothing is read of it). `standing_slots` are the places of the standing's
    outputs (-1: the policy does not read it); `standing_puts` are pairs of a place and the output of the standing in
    force that is put there for every decision, which may be the standing before it. `strictness`, `grants` and
    `booleans` say how effects bear upon each output; `ranks` are those of the texts, for grades and kinds of term.
    `review_rule_sets` are those of a review, `review_sets` which outputs each may set. `effects` are pairs of an output
    and a formula; `bounds` say of TRIGGERS to STANDS the place of a fact that ages, and an age at which a ladder has to
    look; `formulas` are what formula sets that stand before ladders set of what these read, in their order.
    `reviewing_events` are kinds of events. `row_stops` says of a row whether it stops credit, `row_released` whose
    release it is (the engine numbers releases like rows). `attributes` are customer facts, by version and then fact.
    """

    program: Program
    numbers: Column
    chains: Column
    facts: Column
    fact_slots: Column
    fact_begins: Column
    conditions: Column
    asks: Column
    group_asks: Column
    standing_slots: Column
    standing_puts: Column
    strictness: Column
    grants: Column
    booleans: Column
    ranks: Column
    review_rule_sets: Column
    review_sets: Column
    rule_sets: Column
    steps: Column
    bounds: Column
    formulas: Column
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
    snapshot: Snapshot,
    policy: Policy,
    options: Options,
    parameters: Mapping[str, int] | None = None,
    program: Compiled | None = None,
    unread: frozenset[str] | None = None,
) -> Planned:
    """Return the plan of a replay; `program` is the policy with these parameters where it is compiled already.

    `unread` are facts that order checks do not need (none given: it is found out which); they are not measured then.
    UnsupportedCondition E020 names what the kernel cannot do; PolicyTextError a customer fact that cannot be read.
    """
    program = program or compiled(policy, parameters)
    read = {kind: facts_read_by(policy, kind) for kind in TYPES}
    total = most_of_a_unit(snapshot)
    if unread is None:
        unread = unread_by_orders(snapshot, policy, program, parameters or {}, total)
    read[DecisionType.ORDER] = tuple(fact for fact in read[DecisionType.ORDER] if fact.name not in unread)
    measured = AskedFacts(snapshot, policy, program, read, parameters or {})
    climb = climb_of(policy, program)
    escalation = read[DecisionType.ESCALATION]
    pace = pace_of(policy, measured.dial_values, escalation, measured, total)
    for asked in pace.conditions:
        measured.add(asked.names)
    watches = [watch_of([fact for fact in escalation if fact.name in asked.names], asked) for asked in pace.conditions]
    plan = Plan(
        program.program,
        _numbers(policy, program, options, measured, pace, watches),
        column_of([program.chains[kind] for kind in TYPES]),
        measured.facts.rows,
        measured.slots,
        measured.begins,
        measured.facts.conditions,
        measured.asks,
        measured.group_asks,
        column_of([program.slots.get(name, -1) for name in OUTPUTS]),
        _table(_standing_puts(program), 2),
        column_of([strictness(name) for name in OUTPUTS]),
        column_of([int(grants_nothing_unset(name)) for name in OUTPUTS]),
        column_of([int(STANDING_OUTPUTS[name] is Kind.BOOLEAN) for name in OUTPUTS]),
        ranks(policy),
        column_of([program.rule_sets[one.name] for one in policy.chain(DecisionType.REVIEW)]),
        _sets(policy, program),
        _table(climb.rule_sets, RULE_SET_WIDTH),
        _table([(*step, days) for step, days in zip(climb.steps, pace.level_days, strict=True)], STEP_WIDTH),
        _table(
            [
                (kind, program.slots[name], turn)
                for kind, asked in enumerate(pace.conditions, TRIGGERS)
                for name, turn in asked.bounds
            ],
            3,
        ),
        _table(_formulas(program, pace), FORMULA_WIDTH),
        _table(climb.effects, 2),
        column_of([snapshot.words.index(kind) for kind in policy.review_on if kind in snapshot.words]),
        column_of(_row_stops(policy, program)),
        column_of([program.rows.index(row) for row in program.rows] or [0]),
        measured.attributes,
    )
    return Planned(plan, program, climb)


def _numbers(
    policy: Policy, program: Compiled, options: Options, measured: AskedFacts, pace: Pace, watches: Sequence[int]
) -> Column:
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
    numbers[READS_ORDERS] = int(measured.reads_orders)
    numbers[LOOKS_AFTER_ORDERS] = int(pace.is_daily or any(looks_after_orders(watch) for watch in watches))
    numbers[FIRST_WATCH : FIRST_WATCH + len(watches)] = watches
    numbers[EXPOSURE_OF_GROUP] = int(policy.exposure_of_group)
    numbers[LADDERS_READ_GROUPS] = int(measured.group_asks[ESCALATION] != NOTHING)
    numbers[ASKS_WHO_STANDS] = int(_asks_who_stands(policy, pace))
    numbers[READS_INVOICES] = int(measured.reads_invoices)
    return column_of(numbers)


def _standing_puts(program: Compiled) -> list[tuple[int, int]]:
    names = [(prefix + name, output) for output, name in enumerate(OUTPUTS) for prefix in ("", PREVIOUS_PREFIX)]
    return [(program.slots[name], output) for name, output in names if name in program.slots]


def _asks_who_stands(policy: Policy, pace: Pace) -> bool:
    ladders = [one for one in policy.chain(DecisionType.ESCALATION) if isinstance(one, Ladder)]
    return any(one.when for one in ladders) or UNKNOWN in pace.level_days or bool(pace.stands.values)


def _formulas(program: Compiled, pace: Pace) -> list[tuple[int, int, int, int]]:
    words, found = program.program.words, []
    for kind, asked in enumerate(pace.conditions, TRIGGERS):
        for value in asked.values:
            rule_set = program.written[program.rule_sets[value.rule_set]].address
            address = int(words[rule_set + layout.SET_FORMULAS]) + value.number * layout.FORMULA_SIZE
            found.append((kind, value.place, address, int(words[address + layout.FORMULA_SLOT])))
    return found


def _answered_by(policy: Policy, program: Compiled, name: str) -> int:
    is_set = any(name in rule_set.output_names for rule_set in policy.chain(DecisionType.ORDER))
    return program.slots[name] if is_set else -1


def _sets(policy: Policy, program: Compiled) -> Column:
    # By rule set of a review, then output of the standing.
    sets = [program.slots.keys() & set(one.output_names) for one in policy.chain(DecisionType.REVIEW)]
    return _table([[int(name in names) for name in OUTPUTS] for names in sets], len(OUTPUTS))


def _row_stops(policy: Policy, program: Compiled) -> list[int]:
    stops = {
        (table.name, row.id)
        for table in policy.chain(DecisionType.REVIEW)
        if isinstance(table, DecisionTable)
        for row in table.rows
        if row.output("stop_credit")
    }
    return [int(row in stops) for row in program.rows] or [0]


def _table(rows: Sequence[Sequence[int]], width: int) -> Column:
    return read_only(np.array(rows, dtype=np.int64).reshape(-1, width))
