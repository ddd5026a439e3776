"""Today's practice as recorded: every order approved on recorded terms, no ladder, grades from the standings."""

from policy_service.domain.entries import Ledger
from policy_service.domain.outcomes import Outcome
from simulations.replay.options import Options
from tests.simulations.plain.customer_books import opened_books
from tests.simulations.plain.customer_day import day_of
from tests.simulations.plain.happened import DecidedOrder, Happened


def replay_recorded(ledger: Ledger, options: Options) -> Happened:
    """Return today's practice: every order approved on recorded terms, no ladder, grades as recorded."""
    books = opened_books(ledger, options.ends)
    happened = Happened(ledger, options, books, has_ladder=False)
    for customer_id, own in books.items():
        for order in own.orders:
            own.let_through(order, order.date)
            if order.date >= options.begins:
                happened.decided.append(DecidedOrder(order, Outcome.APPROVE, went_ahead=order.date))
                _note_recorded_grade(happened, customer_id, order.date)
    return happened


def _note_recorded_grade(happened: Happened, customer_id: str, day: int) -> None:
    on, in_force = day_of(day), None
    for one in happened.ledger.histories[customer_id].standings:
        posted = one.posted_on or one.valid_from
        if one.valid_from <= on and (posted <= one.valid_from or posted < on):
            in_force = one
    if in_force:
        happened.reviews[customer_id] = happened.reviews.get(customer_id, 0)
        happened.grades[customer_id] = in_force.grade
        if not in_force.grade:
            del happened.grades[customer_id]
