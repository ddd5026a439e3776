"""How many characters a text of each kind may have: said once, for whoever reads one and for whoever stores it."""

from typing import Final

#: An id that another system gives: a customer, an invoice, an order, a request.
LONGEST_IDENTIFIER: Final = 200
#: One word of a few: a state, a kind, a role.
LONGEST_WORD: Final = 40
#: A name or a line.
LONGEST_LINE: Final = 500
