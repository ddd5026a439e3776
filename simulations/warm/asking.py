"""Questions about an edit as they are sent to the worker: policies as canonical text, and a request of the API.

It loads nothing of what simulations stand on: processes that only ask stay small.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

#: Customers told of in an answer unless somebody says otherwise, and at most.
FIRST_TOLD: Final = 20
MOST_TOLD: Final = 1_000


@dataclass(frozen=True, slots=True)
class ImpactAsked:
    """What would change with the candidate instead of the baseline; none: instead of recorded practice.

    `person` and `draft` say whose edit it is: a later one about the same draft takes its place. `request` has the
    assumptions and the values of parameters of a validated request for a simulation.
    """

    person: str
    draft: str
    candidate: str
    baseline: str | None
    request: Mapping[str, Any]
    told: int = FIRST_TOLD

    def message(self) -> Mapping[str, Any]:
        """Return it as it is sent."""
        return {
            "person": self.person,
            "draft": self.draft,
            "candidate": self.candidate,
            "baseline": self.baseline,
            "request": {**self.request, "stress": []},
            "told": self.told,
        }


@dataclass(frozen=True, slots=True)
class CurveAsked:
    """The curve of every figure over a dial of a draft: a parameter, or a bound, by its name.

    `at` is the value under somebody's hand, as the policy writes it, empty for none. A later question about a dial of
    the same draft takes its place; one about the draft's impact does not.
    """

    person: str
    draft: str
    candidate: str
    request: Mapping[str, Any]
    parameter: str = ""
    bound: str = ""
    at: str = ""

    def message(self) -> Mapping[str, Any]:
        """Return it as it is sent."""
        return {
            "asks": "curve",
            "person": self.person,
            "draft": f"{self.draft} curve",
            "candidate": self.candidate,
            "request": {**self.request, "stress": []},
            "parameter": self.parameter,
            "bound": self.bound,
            "at": self.at,
        }
