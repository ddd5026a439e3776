"""Where things stand in the one array that a policy is compiled to, and in a run's scratch.

A program is one array of 64-bit words. What is said of a thing stands in a record, and a record names others by
their address, the place of their first word; address 0 is the header's own and means none. Lists of records of one
size stand without gaps from an address up to another.

An *operand* is where a number comes from: the place p >= 0 in the vector of values, or, written -a, the word at
address a, a constant. Behind the named places of the vector stand those for intermediate results.
"""

from typing import Final

# The header.
CHAINS: Final = 1
RULE_SETS: Final = 2
WHENS: Final = 3
FORMULAS: Final = 4
#: For every place in OUTCOMES: its rank (0 the most severe), then its code in the vocabulary or -1.
SEVERITY: Final = 5
OUTCOME_CODES: Final = 6
#: For every code of the vocabulary: its place in OUTCOMES or -1.
OUTCOMES_OF_CODES: Final = 7
VOCABULARY_SIZE: Final = 8
SLOTS: Final = 9
SCORE_SLOT: Final = 10
GRADE_SLOT: Final = 11
OUTCOME_SLOT: Final = 12
DAYS_PAST_DUE_SLOT: Final = 13
#: Where regions of the scratch begin: rows by address, keys, outcomes of rows, results of formulas, what was said.
MATCHED: Final = 16
POSSIBLE: Final = 17
CHOSEN: Final = 18
KEYS: Final = 19
ROW_OUTCOMES: Final = 20
SPOKEN: Final = 21
RELEASES: Final = 22
DOUBTS: Final = 23
SAID_SLOTS: Final = 24
SAID_VALUES: Final = 25
ANSWERS: Final = 26
#: Rows whose reasons stand, by number, and the outcomes that they rank by.
SPEAKERS: Final = 27
SPEAKERS_OUTCOMES: Final = 28
SCRATCH_SIZE: Final = 29
HEADER_SIZE: Final = 32

# Notes: the first words of the scratch.
#: How often something overflowed (or clashed) since the scratch was made.
FAULTS: Final = 0
#: The place in `Compiled.reasons` of the reason that ranks first, -1 if there is none, and what it ranks by.
FIRST_REASON: Final = 1
REASON_KEY: Final = 2
#: How many hits, releases, doubts and set outputs stand in their regions.
HIT_COUNT: Final = 3
RELEASE_COUNT: Final = 4
DOUBT_COUNT: Final = 5
SAID_COUNT: Final = 6
#: Which of the engine's own reasons the last rule set gave, -1 for none.
ENGINE_REASON: Final = 7
#: 1 if that was an overflow or the like, of which no hits are told.
OVERFLOWED: Final = 8
#: How many rows match, and might.
MATCHED_COUNT: Final = 9
POSSIBLE_COUNT: Final = 10
#: How many rows give reasons.
SPEAKER_COUNT: Final = 11
#: The score that the bands of a scorecard were asked about, else UNKNOWN.
SCORE: Final = 12
NOTES: Final = 16

#: Numbers of the engine's own reasons, which stand first in `Compiled.reasons`.
MISSING_FACT: Final = 0
NO_RULE_MATCHED: Final = 1
ENGINE_FAULT: Final = 2

#: Places in OUTCOMES; NONE says none, UNCLEAR an outcome that computes to unknown.
APPROVE: Final = 0
REFER: Final = 3
NONE: Final = -1
UNCLEAR: Final = -2

# A block: the formulas to run before its rows are asked, and the rows.
BLOCK_CODE: Final = 0
BLOCK_CODE_END: Final = 1
BLOCK_ROWS: Final = 2
BLOCK_ROWS_END: Final = 3
BLOCK_SIZE: Final = 4

# A row: whatever can be hit. Its outcome and what ranks it are formulas among its outputs, or 0.
ROW_NUMBER: Final = 0
ROW_CELLS: Final = 1
ROW_CELLS_END: Final = 2
ROW_OUTPUTS: Final = 3
ROW_OUTPUTS_END: Final = 4
ROW_OUTCOME: Final = 5
ROW_RANKING: Final = 6
ROW_REASONS: Final = 7
ROW_REASONS_END: Final = 8
ROW_SIZE: Final = 9

