"""Every defect planted in the broken policies is found, by its code and where it stands."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from policy_service.domain.errors import PolicyTextError
from policy_service.domain.findings import Finding, Severity
from policy_service.language.load import load_policy
from policy_service.language.yaml_text.problems import PolicyNotReadable
from policy_service.linter.lint import lint

HERE = Path(__file__).parent


class Defect(NamedTuple):
    """What was planted: the code that finds it, file and line, and a word or two of the message."""

    code: str
    file: str
    line: int
    says: str


#: `broken_p6` loads; the linter finds these.
LINTED = (
    # CN-1: bands of whole numbers.
    Defect("C124", "grading.yaml", 2, "no band covers a score (85..86)"),
    Defect("C124", "grading.yaml", 2, "no band covers a score < 10"),
    Defect("C125", "grading.yaml", 2, "no band covers a score (69..70)"),
    Defect("C125", "grading.yaml", 2, "no band covers a score (59..60)"),
    Defect("C125", "grading.yaml", 2, "no band covers a score (45..46)"),
    Defect("C125", "grading.yaml", 2, "no band covers a score (25..26)"),
    # The sample scoring model of Oracle: bounds that belong to two ranges.
    Defect("C122", "scoring_model.yaml", 5, "both match late_percent = 10"),
    Defect("C122", "scoring_model.yaml", 5, "both match late_percent = 60"),
    Defect("C121", "scoring_model.yaml", 5, "late_percent < 0 or > 100"),
    Defect("C122", "scoring_model.yaml", 6, "both match days_sales_outstanding_90d = 10"),
    Defect("C122", "scoring_model.yaml", 6, "both match days_sales_outstanding_90d = 25"),
    Defect("C122", "scoring_model.yaml", 6, "both match days_sales_outstanding_90d = 50"),
    Defect("C121", "scoring_model.yaml", 6, "days_sales_outstanding_90d > 100"),
    Defect("C123", "scoring_model.yaml", 6, "earns no points"),
    Defect("C127", "scoring_model.yaml", 8, "band AA is never reached"),
    Defect("C126", "scoring_model.yaml", 9, "bands AA and A"),
    Defect("C126", "scoring_model.yaml", 10, "bands A and BB both cover score = 70"),
    Defect("C128", "scoring_model.yaml", 12, "grade C has two bands"),
    # fidccs: the hole at two and three points.
    Defect("C101", "small_limits.yaml", 2, "file_points [2..3] or >= 16"),
    # Rows that overlap, leave gaps, contradict, hide or repeat each other.
    Defect("C103", "limit.yaml", 6, "rows L10 and L20 both match grade = A and months_as_customer [24..35]"),
    Defect("C101", "limit.yaml", 1, "grade = AA and months_as_customer [12..23]"),
    Defect("C101", "limit.yaml", 1, "grade = BB and months_as_customer >= 36"),
    Defect("C102", "discounts.yaml", 1, "worst_days_late_12m unknown"),
    Defect("C104", "terms.yaml", 6, "rows T10 and T20 both match"),
    Defect("C104", "terms.yaml", 7, "rows T10 and T30 may both match"),
    Defect("C105", "watch.yaml", 7, "row W20 never applies: W10 takes every case"),
    Defect("C106", "watch.yaml", 8, "row W30 never matches"),
    Defect("C107", "notes.yaml", 9, "rows N10 and N30 have the same conditions"),
    Defect("C108", "terms.yaml", 7, "every value of oldest_days_past_due"),
    Defect("C109", "terms.yaml", 1, "`disputes_12m >= 0` is always true"),
    # Ladders: out of order, on one day, a level skipped, effects relaxed, credit stopped to no effect.
    Defect("C141", "collection.yaml", 6, "L4 stands behind level L3"),
    Defect("C142", "collection.yaml", 7, "levels L3 and L5 both fire on day 30"),
    Defect("C143", "collection.yaml", 7, "prepay_percent to 50"),
    Defect("C144", "collection.yaml", 5, "the deadline of level L1 ends on day 37"),
    Defect("C145", "late_collection.yaml", 6, "cannot be shown"),
    Defect("C146", "collection.yaml", 5, "from level L1 to level L3"),
    Defect("C147", "collection.yaml", 7, "no order check reads it"),
    Defect("C148", "collection.yaml", 7, "states no release"),
    Defect("C149", "order_check.yaml", 2, "no tolerance"),
    Defect("C150", "order_check.yaml", 2, "no materiality"),
    # What nobody reads.
    Defect("C161", "policy.yaml", 7, "parameter forgotten_dial"),
    Defect("C162", "notes.yaml", 1, "output remarks"),
    Defect("C164", "broken_p6/facts.yaml", 8, "fact reputation_score"),
    # The unknown, and a limit that shrinks by its own refusals.
    Defect("C171", "watch.yaml", 1, "watch skips rows"),
    Defect("C172", "small_limits.yaml", 2, "file_points may be unknown"),
    Defect("C173", "limit.yaml", 1, "avg_monthly_sales_12m"),
    # Claims.
    Defect("C182", "grading.yaml", 15, "score never falls with oldest_days_past_due: refuted"),
    Defect("C182", "limit.yaml", 10, "credit_limit never rises with months_as_customer: refuted"),
    Defect("C183", "surcharge.yaml", 7, "interest_percent never falls with disputes_12m: not proved"),
    Defect("C184", "grading.yaml", 16, "reads reputation_score"),
)

#: `broken_p6_text` does not load; these are the reasons.
UNREADABLE = (
    Defect("L502", "grade_by_limit.yaml", 4, "grade_by_limit -> limit_by_grade -> grade_by_limit"),
    Defect("L426", "policy.yaml", 6, "tolerance is outside its range"),
    Defect("L405", "policy.yaml", 7, "exposure has the name of a fact"),
    Defect("L232", "policy.yaml", 8, "100.005 has too many decimals"),
    Defect("L501", "policy.yaml", 10, "names the ladder collection"),
    Defect("L041", "policy.yaml", 11, 'no key "colour"'),
    Defect("L403", "stray.yaml", 0, "does not list stray"),
    Defect("L429", "limit_by_grade.yaml", 6, "grade is never AAA"),
    Defect("L201", "scoring.yaml", 3, "avg_days_lat_12m is no fact"),
    Defect("L212", "scoring.yaml", 4, "from 30 down to 10"),
    Defect("L208", "scoring.yaml", 4, "2.5 is not whole"),
    Defect("L201", "scoring.yaml", 5, "high is no fact"),
    Defect("L421", "scoring.yaml", 7, "knock-out K1 names no reason"),
    Defect("L425", "scoring.yaml", 11, "is no claim"),
    Defect("L433", "terms.yaml", 1, "payment_term_days would be a list"),
    Defect("L427", "terms.yaml", 3, "the output unset is declared"),
    Defect("L417", "terms.yaml", 6, "T10 stands twice"),
    Defect("L106", "terms.yaml", 7, "“days”"),
    Defect("L419", "terms.yaml", 7, "bonus is no output"),
    Defect("L206", "terms.yaml", 8, "has no order"),
    Defect("L207", "terms.yaml", 8, "order_amount is of kind money"),
    Defect("L052", "order_check.yaml", 2, '"best"'),
    Defect("L204", "order_check.yaml", 4, "mixes money"),
    Defect("L421", "order_check.yaml", 5, "row O20 says hold and names no reason"),
    Defect("L205", "order_check.yaml", 6, "worst_days_late_12m is of kind days"),
    Defect("L420", "order_check.yaml", 6, "the outcome is reject"),
    Defect("L201", "order_check.yaml", 7, "colour is no fact"),
    Defect("L428", "order_check.yaml", 7, "OVER_LIMITS is not in reasons.yaml"),
    Defect("L411", "order_check.yaml", 8, "an empty list"),
    Defect("L041", "order_check.yaml", 8, 'no key "than"'),
    Defect("L042", "order_check.yaml", 8, 'lacks the key "then"'),
    Defect("L432", "authority.yaml", 1, "which output ranks the rows"),
    Defect("L202", "authority.yaml", 4, "no function sqrt"),
    Defect("L105", "authority.yaml", 5, "facts have no parts"),
    Defect("L201", "collection.yaml", 3, "soon is no fact"),
    Defect("L048", "collection.yaml", 3, '"-3"'),
    Defect("L042", "collection.yaml", 4, 'lacks the key "days_past_due"'),
    Defect("L415", "collection.yaml", 6, "the trigger has no condition"),
)

#: `broken_p6_yaml` holds files that are no strict YAML.
NO_STRICT_YAML = (
    Defect("L015", "bare_no.yaml", 4, "a yes or no"),
    Defect("L017", "bare_time.yaml", 4, "base of 60"),
    Defect("L018", "octal.yaml", 4, "030 is not quoted"),
    Defect("L006", "twice.yaml", 3, '"hit_policy" stands twice'),
    Defect("L010", "borrowed.yaml", 3, "the anchor &rows"),
    Defect("L027", "unclosed.yaml", 4, "no YAML"),
    Defect("L027", "interval.yaml", 4, "no YAML"),
    Defect("L026", "tabbed.yaml", 4, "a tab"),
    Defect("L024", "empty_value.yaml", 2, "a value is missing"),
    Defect("L401", "policy.yaml", 5, "no file missing.yaml"),
)

TEXTS = tuple(("broken_p6_text", defect) for defect in UNREADABLE) + tuple(
    ("broken_p6_yaml", defect) for defect in NO_STRICT_YAML
)


@cache
def findings() -> tuple[Finding, ...]:
    return lint(load_policy(HERE / "broken_p6"))


@cache
def errors(folder: str) -> tuple[PolicyTextError, ...]:
    with pytest.raises(PolicyNotReadable) as refused:
        load_policy(HERE / folder)
    return refused.value.errors


def fits(defect: Defect, found: Finding | PolicyTextError) -> bool:
    same_place = (defect.code, defect.file, defect.line) == (found.code, found.place.file, found.place.line)
    return same_place and defect.says in found.message


def name_of(defect: Defect) -> str:
    return f"{defect.code}-{defect.file}-{defect.line}"


@pytest.mark.parametrize("defect", LINTED, ids=name_of)
def test_the_linter_finds_the_defect_where_it_was_planted(defect: Defect) -> None:
    assert 1 == sum(fits(defect, finding) for finding in findings())


@pytest.mark.parametrize(("folder", "defect"), TEXTS, ids=[name_of(defect) for _, defect in TEXTS])
def test_the_loader_finds_the_defect_where_it_was_planted(folder: str, defect: Defect) -> None:
    assert 1 == sum(fits(defect, error) for error in errors(folder))


def test_the_linter_calls_nothing_an_error_that_was_not_planted() -> None:
    wrong = [finding for finding in findings() if finding.severity is Severity.ERROR]
    assert [] == [finding for finding in wrong if not any(fits(defect, finding) for defect in LINTED)]


@pytest.mark.parametrize(("folder", "planted"), [("broken_p6_text", UNREADABLE), ("broken_p6_yaml", NO_STRICT_YAML)])
def test_the_loader_complains_of_no_line_that_was_not_planted(folder: str, planted: tuple[Defect, ...]) -> None:
    lines = {(defect.file, defect.line) for defect in planted}
    assert [] == [str(error) for error in errors(folder) if (error.place.file, error.place.line) not in lines]


def test_every_finding_says_what_to_do_about_it() -> None:
    assert [] == [finding for finding in findings() if not finding.remedy]


@pytest.mark.parametrize("folder", ["broken_p6_text", "broken_p6_yaml"])
def test_every_error_says_what_to_do_about_it(folder: str) -> None:
    assert [] == [str(error) for error in errors(folder) if not error.remedy]
