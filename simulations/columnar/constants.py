"""Works out what hangs on constants alone, as a policy is written."""

from simulations.columnar import layout
from simulations.columnar.compiled_functions import kernel
from simulations.columnar.running_formulas import binary, unary


@kernel
def worked_out(operation: int, first: int, second: int, third: int) -> int:
    """Return what an operation makes of values, or of one and numbers; FAULT if it overflows."""
    if operation < layout.ADD:
        return unary(operation, first, second, third)
    return binary(operation, first, second, third)