# A cell of constant bounds matches from low to high, and from each further low to high of its list.
CELL_KIND: Final = 0
CELL_OPERAND: Final = 1
CELL_LOW: Final = 2
CELL_HIGH: Final = 3
CELL_OF_UNKNOWN: Final = 4
CELL_MORE: Final = 5
CELL_MORE_END: Final = 6
CELL_SIZE: Final = 7
#: Kinds of cells. One that compares has its operation at CELL_LOW and the end point's operand at CELL_HIGH.
BOUNDS: Final = 0
COMPARES: Final = 1
VERDICT: Final = 2

# A formula: the place of the value it sets (-1: none), and where its result is when its code has run.
FORMULA_SLOT: Final = 0
FORMULA_RESULT: Final = 1
FORMULA_CODE: Final = 2
FORMULA_CODE_END: Final = 3
FORMULA_NUMBER: Final = 4
FORMULA_SIZE: Final = 5

# A rule set; what stands behind the first words depends on its kind.
KIND: Final = 0
OUTPUT_SLOTS: Final = 1
OUTPUT_SLOTS_END: Final = 2
RELEASE_WHENS: Final = 3
RELEASE_WHENS_END: Final = 4
SKIPS_UNKNOWN: Final = 5
RULE_SET_SIZE: Final = 18

DECISION_TABLE: Final = 0
SCORECARD: Final = 1
FORMULA_SET: Final = 2
LADDER: Final = 3

TABLE_BLOCK: Final = 6
OTHERWISE: Final = 7
HIT_POLICY: Final = 8
AGGREGATION: Final = 9
FOR_AN_OUTCOME: Final = 10
RANKS_BY: Final = 11
RANKED_VALUES: Final = 12
RANKED_VALUES_END: Final = 13
STOPS_EARLY: Final = 14
AGGREGATES: Final = 15

#: How rows are ranked: by severity, by the place in a list of values, by value downwards or upwards.
BY_SEVERITY: Final = 0
BY_LIST: Final = 1
DOWNWARDS: Final = 2
UPWARDS: Final = 3

CHARACTERISTICS: Final = 6
CHARACTERISTICS_END: Final = 7
KNOCK_OUTS: Final = 8
KNOCK_OUTS_END: Final = 9
BANDS: Final = 10
CHARACTERISTIC_BLOCK: Final = 0
CHARACTERISTIC_VALUE: Final = 1
CHARACTERISTIC_UNKNOWN: Final = 2
CHARACTERISTIC_SIZE: Final = 3

SET_FORMULAS: Final = 6
SET_FORMULAS_END: Final = 7

LADDER_WHEN: Final = 6
LEVELS: Final = 7
LEVELS_END: Final = 8
TRIGGERS: Final = 9
TRIGGERS_END: Final = 10
LEVEL_ROW: Final = 0
LEVEL_DAYS: Final = 1
LEVEL_SIZE: Final = 2

# A chain: its rule sets by address, and whether it decides orders.
CHAIN_RULE_SETS: Final = 0
CHAIN_RULE_SETS_END: Final = 1
CHAIN_OF_ORDERS: Final = 2
CHAIN_SIZE: Final = 3

# An instruction: what to do, the place of the result, and up to three more words.
INSTRUCTION_SIZE: Final = 5
JUMP: Final = 0
BRANCH: Final = 1
TOTAL: Final = 2
COPY: Final = 3
NEGATE: Final = 4
ABSOLUTE: Final = 5
NOT: Final = 6
IS_NULL: Final = 7
CONVERT: Final = 8
POWER: Final = 9
ROUND: Final = 10
FLOOR: Final = 11
CEILING: Final = 12
#: From here on the second word behind the result is an operand too.
ADD: Final = 16
SUBTRACT: Final = 17
MULTIPLY: Final = 18
DIVIDE: Final = 19
SMALLER: Final = 20
LARGER: Final = 21
BOTH: Final = 22
EITHER: Final = 23
EQUAL: Final = 24
NOT_EQUAL: Final = 25
LESS: Final = 26
LESS_OR_EQUAL: Final = 27
GREATER: Final = 28
GREATER_OR_EQUAL: Final = 29
