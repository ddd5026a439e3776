"""The values that a decision of the replay is decided on, put where the columnar engine looks for them."""

from policy_service.domain.values import UNKNOWN
from simulations.columnar.addresses import at_address
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.filling import fill
from simulations.columnar.layout import SLOTS
from simulations.columnar.pointers import first_of
from simulations.replay.balances import CHANGES, DAY, EXPOSURE, SINCE, add_balances, clear_balances
from simulations.replay.books import CUSTOMER
from simulations.replay.built_ins import MONTHS_AS_CUSTOMER, built_in, month_may_end
from simulations.replay.desk import CIRCLE, VERSION, Desk
from simulations.replay.fact_rows import CODE, DECLARED, FAMILY, IS_OF_GROUP, OF_THE_FILE, OF_THE_LEDGER
from simulations.replay.history import History
from simulations.replay.measuring import add_up, measured
from simulations.replay.plan import COUNTED, COVER_SHARE, EXPOSURE_OF_GROUP, INSURED_LIMIT, Plan
from simulations.replay.standing import CREDIT_LIMIT, GRACE_DAYS, put_in_force
from simulations.replay.tally import CHANGES as MAY_CHANGE
from simulations.replay.tally import clear_tally


@lean_kernel
def ask(kind: int, day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Put the standing in force and every fact that decisions of a type read; false if one is out of all bounds."""
    fill(desk.values, UNKNOWN, plan.program.words[SLOTS])
    return put_asked(kind, day, plan, desk, history)


@lean_kernel
def put_asked(kind: int, day: int, plan: Plan, desk: Desk, history: History) -> bool:
    """Do the same and leave what else was known: conditions read nothing but what is put there for them."""
    put_in_force(day, plan, desk)
    version = version_on(day, desk, history)
    values, balances, tally = first_of(desk.values), first_of(desk.balances), first_of(desk.tally)
    puts, in_force = plan.standing_puts, first_of(desk.in_force)
    for number in range(len(puts)):
        values[puts[number, 0]] = in_force[puts[number, 1]]
    fits = True
    clear_balances(desk.balances)
    # Read where a fact is made of it: else the optimizer works out its month for every decision, whatever is read.
    balances[DAY] = day
    _add_balances(balances, plan.asks[kind], version, day, plan, desk, history)
    exposure = balances[EXPOSURE]
    if plan.group_asks[kind] >= 0:
        _add_group(plan.group_asks[kind], day, plan, desk, history)
        if plan.numbers[EXPOSURE_OF_GROUP]:
            exposure = desk.of_group[EXPOSURE]
    for number in range(plan.fact_begins[kind], plan.fact_begins[kind + 1]):
        row = first_of(plan.facts[number])
        if row[FAMILY] == OF_THE_FILE:
            values[plan.fact_slots[number]] = plan.attributes[version, row[CODE]]
            continue
        if row[FAMILY] == DECLARED:
            clear_tally(desk.tally)
            if row[IS_OF_GROUP]:
                _add_up_group(row, day, plan, desk, history)
            else:
                add_up(tally, first_of(desk.months), row, plan.conditions, day, desk.books, history)
            value, is_plain = measured(tally, row, day)
            balances[CHANGES] = min(balances[CHANGES], tally[MAY_CHANGE])
        elif row[IS_OF_GROUP]:
            value, is_plain = built_in(row[CODE], first_of(desk.of_group), desk.of_group[EXPOSURE], balances[DAY], row)
        else:
            value, is_plain = built_in(row[CODE], balances, exposure, balances[DAY], row)
        _note_month(row, balances[DAY], desk)
        values[plan.fact_slots[number]] = value
        fits = fits and is_plain
    return fits


@lean_kernel
def _note_month(row: Numbers, day: int, desk: Desk) -> None:
    # Months go by although nothing happens.
    if row[FAMILY] == OF_THE_LEDGER and row[CODE] == MONTHS_AS_CUSTOMER:
        since = desk.of_group[SINCE] if row[IS_OF_GROUP] else desk.balances[SINCE]
        desk.balances[CHANGES] = min(desk.balances[CHANGES], month_may_end(since, day))


@lean_kernel
def _add_group(asks: int, day: int, plan: Plan, desk: Desk, history: History) -> None:
    # Every customer of the group counts with the standing that it has by now.
    clear_balances(desk.of_group)
    member = desk
    for _ in range(max(desk.state[CIRCLE], 1)):
        put_in_force(day, plan, member)
        _add_balances(first_of(desk.of_group), asks, version_on(day, member, history), day, plan, member, history)
        member = at_address(desk, member.neighbour[0])
    desk.balances[CHANGES] = min(desk.balances[CHANGES], desk.of_group[CHANGES])


@lean_kernel
def _add_up_group(row: Numbers, day: int, plan: Plan, desk: Desk, history: History) -> None:
    member = desk
    for _ in range(max(desk.state[CIRCLE], 1)):
        add_up(first_of(desk.tally), first_of(desk.months), row, plan.conditions, day, member.books, history)
        member = at_address(desk, member.neighbour[0])


@lean_kernel
def _add_balances(
    balances: Numbers, asks: int, version: int, day: int, plan: Plan, desk: Desk, history: History
) -> None:
    limit, share = UNKNOWN, UNKNOWN
    if plan.numbers[INSURED_LIMIT] >= 0:
        limit = plan.attributes[version, plan.numbers[INSURED_LIMIT]]
        share = plan.attributes[version, plan.numbers[COVER_SHARE]]
    add_balances(
        balances,
        asks,
        plan.numbers[COUNTED],
        desk.in_force[CREDIT_LIMIT],
        desk.in_force[GRACE_DAYS],
        history.versions.since[version],
        limit,
        share,
        day,
        desk.books,
        history,
    )


@lean_kernel
def version_on(day: int, desk: Desk, history: History) -> int:
    """Return which row of the customer file counts on a day; days go up."""
    last = history.begins.versions[desk.books.firsts[CUSTOMER] + 1] - 1
    version = max(desk.state[VERSION], history.begins.versions[desk.books.firsts[CUSTOMER]])
    while version < last and history.versions.counts_from[version + 1] <= day:
        version += 1
    desk.state[VERSION] = version
    return version
