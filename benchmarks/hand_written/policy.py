"""The numbers of `rules/sme_simple`, written out as someone would who writes code for this one policy."""

from typing import Final

#: Amounts in cents.
MATERIALITY: Final = 50_00
LIMITS: Final = (12_000_00, 7_500_00, 2_500_00, 1_000_00, 0)
TERMS: Final = (30, 30, 14, 7, 0)
#: A tenth above the limit is tolerated: eleven tenths of the limit, compared with ten tenths of what would be owed.
LIMIT_TENTHS: Final = 11
HOLD_AFTER_DAYS: Final = 14

# Grades, and the rows of the table of standings: a customer of grade C that is long past due has a row of its own.
A: Final = 0
B: Final = 1
C: Final = 2
D: Final = 3
ROW_OF_LATE_C: Final = 3
ROW_OF_D: Final = 4
LATE_FOR_C: Final = 30
REVIEW_DAYS: Final = 365
IDLE_DAYS: Final = 400

#: What the ledger never says: years in business and a personal guarantee.
POINTS_OF_UNKNOWN: Final = 2
ENOUGH_FOR_A: Final = 12
ENOUGH_FOR_B: Final = 8
ENOUGH_FOR_C: Final = 4

# The ladder: the days of its levels, one level a day from the lowest.
LEVEL_DAYS: Final = (7, 14, 30, 60, 90)
LEVELS: Final = len(LEVEL_DAYS)
STOPS_CREDIT: Final = 2
ASKS_PREPAYMENT: Final = 3
TRIGGER: Final = LEVELS
TRIGGER_DAYS: Final = 14
TRIGGER_PROMISES: Final = 2
PROMISE_DAYS: Final = 180

APPROVE: Final = 0
PREPAY: Final = 1
HOLD: Final = 2
# What an order is held for, or why it is prepaid; and the row that says so.
CREDIT_STOPPED: Final = 0
PAST_DUE: Final = 1
OVER_LIMIT: Final = 2
PREPAYMENT_REQUIRED: Final = 3
NOTHING: Final = 4

REASONS: Final = ("CREDIT_STOPPED", "PAST_DUE", "OVER_LIMIT", "PREPAYMENT_REQUIRED")
ROWS: Final = ("O10", "O20", "O30", "O40", "otherwise")
STEPS: Final = ("collection.L1", "collection.L2", "collection.L3", "collection.L4", "collection.L5", "collection.T1")
GRADES: Final = ("A", "B", "C", "D")
