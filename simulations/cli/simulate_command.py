"""`policy simulate`: what history would have been under another policy."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import click

from policy_service.cli import output
from policy_service.cli.ledger_options import ledger_options
from simulations.replay.options import RELEASE_DAYS, HeldOrders, Mode, PaymentBehaviour

_Command = TypeVar("_Command", bound=Callable[..., object])
_MOST_RELEASE_DAYS = 400
_MOST_STEPS = 1_000_000


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


def _file(name: str, kind: str) -> Callable[[_Command], _Command]:
    return click.option(f"--{name}", f"{name}_file", type=click.Path(path_type=Path), help=f"Write {kind}.")


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
        click.option(
            "--capacity",
            "capacities",
            type=(str, click.IntRange(0, _MOST_STEPS)),
            metavar="ROLE STEPS",
            multiple=True,
            help="So many case steps a week that a role can take; may be said of several.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@click.command("simulate")
@ledger_options
@click.option("--baseline", required=True, help="A policy's name or folder, or `recorded`: today's practice.")
@click.option("--candidate", required=True, help="A policy's name or folder.")
@assumption_options
@_file("json", "the report as JSON")
@_file("csv", "a line per customer")
@_file("parquet", "the same as Parquet")
@_file("xlsx", "the report as a workbook")
@_file("html", "the report as a page that stands alone")
@click.option("--threads", type=click.IntRange(1, 64), help="Default: as many as there are processors.")
@click.option("--language", type=click.Choice(["en", "zh"]), default="en", show_default=True)
def simulate_command(
    ledger_folder: Path | None,
    mapping: str | None,
    baseline: str,
    candidate: str,
    mode: str,
    begins: date | None,
    ends: date | None,
    held_orders: str,
    release_days: int,
    payment_behaviour: str,
    yearly_rate: Decimal,
    margin: Decimal,
    loss_given_default: Decimal,
    cost_per_step: str,
    capacities: tuple[tuple[str, int], ...],
    json_file: Path | None,
    csv_file: Path | None,
    parquet_file: Path | None,
    xlsx_file: Path | None,
    html_file: Path | None,
    threads: int | None,
    language: str,
) -> None:
    """Replay the ledger's history under a candidate policy and a baseline, and say what would have been otherwise.

    Exit code 1 if the live engines decide an order of the sample otherwise: then the run has failed.
    """
    # Compiled code takes a second to load, which other commands need not wait for.
    from simulations.cli.running import Asked, run_simulation  # noqa: PLC0415

    asked = Asked(
        ledger_folder,
        mapping,
        baseline,
        candidate,
        begins,
        ends,
        Mode(mode),
        HeldOrders(held_orders),
        release_days,
        PaymentBehaviour(payment_behaviour),
        yearly_rate,
        margin,
        loss_given_default,
        cost_per_step,
        capacities,
        {"json": json_file, "csv": csv_file, "parquet": parquet_file, "xlsx": xlsx_file, "html": html_file},
        threads,
        language,
    )
    raise click.exceptions.Exit(run_simulation(asked))
