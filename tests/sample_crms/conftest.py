"""The stand-ins, and plain clients of them that know nothing but the text of the protocols."""

from tests.connectors.stand_ins import (
    books_process,
    crm_process,
    fxiaoke,
    fxiaoke_process,
    zoho_books,
    zoho_crm,
)

__all__ = ["books_process", "crm_process", "fxiaoke", "fxiaoke_process", "zoho_books", "zoho_crm"]
