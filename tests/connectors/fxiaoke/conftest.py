"""The stand-in of Fxiaoke, which knows the protocol and nothing of the connector."""

from tests.connectors.stand_ins import fxiaoke, fxiaoke_process

__all__ = ["fxiaoke", "fxiaoke_process"]
