"""What a stress did to the ledger of a report, in sentences, and to the figures of both sides, as a table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from simulations.report.contents import Report
from simulations.report.page.figures import GROUPS
from simulations.report.page.numbers import Numbers, Unit
from simulations.report.page.wording import Wording
from simulations.report.stress_sentences import effect_told, nothing_changed, without_and_under

_UNDER_STRESS: Final = {
    "en": "Under stress, not as recorded. {effect}.",
    "zh": "压力情景，并非实录。{effect}。",
}
_BETWEEN_SENTENCES: Final = {"en": " ", "zh": ""}

_TITLE: Final = {"en": "What the stress does", "zh": "压力情景的影响"}
_SIDES: Final = ("baseline", "candidate")


@dataclass(frozen=True, slots=True)
class StressTable:
    """A heading, four columns (each side without and under stress), and by figure its label and its four texts."""

    title: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str]]]


def stress_table(report: Report, words: Wording, numbers: Numbers) -> StressTable | None:
    """Return the figures of both sides without and under stress; none of a ledger as recorded."""
    if "stress" not in report:
        return None
    language, without = words.language, report["stress"]["without"]
    columns = [column for side in _SIDES for column in without_and_under(words(side), language)]
    kpis = [told[side] for side in _SIDES for told in (without, report)]
    rows = [
        (words.figures[shown.name][0], [_figure(shown.unit, one[shown.name], words, numbers) for one in kpis])
        for members in GROUPS.values()
        for shown in members
    ]
    return StressTable(_TITLE[language], columns, rows)


def _figure(unit: Unit, value: Any, words: Wording, numbers: Numbers) -> str:
    return words("none") if value is None else numbers.figure(unit, value)


def stresses_told(report: Report, numbers: Numbers) -> Iterator[str]:
    """Yield what each stress that a report is under did, if only that it did nothing; none of a ledger as recorded."""
    language = numbers.language
    for effect in report["stress"]["effects"] if "stress" in report else ():
        told = _UNDER_STRESS[language].format(effect=effect_told(effect, numbers))
        nothing = nothing_changed(effect, language)
        yield _BETWEEN_SENTENCES[language].join(filter(None, (told, nothing)))
