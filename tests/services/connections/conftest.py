"""The stand-ins of CRMs, each a process of its own that knows the protocol and nothing of us."""

from tests.connectors.stand_ins import books_process, crm_process, fxiaoke, fxiaoke_process, zoho_books, zoho_crm

__all__ = ["books_process", "crm_process", "fxiaoke", "fxiaoke_process", "zoho_books", "zoho_crm"]
