"""Runs formula programs and asks cells: the inner loops of every decision."""

from policy_service.domain.values import FALSE, TRUE, UNKNOWN
from simulations.columnar import arithmetic, layout
from simulations.columnar.arithmetic import FAULT
from simulations.columnar.compiled_functions import Numbers, lean_kernel
from simulations.columnar.layout import INSTRUCTION_SIZE


@lean_kernel
def run(words: Numbers, first: int, end: int, values: Numbers) -> bool:
    """Run the instructions from one address up to another over the vector of values; false if one overflows."""
    at = first
    while at < end:
        operation, to, operand, second, third = words[at], words[at + 1], words[at + 2], words[at + 3], words[at + 4]
        at += INSTRUCTION_SIZE
        left = values[operand] if operand >= 0 else words[-operand]
        if operation >= layout.ADD:
            right = values[second] if second >= 0 else words[-second]
            found = binary(operation, left, right, third)
        elif operation == layout.COPY:
            found = left
        elif operation == layout.CONVERT:
            found = arithmetic.convert(left, second, third)
        elif operation == layout.BRANCH:
            if left == TRUE:
                continue
            if left == FALSE:
                at = second
                continue
            if left != UNKNOWN:
                return False
            at = third
            found = UNKNOWN
        elif operation == layout.JUMP:
            at = second
            continue
        else:
            found = _unary(operation, operand, left, second, third, values)
        if found == FAULT:
            return False
        values[to] = found
    return True


@lean_kernel
def binary(operation: int, left: int, right: int, third: int) -> int:
    """Return what an operation makes of two values; FAULT if it overflows."""
    if operation == layout.ADD:
        return arithmetic.add(left, right)
    if operation == layout.SUBTRACT:
        return arithmetic.subtract(left, right)
    if operation == layout.MULTIPLY:
        return arithmetic.multiply(left, right, third)
    if operation == layout.DIVIDE:
        return arithmetic.divide(left, right, third)
    if operation == layout.SMALLER:
        return arithmetic.smaller(left, right)
    if operation == layout.LARGER:
        return arithmetic.larger(left, right)
    if operation == layout.BOTH:
        return arithmetic.both(left, right)
    if operation == layout.EITHER:
        return arithmetic.either(left, right)
    return compare(operation, left, right)


@lean_kernel
def compare(operation: int, left: int, right: int) -> int:
    """Return whether two values compare so, three-valued."""
    if UNKNOWN in (left, right):
        return UNKNOWN
    if operation == layout.EQUAL:
        holds = left == right
    elif operation == layout.NOT_EQUAL:
        holds = left != right
    elif operation == layout.LESS:
        holds = left < right
    elif operation == layout.LESS_OR_EQUAL:
        holds = left <= right
    elif operation == layout.GREATER:
        holds = left > right
    else:
        holds = left >= right
    return TRUE if holds else FALSE


@lean_kernel
def unary(operation: int, value: int, second: int, third: int) -> int:
    """Return what an operation makes of one value; FAULT if it overflows."""
    if operation == layout.NEGATE:
        return arithmetic.negate(value)
    if operation == layout.ABSOLUTE:
        return arithmetic.absolute(value)
    if operation == layout.NOT:
        return arithmetic.negation(value)
    if operation == layout.IS_NULL:
        return TRUE if value == UNKNOWN else FALSE
    if operation == layout.POWER:
        return arithmetic.power(value, second, third)
    if operation == layout.ROUND:
        return arithmetic.round_half_away(value, second)
    if operation == layout.FLOOR:
        return arithmetic.floor(value, second)
    if operation == layout.CEILING:
        return arithmetic.ceiling(value, second)
    return arithmetic.convert(value, second, third)


@lean_kernel
def _unary(operation: int, operand: int, left: int, second: int, third: int, values: Numbers) -> int:
    if operation == layout.TOTAL:
        return arithmetic.total(values, operand, second)
    return unary(operation, left, second, third)


@lean_kernel
def result_of(words: Numbers, formula: int, values: Numbers) -> int:
    """Return the value of the formula at that address; FAULT if it overflows."""
    first, end = words[formula + layout.FORMULA_CODE], words[formula + layout.FORMULA_CODE_END]
    if first != end and not run(words, first, end, values):
        return FAULT
    operand = words[formula + layout.FORMULA_RESULT]
    return values[operand] if operand >= 0 else words[-operand]


@lean_kernel
def cell_says(words: Numbers, cell: int, values: Numbers) -> int:
    """Return what a cell says, three-valued, when the code of its block has run."""
    operand = words[cell + layout.CELL_OPERAND]
    value = values[operand] if operand >= 0 else words[-operand]
    kind = words[cell + layout.CELL_KIND]
    if kind == layout.BOUNDS:
        if value == UNKNOWN:
            return words[cell + layout.CELL_OF_UNKNOWN]
        if words[cell + layout.CELL_LOW] <= value <= words[cell + layout.CELL_HIGH]:
            return TRUE
        for bound in range(words[cell + layout.CELL_MORE], words[cell + layout.CELL_MORE_END], 2):
            if words[bound] <= value <= words[bound + 1]:
                return TRUE
        return FALSE
    if kind == layout.COMPARES:
        end = words[cell + layout.CELL_HIGH]
        return compare(words[cell + layout.CELL_LOW], value, values[end] if end >= 0 else words[-end])
    return value


@lean_kernel
def row_says(words: Numbers, row: int, values: Numbers) -> int:
    """Return whether a row matches: false if one cell says no, else unknown if one is, when its block's code has run.

    What can overflow is in the code of the block, so that leaving at the first no hides no fault.
    """
    answer = TRUE
    for cell in range(words[row + layout.ROW_CELLS], words[row + layout.ROW_CELLS_END], layout.CELL_SIZE):
        says = cell_says(words, cell, values)
        if says == FALSE:
            return FALSE
        if says == UNKNOWN:
            answer = UNKNOWN
    return answer


@lean_kernel
def ready(words: Numbers, block: int, values: Numbers) -> bool:
    """Compute what the rows of a block compare; false if something overflows."""
    return run(words, words[block + layout.BLOCK_CODE], words[block + layout.BLOCK_CODE_END], values)


@lean_kernel
def condition_says(words: Numbers, block: int, values: Numbers) -> int:
    """Return whether the one row of a block matches, three-valued; FAULT if something overflows."""
    if not ready(words, block, values):
        return FAULT
    return row_says(words, words[block + layout.BLOCK_ROWS], values)
