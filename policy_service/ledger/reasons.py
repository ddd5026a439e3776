"""Why an import is refused (D), a row is quarantined (Q) or only remarked on (W): codes with meaning and remedy."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means and what to do about it."""

    meaning: str
    remedy: str


class Refusal(StrEnum):
    """Why nothing at all is imported."""

    NO_FOLDER = "D101"
    FILE_MISSING = "D102"
    TABLE_TWICE = "D103"
    NO_HEADER = "D104"
    COLUMN_MISSING = "D105"
    COLUMN_TWICE = "D106"
    NOT_UTF8 = "D107"
    NUL_CHARACTER = "D108"
    UNREADABLE_FILE = "D109"
    FAULTY_RATE = "D110"
    FAULTY_MAPPING = "D111"
    TOO_MUCH_TO_HOLD = "D112"
    TOO_MANY_FAULTY = "D113"


class Reason(StrEnum):
    """Why a row is quarantined."""

    RAGGED = "Q101"
    QUOTING = "Q102"
    EMPTY = "Q103"
    NO_DATE = "Q104"
    NO_AMOUNT = "Q105"
    NOT_POSITIVE = "Q106"
    TOO_MANY_DECIMALS = "Q107"
    TOO_LARGE = "Q108"
    NO_CURRENCY = "Q109"
    NO_RATE = "Q110"
    UNKNOWN_CUSTOMER = "Q111"
    UNKNOWN_INVOICE = "Q112"
    UNKNOWN_ORDER = "Q113"
    NAMES_NOBODY = "Q114"
    UNKNOWN_WORD = "Q115"
    DUE_BEFORE_ISSUE = "Q116"
    ORDER_AFTER_ISSUE = "Q117"
    BEFORE_ISSUE = "Q118"
    CLOSED_BEFORE_OPENED = "Q119"
    PROMISED_BEFORE_MADE = "Q120"
    ORDER_AFTER_INVOICE = "Q121"
    CONFLICTING_ID = "Q122"
    NO_WHOLE_NUMBER = "Q123"
    INVOICE_QUARANTINED = "Q124"
    ENTRY_QUARANTINED = "Q125"
    ORDER_QUARANTINED = "Q126"
    ORDER_OF_ANOTHER = "Q127"
    NO_VALUE_OF_FACT = "Q128"
    TOO_LONG = "Q129"
    DECIDED_HERE = "Q130"
    STORED_OTHERWISE = "Q131"
    STORED_BY_ANOTHER = "Q132"


class Remark(StrEnum):
    """What is imported, but worth a look."""

    UNKNOWN_FILE = "W101"
    UNKNOWN_COLUMN = "W102"
    REPEATED_ROW = "W103"
    EQUAL_CONTENT = "W104"
    UNKNOWN_PARENT = "W105"
    CIRCULAR_PARENT = "W106"
    PAID_BY_ANOTHER = "W107"
    MATURES_BEFORE_RECEIPT = "W108"
    SEVERAL_VALUES = "W109"
    UNDATED_FLAG = "W110"
    OTHER_BASE_CURRENCY = "W111"
    POSTED_ON_UNREAD = "W112"
    SHEET_UNREAD = "W113"
    WRITE_OFF_DROPPED = "W114"


