"""What the facts mean whose definition never varies, in a sentence each; the others say it by how they are measured."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask_babel import LazyString, lazy_gettext

from policy_service.language.definitions.built_in_facts import PREVIOUS_PREFIX, declared_name
from policy_service.language.definitions.dictionary import FactDefinition, FactSource

MEANINGS: Final[Mapping[str, LazyString]] = MappingProxyType(
    {
        "open_balance": lazy_gettext("The sum of what is open of all invoices."),
        "overdue_balance": lazy_gettext(
            "What is open past its due date and the days of grace, and in no dispute. The grace is that of the "
            "standing, 0 before the first review."
        ),
        "past_due_balance": lazy_gettext("What is open past its due date, disputed or not, without grace."),
        "disputed_balance": lazy_gettext("What is open of invoices in dispute."),
        "unapplied_cash": lazy_gettext(
            "What payments and credit notes exceed their invoices by, and payments that name no invoice."
        ),
        "oldest_days_past_due": lazy_gettext(
            "The most days past due of an open invoice that is in no dispute, without grace; 0 if there is none."
        ),
        "open_orders": lazy_gettext(
            "Orders let through, less what of them is prepaid or invoiced. One without an invoice counts for 180 days."
        ),
        "unmatured_bills": lazy_gettext("Payments by bill that have not matured."),
        "exposure": lazy_gettext(
            "What the policy counts as owed: first open invoices, orders and bills, then cash that is not applied is "
            "taken off, then the insured part of the rest. It is never below 0."
        ),
        "headroom": lazy_gettext("Limit minus exposure; not known without a limit."),
        "utilisation": lazy_gettext("Exposure over limit; not known without a limit and at a limit of 0."),
        "months_as_customer": lazy_gettext(
            "Months since the day in the customer file, else since the first order; never below 0."
        ),
        "sales_12m": lazy_gettext("Invoices issued in the last 365 days, before credit notes."),
        "avg_monthly_sales_12m": lazy_gettext(
            "The sales of the last 365 days over the months as a customer, at least 1 and at most 12."
        ),
        "avg_monthly_orders_12m": lazy_gettext(
            "All orders asked for in the last 365 days, whatever became of them, over the months as a customer, at "
            "least 1 and at most 12."
        ),
        "days_sales_outstanding_90d": lazy_gettext("Open balance × 90 over the sales of the last 90 days."),
        "payment_index_12m": lazy_gettext(
            "From 0 to 100, weighted by amounts: 100 for 30 days early, 80 on the due date, 50 for 30 days late, 0 for "
            "240 days late. It is no rating of an agency."
        ),
        "days_past_due": lazy_gettext(
            "What a ladder reads of each open invoice; negative before its due date. Of a single customer only."
        ),
        "as_of": lazy_gettext("The business day decided on."),
    }
)
_OF_SOURCE: Final[Mapping[FactSource, LazyString]] = MappingProxyType(
    {
        FactSource.LEDGER: lazy_gettext("Measured from entries of the ledger, as it is declared."),
        FactSource.BUILT_IN: lazy_gettext("Measured from entries of the ledger; the definition never varies."),
        FactSource.CUSTOMER: lazy_gettext("A column of the customer file; an empty cell is not known."),
        FactSource.REQUEST: lazy_gettext("Only the asking system knows it: it comes with the question."),
        FactSource.STANDING: lazy_gettext("What the last review set, as ladders and people have changed it."),
    }
)


def meaning_of(fact: FactDefinition) -> str:
    """Return what a fact means, in the language of the page."""
    if fact.source is FactSource.STANDING and fact.name.startswith(PREVIOUS_PREFIX):
        return str(lazy_gettext("What was in force before the review that reads it."))
    return str(MEANINGS.get(declared_name(fact.name)) or _OF_SOURCE[fact.source])
