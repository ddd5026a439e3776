"""What a check or a comparison of versions found, as the API tells it."""

from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields

from policy_service.api.fields import Money
from policy_service.domain.amounts import from_scaled
from policy_service.domain.errors import Place, PolicyTextError
from policy_service.domain.findings import Finding
from policy_service.domain.values import Kind, scale
from policy_service.language.policy import Policy
from policy_service.services.affected import Affected
from policy_service.services.policy_life.check import Check
from policy_service.services.policy_life.comparing import Told


class PlaceOfText(Schema):
    """Where something stands; 0 and empty where it is not known."""

    file = fields.String(metadata={"example": "order_check.yaml"})
    line = fields.Integer(metadata={"example": 5})
    column = fields.Integer()
    row = fields.String()
    cell = fields.String()


class ProblemOfText(Schema):
    """What keeps a text from being read."""

    code = fields.String(metadata={"example": "L201"})
    place = fields.Nested(PlaceOfText)
    message = fields.String()
    remedy = fields.String()


class AffectedCustomers(Schema):
    """Whom a finding concerns."""

    customers = fields.Integer(metadata={"example": 12})
    exposure = Money(metadata={"description": "Of these customers together, in the base currency."})


class PolicyFindingBody(ProblemOfText):
    """What the linter found."""

    severity = fields.String(metadata={"example": "warning"})
    rule_set = fields.String()
    rows = fields.List(fields.String())
    box = fields.Dict(
        keys=fields.String(), values=fields.String(), metadata={"description": "The region, by column.", "example": {}}
    )
    affected = fields.Nested(AffectedCustomers, allow_none=True)


class FailedCase(Schema):
    """A case that did not find what it expects."""

    name = fields.String()
    line = fields.Integer()
    differences = fields.List(fields.String())


class PolicyCasesBody(Schema):
    """How the cases ran."""

    passed = fields.Integer()
    failed = fields.List(fields.Nested(FailedCase))
    rows_never_hit = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        metadata={"description": "By rule set.", "example": {"order_check": ["O2"]}},
    )


class PolicyCheckBody(Schema):
    """What the loader, the linter and the cases say of a version."""

    is_green = fields.Boolean(metadata={"description": "Whether it can be submitted."})
    problems = fields.List(fields.Nested(ProblemOfText))
    findings = fields.List(fields.Nested(PolicyFindingBody))
    cases = fields.Nested(PolicyCasesBody)
    counts_affected = fields.Boolean(metadata={"description": "Whether customers were counted."})


class PolicyChangeBody(Schema):
    """One change: where, what, before and after, and as a sentence."""

    rule_set = fields.String(metadata={"description": "Empty: the policy itself."})
    row = fields.String()
    what = fields.String(metadata={"example": "parameter tolerance"})
    old = fields.String(metadata={"description": "Empty: it is added.", "example": "0.05"})
    new = fields.String(metadata={"description": "Empty: it is removed.", "example": "0.1"})
    en = fields.String(metadata={"example": "parameter tolerance: 0.05 -> 0.1"})
    zh = fields.String(metadata={"example": "参数 tolerance：由 0.05 改为 0.1"})


class PolicyDiffBody(Schema):
    """What changed between two versions."""

    against = fields.Integer()
    changes = fields.List(fields.Nested(PolicyChangeBody))


def check_body(found: Check, concerned: Sequence[Affected | None] | None) -> dict[str, Any]:
    """Return a check, with whom its findings concern where that was counted."""
    pairs = zip_longest(found.findings, concerned or ())
    return {
        "is_green": found.is_green,
        "problems": [_problem(each) for each in found.problems],
        "findings": [_finding(finding, whom, found.policy) for finding, whom in pairs],
        "cases": _cases(found),
        "counts_affected": concerned is not None,
    }


def diff_body(against: int, changes: Sequence[Told]) -> dict[str, Any]:
    """Return a comparison."""
    return {"against": against, "changes": [_change(told) for told in changes]}


def _problem(error: PolicyTextError) -> dict[str, Any]:
    place = _place(error.place)
    return {"code": error.code, "place": place, "message": error.message, "remedy": error.remedy}


def _finding(finding: Finding, whom: Affected | None, policy: Policy | None) -> dict[str, Any]:
    affected = None
    if whom and policy:
        exposure = from_scaled(whom.exposure, scale(Kind.MONEY, policy.currency))
        affected = {"customers": whom.customers, "exposure": exposure}
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "place": _place(finding.place),
        "message": finding.message,
        "remedy": finding.remedy,
        "rule_set": finding.rule_set,
        "rows": list(finding.rows),
        "box": {span.column: span.text for span in finding.box},
        "affected": affected,
    }


def _cases(found: Check) -> dict[str, Any]:
    failed = [result for result in found.cases.results if not result.passed]
    return {
        "passed": len(found.cases.results) - len(failed),
        "failed": [
            {
                "name": result.case.name,
                "line": result.case.place.line,
                "differences": [str(difference) for difference in result.differences],
            }
            for result in failed
        ],
        "rows_never_hit": {one.rule_set: list(one.never_hit) for one in found.cases.coverage if one.never_hit},
    }


def _place(place: Place) -> dict[str, Any]:
    # A folder of the server is nobody's business.
    return {
        "file": Path(place.file).name,
        "line": place.line,
        "column": place.column,
        "row": place.row,
        "cell": place.cell,
    }


def _change(told: Told) -> dict[str, Any]:
    change = told.change
    return {
        "rule_set": change.rule_set,
        "row": change.row,
        "what": change.what,
        "old": change.old,
        "new": change.new,
        "en": told.en,
        "zh": told.zh,
    }