EXPLANATIONS: Final[Mapping[Reason | Remark, Explanation]] = MappingProxyType(
    {
        Reason.NO_VALUE_OF_FACT: Explanation(
            "The cell is no value of the customer fact that facts.yaml declares.",
            "Write a value of its type, leave the cell empty, or correct the declaration.",
        ),
        Reason.RAGGED: Explanation(
            "The row has more or fewer cells than the header.", "Quote texts that hold the delimiter; complete the row."
        ),
        Reason.QUOTING: Explanation(
            "A quotation mark is not closed, or text follows one.", 'Close it; write "" for a mark inside a text.'
        ),
        Reason.EMPTY: Explanation("A cell that must be filled is empty.", "Fill it, or take the row out."),
        Reason.NO_DATE: Explanation(
            "The cell is no day of the calendar.",
            "Write year, month and day: 2026-03-01; in a mapped file, as its date_format says.",
        ),
        Reason.NO_AMOUNT: Explanation(
            "The cell is no amount.", "Write digits with at most one point and no sign or separator: 1234.50."
        ),
        Reason.NOT_POSITIVE: Explanation(
            "The amount is zero.", "Write an amount above zero; a credit is an adjustment of kind credit_note."
        ),
        Reason.TOO_MANY_DECIMALS: Explanation(
            "The amount has more decimals than its currency.", "Write it to the currency's minor unit."
        ),
        Reason.TOO_LARGE: Explanation(
            "The amount does not fit into 64 bits.", "Correct the amount, or the rate of its currency."
        ),
        Reason.NO_CURRENCY: Explanation("The cell is no currency code.", "Write an ISO 4217 code in capitals: EUR."),
        Reason.NO_RATE: Explanation(
            "No rate of the currency is known at that date.", "Add a row to rates dated at or before it."
        ),
        Reason.UNKNOWN_CUSTOMER: Explanation(
            "No accepted row of customers that it may name has that id.",
            "Add the customer, or correct the id; a row of a file may name those of its own upload alone.",
        ),
        Reason.UNKNOWN_INVOICE: Explanation(
            "No row of invoices that it may name has that id.",
            "Add the invoice, or correct the id; a row of a file may name those of its own upload alone.",
        ),
        Reason.UNKNOWN_ORDER: Explanation(
            "No row of orders that it may name has that id.", "Add the order, correct the id, or leave order_id empty."
        ),
        Reason.NAMES_NOBODY: Explanation(
            "The payment names neither an invoice nor a customer.", "Fill invoice_id, or customer_id."
        ),
        Reason.UNKNOWN_WORD: Explanation("The cell is none of the words known there.", "Write one of the words named."),
        Reason.DUE_BEFORE_ISSUE: Explanation("The invoice is due before it is issued.", "Correct one of the dates."),
        Reason.ORDER_AFTER_ISSUE: Explanation(
            "The invoice is issued before it is ordered.", "Correct one of the dates."
        ),
        Reason.BEFORE_ISSUE: Explanation("It is dated before its invoice is issued.", "Correct the date or the id."),
        Reason.CLOSED_BEFORE_OPENED: Explanation("It is closed before it is opened.", "Correct one of the dates."),
        Reason.PROMISED_BEFORE_MADE: Explanation(
            "The promised day lies before the promise.", "Correct one of the dates."
        ),
        Reason.ORDER_AFTER_INVOICE: Explanation(
            "The order is dated after an invoice that names it.", "Correct the date, or the invoice's order_id."
        ),
        Reason.CONFLICTING_ID: Explanation(
            "Another row with the same id differs or is faulty.", "Keep the right one, or give each its own id."
        ),
        Reason.NO_WHOLE_NUMBER: Explanation("The cell is no whole number of days.", "Write digits only: 30."),
        Reason.INVOICE_QUARANTINED: Explanation("Its invoice is quarantined.", "Correct the invoice."),
        Reason.ENTRY_QUARANTINED: Explanation(
            "A faulty row names the invoice: its balance is not known.",
            "Correct that row.",
        ),
        Reason.ORDER_QUARANTINED: Explanation("Its order is quarantined.", "Correct the order; the invoice follows."),
        Reason.ORDER_OF_ANOTHER: Explanation(
            "The order belongs to another customer than the invoice.", "Correct the order_id or the customer_id."
        ),
        Reason.TOO_LONG: Explanation(
            "The text is longer than the ledger keeps it.", "Shorten it, in every file that names it."
        ),
        Reason.DECIDED_HERE: Explanation(
            "The service has decided upon the customer: its standing comes from reviews now.",
            "Leave the row out, and review the customer or give an override.",
        ),
        Reason.STORED_OTHERWISE: Explanation(
            "The ledger has the row of that id otherwise, and decisions were taken on it.",
            "Correct the row; if it is the right one, import as a correction (differing=replace, or --replace).",
        ),
        Reason.STORED_BY_ANOTHER: Explanation(
            "The ledger has the row of that id otherwise from another source, whose it is to change.",
            "Correct one of the two, or give the rows of one source ids of their own (id_prefixes of its mapping).",
        ),
        Remark.UNKNOWN_FILE: Explanation("The file is none of the ledger: not read.", "Rename it, or move it away."),
        Remark.UNKNOWN_COLUMN: Explanation("The column has no meaning here and is not read.", "Rename it, or drop it."),
        Remark.REPEATED_ROW: Explanation("The row repeats an earlier one, which counts once.", "Drop the repetition."),
        Remark.EQUAL_CONTENT: Explanation(
            "The row equals an earlier one in all but its id; both count.", "Drop it if it was booked twice."
        ),
        Remark.UNKNOWN_PARENT: Explanation(
            "No customer has that id; read as none.", "Add the parent, or correct the id."
        ),
        Remark.CIRCULAR_PARENT: Explanation(
            "The customer is its own parent, directly or through others; read as none.", "Name the true parent."
        ),
        Remark.PAID_BY_ANOTHER: Explanation(
            "The payment names another customer than its invoice; it counts for the invoice.", "Check the customer_id."
        ),
        Remark.MATURES_BEFORE_RECEIPT: Explanation(
            "The bill matures before it is received; it is never an unmatured bill.", "Check the two dates."
        ),
        Remark.SEVERAL_VALUES: Explanation(
            "Rows of one customer differ in an attribute; the first value that is not empty counts.",
            "Check the customer, or leave the attribute out of the mapping.",
        ),
        Remark.UNDATED_FLAG: Explanation(
            "The flag has no date and became facts of the customer file.",
            "Add disputes if the dates are known.",
        ),
        Remark.OTHER_BASE_CURRENCY: Explanation(
            "The mapping states another base currency than was asked for; the mapping's counts.",
            "Use a policy in that currency.",
        ),
        Remark.POSTED_ON_UNREAD: Explanation(
            "posted_on has no meaning in this file: the row's own date says from when it counts.", "Drop the column."
        ),
        Remark.SHEET_UNREAD: Explanation("A further sheet is not read.", "Keep one sheet per workbook."),
        Remark.WRITE_OFF_DROPPED: Explanation(
            "A write-off is larger than what was open; the surplus is dropped.", "Check its amount and its invoice."
        ),
    }
)
