"""`policy demo --crm`: three stand-ins of CRMs pulled, decided upon and written back to, as real ones would be."""
