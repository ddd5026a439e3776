"""What the asking system says of its request, read as the facts that the policy declares."""

from collections.abc import Collection, Mapping
from typing import Final

from policy_service.domain.errors import PolicyTextError, RequestError
from policy_service.domain.outcomes import DecisionType
from policy_service.domain.values import LARGEST, UNKNOWN, Kind
from policy_service.language.definitions.dictionary import FactDefinition, FactSource
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.compiled_policy import CompiledPolicy

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
    return {name: read_fact(known[name], text, codes) for name, text in given.items()}


def request_lacks(version: CompiledPolicy, given: Collection[str]) -> bool:
    """Return whether no order can be decided on these facts of the request: a required one is not given."""
    required = {fact.name for fact in version.reads[DecisionType.ORDER] if fact.required}
    return not version.policy.chains.get(DecisionType.ORDER) or not required <= set(given)


def missing_request(version: CompiledPolicy) -> RequestError:
    """Return the refusal R409, which says which facts of the request an order decision needs."""
    needed = [fact.name for fact in version.reads[DecisionType.ORDER] if fact.source is FactSource.REQUEST]
    return RequestError(
        "R409",
        f"An order decision under {version.policy.id} needs facts of the request.",
        remedy=f"Add facts: {', '.join(needed) or 'this policy decides no orders'}.",
    )


def no_amount(text: str) -> RequestError:
    """Return the refusal R402 of an amount that no order has."""
    # A negative order would make room under the limit, an unlimited one is under no limit at all.
    return RequestError(
        "R402", f"The fact {ORDER_AMOUNT}: {text[:60]} is no amount of an order.", remedy="Write an amount from 0 on."
    )


def read_fact(fact: FactDefinition, text: str, codes: CodeBook) -> int:
    """Return the value that the text writes for the fact; RequestError R402 if it writes none that it can have."""
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
    if fact.name == ORDER_AMOUNT and not 0 <= value <= LARGEST:
        raise no_amount(text)
    return value
