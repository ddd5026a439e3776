"""Amounts of an invoice's entries in the base currency, inside a kernel."""

from simulations.columnar.compiled_functions import kernel

_SMALL = 2**31


@kernel
def in_base(amount: int, numerator: int, denominator: int) -> int:
    """Return amount x numerator / denominator, rounded half away from zero, for numbers that are not negative.

    The amount as it is if the numerator is 0, which stands for the base currency. The result must fit into 64 bits.
    """
    if numerator == 0 or amount == 0:
        return amount
    if amount < _SMALL and numerator < _SMALL:
        whole = amount * numerator // denominator
        rest = amount * numerator - whole * denominator
    else:
        whole, rest = _long_product(amount, numerator, denominator)
    return whole + 1 if rest >= denominator - rest else whole


@kernel
def _long_product(amount: int, numerator: int, denominator: int) -> tuple[int, int]:
    # Bit by bit, so that neither the product nor twice the rest is ever formed: both may need 128 bits.
    units = numerator // denominator
    part = numerator - units * denominator
    whole, rest = 0, 0
    for bit in range(62, -1, -1):
        whole *= 2
        if rest >= denominator - rest:
            whole += 1
            rest -= denominator - rest
        else:
            rest += rest
        if (amount >> bit) & 1:
            whole += units
            if rest >= denominator - part:
                whole += 1
                rest -= denominator - part
            else:
                rest += part
    return whole, rest
