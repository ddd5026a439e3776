"""Asking processes of this machine over plain HTTP, without the certificates of the world."""

import ssl
from typing import Final

#: Trusts nobody. Without it each question by httpx reads every certificate anew, 22 ms of processor time.
NO_CERTIFICATES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
