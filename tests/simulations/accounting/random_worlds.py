"""Worlds made at random, small, with everything in them that figures depend on."""

from dataclasses import replace
from fractions import Fraction
from random import Random

from simulations.replay.options import Mode, Options
from tests.simulations.accounting.worlds import (
    APPROVE,
    DECLINE,
    HOLD,
    PREPAY,
    REFER,
    Buyer,
    Firing,
    Posting,
    Sale,
    World,
)

RATES = (None, None, None, Fraction(71, 10), Fraction(1, 3), Fraction(2, 7000))


def random_world(seed: int, mode: Mode = Mode.CLOSED) -> World:
    """Return a world of that number: the same one each time."""
    random = Random(seed)
    options = Options(random.randint(90, 130), random.randint(150, 300), mode)
    world = World((), options, has_orders_file=random.random() < 0.4)
    buyers = tuple(_buyer(f"C{place}", random, world) for place in range(random.randint(1, 6)))
    return replace(world, buyers=buyers)


def rerun(world: World, seed: int) -> World:
    """Return another run of the same history."""
    random = Random(seed)
    buyers = [
        replace(
            buyer,
            sales=tuple(_decided_again(sale, random, world) for sale in buyer.sales),
            firings=_firings(random, world),
            reviews=random.randint(0, 2),
            grade=random.randint(-1, 1),
        )
        for buyer in world.buyers
    ]
    return replace(world, buyers=tuple(buyers))


def _decided_again(sale: Sale, random: Random, world: World) -> Sale:
    decide = _as_it_went if world.options.mode is Mode.CLOSED else _as_decided
    return decide(_as_recorded(sale), random, world)


def as_recorded(world: World) -> World:
    """Return the same history with a run in which every order went ahead as it did."""
    buyers = [replace(one, sales=tuple(map(_as_recorded, one.sales)), firings=(), grade=-1) for one in world.buyers]
    return replace(world, buyers=tuple(buyers), levels=(), owners=())


def _as_recorded(sale: Sale) -> Sale:
    return Sale(sale.id, sale.issued, sale.due, sale.written, sale.postings, sale.ordered, sale.rate)


def _firings(random: Random, world: World) -> tuple[Firing, ...]:
    days = sorted(random.randrange(world.options.begins, world.options.ends) for _ in range(random.randint(0, 8)))
    return tuple(
        Firing(day, random.randrange(2), -1, random.randrange(2)) for day in days for _ in range(random.randint(1, 3))
    )


def _buyer(name: str, random: Random, world: World) -> Buyer:
    sales = [_sale(f"{name}-{place:02}", random, world) for place in range(random.randint(0, 12))]
    return Buyer(
        name,
        tuple(sorted(sales, key=lambda sale: (sale.issued, sale.id))),
        random.choice(["", "retail", "trade"]),
        random.choice(["", "steel"]),
        _firings(random, world),
        random.randint(0, 2),
        random.randint(-1, 1),
    )


def _sale(name: str, random: Random, world: World) -> Sale:
    issued = random.randint(60, 310)
    due = issued + random.choice([0, 5, 30, 60])
    written = random.choice([1, 7, 100, 999, 10_000, 123_457])
    sale = Sale(name, issued, due, written, _postings(random, issued, due, written), rate=random.choice(RATES))
    sale = replace(sale, ordered=issued - random.choice([0, 0, 3, 20]))
    return _as_it_went(sale, random, world) if world.options.mode is Mode.CLOSED else _as_decided(sale, random, world)


def _postings(random: Random, issued: int, due: int, written: int) -> tuple[Posting, ...]:
    found = []
    for place in range(random.choice([0, 1, 1, 2, 5])):
        day = random.choice([issued - 4, issued, issued + 1, due, due + random.randint(-3, 100)])
        amount = random.choice([written, written // 2 + 1, random.randint(1, written), written + 5])
        found.append(Posting(day, amount, random.choice([0, 0, 0, 1, 2]), f"E{random.randrange(100):02}{place}"))
    return tuple(found)


def _as_decided(sale: Sale, random: Random, world: World) -> Sale:
    if not world.options.begins <= sale.day < world.options.ends:
        return sale
    outcome = random.choice([APPROVE, APPROVE, PREPAY, HOLD, REFER, DECLINE])
    return replace(
        sale, outcome=outcome, reason=-1 if outcome == APPROVE else random.randrange(2), hit=random.randrange(2)
    )


def _as_it_went(sale: Sale, random: Random, world: World) -> Sale:
    decided = _as_decided(sale, random, world)
    if not world.options.begins <= sale.day < world.options.ends:
        return decided
    waited = random.choice([0, 0, 3, 12]) if decided.outcome in (HOLD, REFER) else 0
    goes_ahead = decided.outcome in (APPROVE, PREPAY) or (waited > 0 and sale.day + waited < world.options.ends)
    if not goes_ahead:
        return replace(decided, goes_ahead=False)
    term = random.choice([sale.due - sale.issued, 0, 14, 90])
    run_due = sale.issued + waited + term
    share = random.choice([0, 0, 30, 100])
    prepaid = (sale.written * share + 50) // 100
    moved = waited if random.random() < 0.3 else run_due - sale.due
    return replace(decided, waited=waited, run_due=run_due, moved=moved, prepaid=prepaid)
