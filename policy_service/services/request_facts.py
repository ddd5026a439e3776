"""What the asking system says of its request, read as the facts that the policy declares."""

from collections.abc import Mapping
from typing import Final

from policy_service.domain.errors import PolicyTextError, RequestError
from policy_service.domain.values import LARGEST, UNKNOWN, Kind
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook

#: The fact that every entry point gives the amount of the order as.
ORDER_AMOUNT: Final = "order_amount"


def read_request(given: Mapping[str, str], policy: Policy, codes: CodeBook) -> dict[str, int]:
    """Return the values of the texts by fact.

    RequestError R402 for a fact that the policy does not read from the request, for a text that writes no value
    of its kind or none of its declared texts, and for an order's amount that is negative or unlimited.
    """
    known = {fact.name: fact for fact in policy.facts.values() if fact.source is FactSource.REQUEST}
    for name in given:
        if name not in known:
            raise RequestError(
                "R402",
                f"The policy {policy.id} reads no fact {name[:100]!r} from the request.",
                remedy=f"It reads: {', '.join(known) or 'none'}. Facts of ledger and customer come from the store.",
            )
    return {name: _read(known[name], text, codes) for name, text in given.items()}


def _read(fact: FactDefinition, text: str, codes: CodeBook) -> int:
    try:
        value = codes.read(text, fact.kind)
    except PolicyTextError as error:
        raise RequestError("R402", f"The fact {fact.name}: {error.message}", remedy=error.remedy) from error
    if value == UNKNOWN:
        return value
    if fact.kind is Kind.CATEGORY and fact.values and codes.text(value, fact.kind) not in fact.values:
        raise RequestError(
            "R402",
            f"The fact {fact.name}: “{text[:60]}” is none of its texts.",
            remedy=f"Write one of: {', '.join(fact.values)}.",
        )
    # A negative order would make room under the limit, an unlimited one is under no limit at all.
    if fact.name == ORDER_AMOUNT and not 0 <= value <= LARGEST:
        raise RequestError(
            "R402", f"The fact {fact.name}: {text[:60]} is no amount of an order.", remedy="Write an amount from 0 on."
        )
    return value
