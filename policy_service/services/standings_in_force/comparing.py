"""Two standings of a customer compared item by item: what grants more, and what grants less."""

from dataclasses import dataclass
from typing import Final

from policy_service.domain.values import UNKNOWN, Kind
from policy_service.language.definitions.standing import STANDING_OUTPUTS
from policy_service.language.policy import Policy
from policy_service.services.code_book import CodeBook
from policy_service.services.standings import Standing

#: The more of it, the more is granted; not set grants nothing.
_GRANTS: Final = frozenset({"credit_limit", "payment_term_days", "grace_days", "discount_percent", "discount_days"})
#: The more of it, the less is granted; not set asks for nothing.
_ASKS: Final = frozenset(
    {"stop_credit", "watch_list", "prepay_percent", "interest_percent", "collateral_required", "collateral_amount"}
)
#: Of what is granted, that of which not set and 0 are the same to the customer.
_NONE_IF_UNSET: Final = frozenset({"grace_days", "discount_percent", "discount_days"})
_TERM_KINDS_TO_THE_STRICTEST: Final = ("end_of_month", "net", "prepayment")


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a standing was, what it shall be, and the words of the policy that both are written in."""

    before: Standing
    after: Standing
    policy: Policy
    codes: CodeBook

    def rises(self) -> tuple[str, ...]:
        """Return the items of which `after` grants more, and those of which nobody can tell."""
        return tuple(name for name in STANDING_OUTPUTS if self._grants_more(name, self.before, self.after))

    def changes(self) -> tuple[str, ...]:
        """Return the items that differ."""
        return tuple(name for name in STANDING_OUTPUTS if self.before.values[name] != self.after.values[name])

    def cuts(self) -> tuple[str, ...]:
        """Return the items of which `after` grants less for sure."""
        risen = frozenset(self.rises())
        less = (name for name in STANDING_OUTPUTS if self._grants_more(name, self.after, self.before))
        return tuple(name for name in less if name not in risen)

    def with_cuts_only(self) -> Standing:
        """Return `before` with the cuts; what has no order stays as it was before."""
        return Standing({**self.before.values, **{name: self.after.values[name] for name in self.cuts()}})

    def _grants_more(self, name: str, one: Standing, other: Standing) -> bool:
        old, new = one.values[name], other.values[name]
        if old == new:
            return False
        if name in _NONE_IF_UNSET:
            return _or_none(new) > _or_none(old)
        if name in _GRANTS:
            return new > old
        if name in _ASKS:
            return _or_none(new) < _or_none(old)
        return self._ranks_higher(name, old, new)

    def _ranks_higher(self, name: str, old: int, new: int) -> bool:
        # A policy names its grades from the best to the worst. Other texts have no order, nor has a score.
        best_first = {"grade": self.policy.grades, "payment_term_kind": _TERM_KINDS_TO_THE_STRICTEST}.get(name)
        if best_first is None or new == UNKNOWN:
            return False
        texts = ["" if value == UNKNOWN else self.codes.text(value, Kind.CATEGORY) for value in (old, new)]
        if not all(text in best_first for text in texts):
            # Nobody can tell, so it is taken for more.
            return True
        return best_first.index(texts[1]) < best_first.index(texts[0])


def _or_none(value: int) -> int:
    return 0 if value == UNKNOWN else value
