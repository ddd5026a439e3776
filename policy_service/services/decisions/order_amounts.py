"""The amount of an order, in the currency it is asked in and in the base currency."""

from collections.abc import Mapping
from datetime import date

import msgspec
from sqlalchemy.orm import Session

from policy_service.domain.currencies import currency as currency_of
from policy_service.domain.entries import Ledger
from policy_service.domain.errors import FactError, MissingFact, PolicyTextError, RequestError
from policy_service.domain.values import LARGEST, UNKNOWN, Currency, Kind
from policy_service.facts.currency import RateTable
from policy_service.language.feel.value_text import read_value
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.request_facts import ORDER_AMOUNT, no_amount, read_request
from policy_service.storage.ledger_rates import rate_on


class OrderAmount(msgspec.Struct, frozen=True):
    """What an order is of, in minor units of `currency`; `base_amount` in those of the base currency.

    The latter is none where no rate of the ledger leads there.
    """

    amount: int
    currency: str
    base_amount: int | None


def amount_asked(text: str, code: str) -> tuple[int, Currency] | None:
    """Return the amount that a text writes in the currency of that code, in minor units of it; none for unknown.

    RequestError R402 for a code that is no currency, and for a text that is no amount of an order.
    """
    try:
        currency = currency_of(code)
        value = read_value(text, Kind.MONEY, currency, lambda _: UNKNOWN)
    except PolicyTextError as error:
        raise RequestError("R402", f"The fact {ORDER_AMOUNT}: {error.message}", remedy=error.remedy) from error
    if value != UNKNOWN and not 0 <= value <= LARGEST:
        raise no_amount(text)
    return None if value == UNKNOWN else (value, currency)


def in_base(session: Session, asked: tuple[int, Currency], base: Currency, day: date, through: int) -> int:
    """Return an amount in minor units of the base currency, at the latest rate on or before the day.

    It is rounded half away from zero. FactError F101 where the ledger had no such rate after the posting `through`;
    RequestError R402 for more than can be counted.
    """
    amount, currency = asked
    if currency == base:
        return amount
    rate = rate_on(session, currency.code, day, through)
    converted = RateTable(Ledger(base, {}, (rate,) if rate else ())).to_base(currency.code, day, "The order")(amount)
    if converted > LARGEST:
        raise RequestError(
            "R402", f"The fact {ORDER_AMOUNT} comes to {converted} {base.code}.", remedy="Write a smaller amount."
        )
    return converted


class AskedFacts(msgspec.Struct, frozen=True):
    """What a request says, as values by fact; its amount; and why that has no value in the base currency, if so."""

    values: Mapping[str, int]
    amount: OrderAmount | None
    fault: MissingFact | None = None


def read_asked(
    session: Session,
    request: Mapping[str, str],
    currency: str,
    policy: Policy,
    codes: CodeBook,
    day: date,
    through: int,
) -> AskedFacts:
    """Return the facts of a request whose amount is in `currency` (empty: the base currency).

    RequestError R402 for what cannot be read, and for a currency of no amount.
    """
    base = policy.currency
    if currency in ("", base.code):
        values = read_request(request, policy, codes)
        amount = values.get(ORDER_AMOUNT, UNKNOWN)
        return AskedFacts(values, None if amount == UNKNOWN else OrderAmount(amount, base.code, amount))
    if ORDER_AMOUNT not in request:
        raise _no_amount(currency)
    # Its own currency may have more decimals than the base currency.
    others = read_request({**request, ORDER_AMOUNT: "unknown"}, policy, codes)
    asked = amount_asked(request[ORDER_AMOUNT], currency)
    if asked is None:
        return AskedFacts(others, None)
    try:
        converted = in_base(session, asked, base, day, through)
    except FactError as error:
        return AskedFacts(others, OrderAmount(asked[0], currency, None), MissingFact((ORDER_AMOUNT,), error))
    return AskedFacts({**others, ORDER_AMOUNT: converted}, OrderAmount(asked[0], currency, converted))


def _no_amount(currency: str) -> RequestError:
    return RequestError(
        "R402",
        f"The request names the currency {currency[:20]}, but no {ORDER_AMOUNT}.",
        remedy="Add it, or take the currency out.",
    )
