"""What is in force of a customer: what the last review said, under the effects of ladders."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policy_service.domain.values import FALSE, TRUE, UNKNOWN, Kind
from policy_service.language.definitions.standing import PREVIOUS_OUTPUTS, STANDING_OUTPUTS
from policy_service.language.policy import Policy

#: Before any review nothing is known, save that nobody has stopped the credit (decision 0009).
NOTHING_SAID: Mapping[str, int] = {**dict.fromkeys(STANDING_OUTPUTS, UNKNOWN), "stop_credit": FALSE}
#: Of these the largest value is the strictest, of the others the smallest.
LARGEST_IS_STRICTEST = frozenset(
    {"stop_credit", "watch_list", "prepay_percent", "interest_percent", "collateral_required", "collateral_amount"}
)
#: An effect grants nothing: where one of these is not set, it stays so.
GRANTS = frozenset({"credit_limit", "grace_days", "discount_percent", "discount_days", "grade", "score"})
TERM_KINDS = ("end_of_month", "net", "prepayment")


@dataclass(slots=True)
class Standing:
    """One customer's standing; `effects` by ladder and level, in the order in which they began."""

    said: Mapping[str, int] = field(default_factory=lambda: dict(NOTHING_SAID))
    limit_until: int | None = None
    effects: dict[tuple[str, str], Mapping[str, int]] = field(default_factory=dict)

    def review(self, outputs: Mapping[str, object], day: int) -> None:
        """Let a review of that day count; what it does not set is not set."""
        set_now = {name: one for name, one in outputs.items() if name in STANDING_OUTPUTS and isinstance(one, int)}
        said = {**NOTHING_SAID, **set_now}
        if said["stop_credit"] == UNKNOWN:
            said["stop_credit"] = self.said["stop_credit"]
        self.said = said
        days = said["limit_valid_days"]
        self.limit_until = None if days == UNKNOWN else day + max(0, days)

    def on(self, day: int, policy: Policy) -> dict[str, int]:
        """Return what is in force on the day: of several effects on one item, and its own value, the strictest."""
        own = dict(self.said)
        if self.limit_until is not None and day >= self.limit_until:
            own["credit_limit"] = UNKNOWN
        values, unclear = dict(own), set()
        for effect in self.effects.values():
            for name, value in effect.items():
                if value == UNKNOWN:
                    unclear.add(name)
                elif own[name] != UNKNOWN or name not in GRANTS:
                    values[name] = strictest(name, values[name], value, policy)
        for name in unclear:
            if not (STANDING_OUTPUTS[name] is Kind.BOOLEAN and values[name] == TRUE):
                values[name] = UNKNOWN
        return values


def strictest(name: str, one: int, other: int, policy: Policy) -> int:
    """Return the stricter of two values of an item; of texts without an order the later."""
    if one == UNKNOWN:
        return other
    if STANDING_OUTPUTS[name] is Kind.CATEGORY:
        texts = {"grade": policy.grades, "payment_term_kind": TERM_KINDS}.get(name, ())
        ranks = {policy.vocabulary.index(text): rank for rank, text in enumerate(texts) if text in policy.vocabulary}
        return other if ranks.get(other, -1) >= ranks.get(one, -1) else one
    return max(one, other) if name in LARGEST_IS_STRICTEST else min(one, other)


def as_facts(values: Mapping[str, int]) -> dict[str, int]:
    """Return a standing as facts, with what was in force before under `previous_...`."""
    return {**values, **{f"previous_{name}": values[name] for name in PREVIOUS_OUTPUTS}}
