"""Facts that somebody puts in the place of what would be read, to see what would be decided then."""

from collections.abc import Mapping

from policy_service.domain.errors import RequestError
from policy_service.language.definitions.built_in_facts import AS_OF
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.request_facts import read_fact


def read_substitutes(given: Mapping[str, str], policy: Policy, codes: CodeBook) -> dict[str, int]:
    """Return the values of the texts by fact.

    RequestError R423 for a name that the policy reads no fact by, R402 for a text that writes no value of the fact.
    """
    for name in given:
        if name == AS_OF or name not in policy.facts:
            raise RequestError(
                "R423",
                f"The policy {policy.id} reads no fact {name[:100]!r} that could be substituted.",
                remedy=f"It reads: {', '.join(sorted(policy.facts.keys() - {AS_OF}))}. Say the day as as_of.",
            )
    return {name: read_fact(policy.facts[name], text, codes) for name, text in given.items()}
