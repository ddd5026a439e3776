"""One division of exact integers, rounded once."""


def divide_half_away(numerator: int, denominator: int) -> int:
    """Return `numerator / denominator` as a whole number, halves away from zero; the denominator is positive."""
    quotient, rest = divmod(abs(numerator), denominator)
    if 2 * rest >= denominator:
        quotient += 1
    return quotient if numerator >= 0 else -quotient
