"""What Fxiaoke calls back: signed, encrypted, and heard once. All that it may do is wake a pull.

A callback that is not taken has one answer, whatever is wrong with it: who forges one learns nothing. The reason is for
our own log.
"""

import hashlib
import hmac
from base64 import b64decode
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol, Self

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from policy_service.connectors.errors import ConnectorError
from policy_service.domain.instants import SECOND, Instant

#: What Fxiaoke is answered within three seconds, or it calls once more.
TAKEN: Final = "success"
MOST_BYTES: Final = 64 * 1024
#: How far the time stamp of a callback may be from our clock, either way.
WINDOW: Final = 600 * SECOND

_MOST_REMEMBERED: Final = 10_000
_KEY_CHARACTERS: Final = 43
_STAMP_DIGITS: Final = 13
_MILLISECOND: Final = SECOND // 1000
_PADDED_TO: Final = 32
_RANDOM: Final = 16
_LENGTH: Final = 4


class Fault(StrEnum):
    """Why a callback is not taken."""

    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"
    FORGED = "forged"
    STALE = "stale"
    REPLAYED = "replayed"
    CUT_OFF = "cut off"
    PADDING = "wrong padding"
    LENGTH = "wrong length"
    NO_MESSAGE = "no message"


class CallbackRefused(ConnectorError):
    """A callback that is not taken; `fault` is for the log alone, the error is always the same."""

    def __init__(self, fault: Fault) -> None:
        remedy = "Check the token and the key of the callback in the connection."
        super().__init__("X128", "The callback is not taken.", remedy=remedy)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class CallbackKeys:
    """The token that callbacks are signed with, and the key that they are encrypted with."""

    token: str = field(repr=False)
    key: bytes = field(repr=False)

    @classmethod
    def read(cls, token: str, encoding_key: str) -> Self:
        """Return the keys as Fxiaoke shows them; ConnectorError X127 for an empty token or what is no key of theirs."""
        try:
            # The last character may be its "=", or left out.
            key = b64decode(encoding_key.strip().removesuffix("=").encode() + b"=", validate=True)
        except ValueError:
            key = b""
        if not token or len(encoding_key.strip().removesuffix("=")) != _KEY_CHARACTERS or len(key) != _PADDED_TO:
            remedy = "Copy token and key anew, the key with its 43 or 44 characters."
            raise ConnectorError("X127", "The token or the key of the callback is not one of Fxiaoke.", remedy=remedy)
        return cls(token, key)


@dataclass(frozen=True, slots=True)
class Callback:
    """What was called: `kind` is Message, or PermanentCode and CancelPermanentCode as the app is let in or out."""

    kind: str
    content: str = field(repr=False)


class Heard(Protocol):
    """The signatures that were heard, kept until their time stamps are stale."""

    def is_first(self, signature: str, until: Instant, now: Instant) -> bool:
        """Return whether it is heard for the first time, and remember it; False also if it cannot be remembered."""


class HeardHere:
    """Remembers so many signatures in this process, and no more: beyond that nothing new is taken until some age."""

    def __init__(self, most: int = _MOST_REMEMBERED) -> None:
        self._most = most
        self._until: OrderedDict[str, Instant] = OrderedDict()

    def is_first(self, signature: str, until: Instant, now: Instant) -> bool:
        """Return whether it is heard for the first time, and remember it."""
        if signature in self._until:
            return False
        if len(self._until) >= self._most:
            for aged in [known for known, end in self._until.items() if end < now]:
                del self._until[aged]
        if len(self._until) >= self._most:
            return False
        self._until[signature] = until
        return True


def read_callback(body: bytes, keys: CallbackKeys, now: Instant, heard: Heard) -> Callback:
    """Return what the body calls; CallbackRefused for anything that Fxiaoke has not just sent for the first time.

    Nothing is decrypted before the signature holds, and nothing remembered before all of it is right.
    """
    sent = _sent(body)
    signature = _signature(sent, keys)
    if not hmac.compare_digest(signature.encode(), sent.sig.encode()):
        raise CallbackRefused(Fault.FORGED)
    stamp = _stamp(sent)
    if abs(now - stamp) > WINDOW:
        raise CallbackRefused(Fault.STALE)
    callback = _message(_decrypted(sent.content, keys.key))
    if not heard.is_first(signature, stamp + WINDOW, now):
        raise CallbackRefused(Fault.REPLAYED)
    return callback


class _Sent(msgspec.Struct, frozen=True):
    nonce: str
    stamp: str | int = msgspec.field(name="timeStamp")
    content: str
    sig: str


class _Message(msgspec.Struct, frozen=True):
    kind: str = msgspec.field(name="type")
    content: str


def _sent(body: bytes) -> _Sent:
    if len(body) > MOST_BYTES:
        raise CallbackRefused(Fault.TOO_LARGE)
    try:
        return _SENT.decode(body)
    # What is no UTF-8 is a ValueError, what is nested without end a RecursionError.
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise CallbackRefused(Fault.UNREADABLE) from None


def _signature(sent: _Sent, keys: CallbackKeys) -> str:
    parts = sorted((keys.token, str(sent.stamp), sent.nonce, sent.content))
    return hashlib.sha1("".join(parts).encode(), usedforsecurity=False).hexdigest()


def _stamp(sent: _Sent) -> Instant:
    # Signed are the parts run together. Of a stamp of any length digits could be moved to a neighbour.
    text = str(sent.stamp)
    if not (len(text) == _STAMP_DIGITS and text.isascii() and text.isdigit()):
        raise CallbackRefused(Fault.STALE)
    return int(text) * _MILLISECOND


def _decrypted(content: str, key: bytes) -> bytes:
    try:
        sealed = b64decode(content.encode(), validate=True)
    except ValueError:
        raise CallbackRefused(Fault.UNREADABLE) from None
    if not sealed or len(sealed) % _PADDED_TO:
        raise CallbackRefused(Fault.CUT_OFF)
    decryptor = Cipher(AES(key), CBC(key[:16])).decryptor()
    padded = decryptor.update(sealed) + decryptor.finalize()
    count = padded[-1]
    # What is signed is what Fxiaoke padded: that a wrong padding takes another time tells nobody anything.
    if not (1 <= count <= _PADDED_TO and hmac.compare_digest(padded[-count:], bytes([count]) * count)):
        raise CallbackRefused(Fault.PADDING)
    return padded[:-count]


def _message(plain: bytes) -> Callback:
    begin = _RANDOM + _LENGTH
    if len(plain) < begin or len(plain) - begin != int.from_bytes(plain[_RANDOM:begin], "big"):
        raise CallbackRefused(Fault.LENGTH)
    try:
        message = _MESSAGE.decode(plain[begin:])
    except (msgspec.MsgspecError, ValueError, RecursionError):
        raise CallbackRefused(Fault.NO_MESSAGE) from None
    return Callback(message.kind, message.content)


_SENT: Final = msgspec.json.Decoder(_Sent)
_MESSAGE: Final = msgspec.json.Decoder(_Message)
