"""What a replay assumes: window, mode, and what becomes of held orders and of payments whose term changed."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """`open`: every recorded order counts as let through. `closed`: decisions act."""

    OPEN = "open"
    CLOSED = "closed"


class HeldOrders(StrEnum):
    """What becomes of orders held or referred: lost, prepaid in full, or checked again on later days."""

    LOST = "lost"
    PREPAID = "prepaid"
    RELEASED = "released"


class PaymentBehaviour(StrEnum):
    """What a changed term does to later entries of the invoice: they keep their delay, or their dates."""

    KEEP_DELAY = "keep_delay"
    KEEP_DATE = "keep_date"


RELEASE_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Options:
    """The assumptions of a replay; days as numbers, `[begins, ends)` the window."""

    begins: int
    ends: int
    mode: Mode = Mode.CLOSED
    held_orders: HeldOrders = HeldOrders.LOST
    release_days: int = RELEASE_DAYS
    payment_behaviour: PaymentBehaviour = PaymentBehaviour.KEEP_DELAY
