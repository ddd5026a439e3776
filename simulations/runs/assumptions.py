"""The assumptions that a run was asked under, made into its options and rates."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from policy_service.domain.amounts import parse_decimal, to_scaled
from policy_service.domain.days import day_number
from policy_service.domain.errors import Place
from policy_service.domain.values import Currency, Kind, scale
from simulations.accounting.costs import Costs
from simulations.ledger_snapshot.snapshot import Snapshot
from simulations.replay.options import HeldOrders, Mode, Options, PaymentBehaviour
from simulations.runs.simulation import window_of


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a run is to assume, as it was asked."""

    begins: date | None
    ends: date | None
    mode: Mode
    held_orders: HeldOrders
    release_days: int
    payment_behaviour: PaymentBehaviour
    yearly_rate: Decimal
    margin: Decimal
    loss_given_default: Decimal
    cost_per_step: str


def assumed(given: Mapping[str, Any]) -> Assumed:
    """Return what the command line was given, by the names of its options."""
    return Assumed(
        given["begins"],
        given["ends"],
        Mode(given["mode"]),
        HeldOrders(given["held_orders"]),
        given["release_days"],
        PaymentBehaviour(given["payment_behaviour"]),
        given["yearly_rate"],
        given["margin"],
        given["loss_given_default"],
        given["cost_per_step"],
    )


def options_of(asked: Assumed, snapshot: Snapshot) -> Options:
    """Return the options of a run; without days the window is that of the ledger's orders. RequestError R511."""
    first, last = window_of(snapshot)
    return Options(
        begins=first if asked.begins is None else day_number(asked.begins),
        ends=last if asked.ends is None else day_number(asked.ends),
        mode=asked.mode,
        held_orders=asked.held_orders,
        release_days=asked.release_days,
        payment_behaviour=asked.payment_behaviour,
    )


def costs_of(asked: Assumed, currency: Currency) -> Costs:
    """Return the rates of a run; PolicyTextError L231 or L232 for a cost that is no amount."""
    place = Place("--cost-per-step")
    per_step = to_scaled(parse_decimal(asked.cost_per_step, place), scale(Kind.MONEY, currency), place)
    return Costs(asked.yearly_rate, asked.margin, asked.loss_given_default, per_step)
