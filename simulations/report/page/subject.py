"""What a page tells of: a report with the policies that were compared, from a run just done or from a stored result."""

from dataclasses import dataclass

import numpy as np

from policy_service.language.policy import Policy
from simulations.comparison.comparison import Comparison, Side
from simulations.report.contents import Circumstances, Report, report_of


@dataclass(frozen=True, slots=True)
class Subject:
    """A report, its two sides, and how many customers have an order that is decided otherwise.

    A report names the first thousand of these alone.
    """

    report: Report
    baseline: Side
    candidate: Side
    changed: int

    @property
    def policies(self) -> tuple[Policy, ...]:
        """The policies compared, the candidate first; of recorded practice there is none."""
        return tuple(side.text for side in (self.candidate, self.baseline) if side.text is not None)


def subject_of(found: Comparison, circumstances: Circumstances) -> Subject:
    """Return what the page of a run that was just done tells of."""
    question = found.question
    changed = int(np.count_nonzero(found.customers.moves.first[:, 1] >= 0))
    return Subject(report_of(found, circumstances), question.baseline, question.candidate, changed)
