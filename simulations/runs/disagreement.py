"""An order of a run's sample that the live engines decide otherwise."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Disagreement:
    """An order that the live engines decide otherwise than the run did, or on another fact."""

    policy: str
    customer_id: str
    order_id: str
    date: str
    found: str

    def __str__(self) -> str:
        return f"order {self.order_id} of {self.customer_id} on {self.date} under {self.policy}: {self.found}"
