"""The open API of Fxiaoke: version 2, and the query of version 1."""
