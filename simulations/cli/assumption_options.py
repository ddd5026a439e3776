"""The options by which a command is told what its runs assume."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TypeVar

import click

from policy_service.cli import output
from simulations.replay.options import RELEASE_DAYS, HeldOrders, Mode, PaymentBehaviour

_Command = TypeVar("_Command", bound=Callable[..., object])
_MOST_RELEASE_DAYS = 400


class ShareParameter(click.ParamType[Decimal]):
    """An option that takes an exact share: 0.08, or 8%."""

    name = "SHARE"

    def __init__(self, most: int) -> None:
        self._most = most

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Return the share; fail with what was found."""
        text = str(value)
        try:
            share = Decimal(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except InvalidOperation:
            return self.fail(f"{text!r} is no number. Write it as 0.08 or 8%.", param, ctx)
        if not share.is_finite() or not 0 <= share <= self._most or len(text) > 30:
            return self.fail(f"{text!r} is not from 0 to {self._most}. Write it as 0.08 or 8%.", param, ctx)
        return share


def _choice(words: type[StrEnum]) -> click.Choice[str]:
    return click.Choice([word.value for word in words])


def assumption_options(command: _Command) -> _Command:
    """Add the assumptions of a replay, and the rates of its figures, to a command."""
    options = (
        click.option("--mode", type=_choice(Mode), default=Mode.CLOSED.value, show_default=True),
        click.option("--from", "begins", type=output.DAY, help="First day; default: that of the earliest order."),
        click.option("--to", "ends", type=output.DAY, help="The day after the last; default: after the latest order."),
        click.option("--held-orders", type=_choice(HeldOrders), default=HeldOrders.LOST.value, show_default=True),
        click.option(
            "--release-days",
            type=click.IntRange(0, _MOST_RELEASE_DAYS),
            default=RELEASE_DAYS,
            show_default=True,
            help="With released: so many days a held order is checked again.",
        ),
        click.option(
            "--payment-behaviour",
            type=_choice(PaymentBehaviour),
            default=PaymentBehaviour.KEEP_DELAY.value,
            show_default=True,
        ),
        click.option("--yearly-rate", type=ShareParameter(10), default="0.08", show_default=True),
        click.option("--margin", type=ShareParameter(1), default="0.20", show_default=True),
        click.option("--loss-given-default", type=ShareParameter(1), default="1", show_default=True),
        click.option("--cost-per-step", default="0", show_default=True, help="Of a case step, such as 12.50."),
    )
    for option in reversed(options):
        command = option(command)
    return command


def stress_option(command: _Command) -> _Command:
    """Add `--stress` to a command."""
    says = "Such as sector=construction,days_late+20,default_share=5%; may be given again."
    return click.option("--stress", multiple=True, metavar="TEXT", help=says)(command)
