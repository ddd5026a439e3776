"""Lists of Zoho Books: filtered as their parameters say, a page at a time."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from policy_service.sample_crms.books.errors import invalid
from policy_service.sample_crms.books.showing import listed
from policy_service.sample_crms.clock import read
from policy_service.sample_crms.speaking import Answer, Asked, answer
from policy_service.sample_crms.table import Held, Key, Order, Row, Table

MOST_PER_PAGE: Final = 200
_PAGING: Final = frozenset({"organization_id", "page", "per_page"})
_DAYS: Final = tuple(
    f"{name}{end}" for name in ("date", "due_date") for end in ("", "_start", "_end", "_before", "_after")
)
KNOWN: Final = {
    "invoices": _PAGING
    | frozenset(_DAYS)
    | {
        "customer_id",
        "status",
        "last_modified_time",
        "filter_by",
        "zcrm_potential_id",
        "sort_column",
        "sort_order",
        "response_option",
    },
    "contacts": _PAGING | {"contact_name", "zcrm_account_id", "zcrm_contact_id", "filter_by"},
    # The text names no filter of payments: all are listed.
    "customerpayments": _PAGING,
}
_TITLES: Final = {"invoices": "Invoices", "contacts": "Contacts", "customerpayments": "Customer Payments"}
_SORTED: Final = {"created_time": Order.CREATED, "last_modified_time": Order.MODIFIED}
_SORTED_BY_VALUE: Final = frozenset({"date", "due_date", "invoice_number", "total", "balance", "customer_name"})
_STATUSES: Final = frozenset({"sent", "draft", "overdue", "paid", "void", "unpaid", "partially_paid", "viewed"})
_UNPAID: Final = frozenset({"sent", "overdue", "partially_paid", "viewed"})

Test = Callable[[Row], bool]


@dataclass(frozen=True, slots=True)
class _Cut:
    rows: Sequence[Held]
    has_more: bool


def page(name: str, table: Table, asked: Asked) -> Answer:
    """Return the page that is asked for; Refusal for parameters that are not the list's."""
    for parameter in asked.query:
        if parameter not in KNOWN[name]:
            raise invalid(f"Invalid value passed for {parameter}")
    number, size = _count(asked, "page", 1, 10**9), _count(asked, "per_page", MOST_PER_PAGE, MOST_PER_PAGE)
    column, order = asked.query.get("sort_column", "created_time"), asked.query.get("sort_order", "D")
    if column not in {*_SORTED, *_SORTED_BY_VALUE} or order not in {"A", "D"}:
        raise invalid("Invalid value passed for sort_column")
    cut = _cut(table, asked, (number - 1) * size, size)
    context: Row = {
        "page": number,
        "per_page": size,
        "has_more_page": cut.has_more,
        "report_name": _TITLES[name],
        "applied_filter": asked.query.get("filter_by", "Status.All"),
        "sort_column": column,
        "sort_order": order,
    }
    key = name
    if name == "customerpayments" and "old_payments_key" not in asked.shapes:
        key = "customer_payments"
    return answer(
        200,
        {
            "code": 0,
            "message": "success",
            key: [listed(name, row, asked) for row in cut.rows],
            "page_context": [context] if "page_context_array" in asked.shapes else context,
        },
    )


def _cut(table: Table, asked: Asked, offset: int, size: int) -> _Cut:
    column, descends = asked.query.get("sort_column", "created_time"), asked.query.get("sort_order", "D") == "D"
    tests = list(_tests(asked))
    since = _since(asked)
    if not tests and since is None and column in _SORTED:
        keys: Sequence[Key] = table.keys(_SORTED[column])
    else:
        keys = _chosen(table, tests, since, column)
    if descends:
        end = len(keys) - offset
        found = list(keys[max(0, end - size) : end][::-1]) if end > 0 else []
    else:
        found = list(keys[offset : offset + size])
    return _Cut(list(table.at(found)), offset + len(found) < len(keys))


def _chosen(table: Table, tests: Sequence[Test], since: int | None, column: str) -> Sequence[Key]:
    begin, end = table.between(since)
    keys = table.keys(Order.MODIFIED)[begin:end]
    if tests:
        keys = [key for key in keys if all(test(table.rows[key[1]].body) for test in tests)]
    if column == "last_modified_time":
        return keys
    if column == "created_time":
        return sorted((table.rows[row_id].created, row_id) for _, row_id in keys)
    return [(0, row_id) for row_id in sorted((key[1] for key in keys), key=lambda one: _value(table.rows[one], column))]


def _value(row: Held, column: str) -> tuple[float, str]:
    found = row.body.get(column)
    return (float(found), "") if isinstance(found, int | float) else (0.0, str(found))


def _tests(asked: Asked) -> Iterable[Test]:
    for name in ("customer_id", "zcrm_account_id", "zcrm_contact_id", "zcrm_potential_id", "contact_name"):
        if name in asked.query:
            yield _equal(name, asked.query[name])
    status = asked.query.get("status")
    if status is not None:
        if status not in _STATUSES:
            raise invalid("Invalid value passed for status")
        yield _has_status(status)
    chosen = asked.query.get("filter_by", "Status.All")
    if not chosen.startswith("Status."):
        raise invalid("Invalid value passed for filter_by")
    word = chosen.removeprefix("Status.").lower()
    if word not in {"all", "customers"}:
        yield _has_status({"partiallypaid": "partially_paid"}.get(word, word))
    for name in _DAYS:
        if name in asked.query:
            yield _in_days(name, asked.query[name])


def _equal(name: str, wanted: str) -> Test:
    return lambda body: str(body.get(name, "")) == wanted


def _has_status(status: str) -> Test:
    if status == "unpaid":
        return lambda body: body.get("status") in _UNPAID
    return lambda body: body.get("status") == status


def _in_days(name: str, written: str) -> Test:
    try:
        day = dt.date.fromisoformat(written).isoformat()
    except ValueError as problem:
        raise invalid(f"Invalid value passed for {name}") from problem
    field = "due_date" if name.startswith("due_date") else "date"
    match name.removeprefix(field):
        case "_start":
            return lambda body: str(body.get(field)) >= day
        case "_end":
            return lambda body: str(body.get(field)) <= day
        case "_before":
            return lambda body: str(body.get(field)) < day
        case "_after":
            return lambda body: str(body.get(field)) > day
        case _:
            return lambda body: str(body.get(field)) == day


def _since(asked: Asked) -> int | None:
    written = asked.query.get("last_modified_time")
    if written is None:
        return None
    # The text writes the offset as -UTC; its examples have -0800 there.
    since = read(written.replace("-UTC", "+0000"))
    if since is None:
        raise invalid("Invalid value passed for last_modified_time")
    return since


def _count(asked: Asked, name: str, default: int, most: int) -> int:
    written = asked.query.get(name, str(default))
    if not written.isascii() or not written.isdigit() or not 1 <= int(written) <= most:
        raise invalid(f"Invalid value passed for {name}")
    return int(written)
