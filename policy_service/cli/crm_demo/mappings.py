"""How the sample CRMs are read: the mappings that ship, with the lines that a company of these fields changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent
from types import MappingProxyType
from typing import Final

from policy_service.connectors.port import System
from policy_service.domain.errors import PolicyServiceError


@dataclass(frozen=True, slots=True)
class Edit:
    """A line of the shipped mapping, and the lines that stand in its place; it is among them where it stays."""

    shipped: str
    here: str


#: What is changed of each mapping; docs/how-to/try-the-crms.md says why.
EDITS: Final[Mapping[System, Sequence[Edit]]] = MappingProxyType(
    {
        System.ZOHO_CRM: (
            Edit("      segment: Account_Type", "      segment: Rating"),
            Edit(
                "      parent_id: {field: Parent_Account, part: id}",
                """\
      parent_id: {field: Parent_Account, part: id}
      since: Created_Time

  - from: Sales_Orders
    to: orders
    not: {Status: [Cancelled]}
    columns:
      order_id: id
      customer_id: {field: Account_Name, part: id}
      date: Due_Date
      amount: Grand_Total""",
            ),
            Edit(
                '      credit_limit: {field: Credit_Limit, unlimited: "", unset: ""}',
                '      credit_limit: {field: Credit_Limit_CNY, unlimited: "", unset: ""}',
            ),
            Edit("      credit_stopped: Credit_Stopped", "      credit_stopped: Stop_Credit"),
            Edit(
                '      next_review: {field: Next_Credit_Review, unset: ""}',
                '      next_review: {field: Next_Review, unset: ""}',
            ),
        ),
        System.ZOHO_BOOKS: (
            Edit(
                "      payment_term_days: payment_terms",
                """\
      payment_term_days: payment_terms
      grade: {field: cf_credit_grade, unset: ""}
      credit_stopped: {field: cf_stop_credit, set: "Yes", clear: "No"}
      next_review: {field: cf_next_review, unset: ""}""",
            ),
        ),
        System.FXIAOKE: (
            Edit("      industry: industry_level1", "      industry: industry_level1\n      since: create_time"),
            Edit(
                "      credit_stopped: {field: credit_stopped__c, set: 停止赊销, clear: 正常}",
                "      credit_stopped: stop_credit__c",
            ),
            Edit(
                '      next_review: {field: next_credit_review__c, unit: milliseconds, unset: ""}',
                '      next_review: {field: next_review__c, unit: milliseconds, unset: ""}',
            ),
        ),
    }
)


def edited(system: System, shipped: str) -> str:
    """Return the mapping of a sample CRM; X198 where the shipped one has no such line to change, or two."""
    lines = shipped.splitlines()
    for edit in EDITS[system]:
        if lines.count(edit.shipped) != 1:
            raise PolicyServiceError(
                "X198",
                f"The mapping {system.value} has no single line {edit.shipped.strip()!r}, which the demo changes.",
                remedy=f"Put connectors/{system.value}.yaml of RULES_DIR back as it ships.",
            )
        place = lines.index(edit.shipped)
        lines[place : place + 1] = edit.here.split("\n")
    return "\n".join(lines) + "\n"


def as_diff(edit: Edit) -> str:
    """Return an edit as its lines with - and +, or with a blank where the line stays."""
    here = edit.here.split("\n")
    lines = [] if edit.shipped in here else [("-", edit.shipped)]
    lines += [(" " if line == edit.shipped else "+", line) for line in here]
    plain = dedent("\n".join(line for _, line in lines)).split("\n")
    return "\n".join(f"{sign} {line}".rstrip() for (sign, _), line in zip(lines, plain, strict=True))
