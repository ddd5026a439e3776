"""Events as Fxiaoke sends them: enciphered by AES with a padding to 32 bytes, signed by SHA-1 over sorted texts."""

import base64
import hashlib
import json
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from policy_service.sample_crms.table import Row

_BLOCK: Final = 32


def event(message: str, token: str, key: str, time_stamp: str, nonce: str, random: bytes) -> Row:
    """Return the body of a callback; `random` is 16 bytes, `key` the encodingAesKey of 43 characters."""
    content = enciphered(message, key, random)
    return {"nonce": nonce, "timeStamp": time_stamp, "content": content, "sig": sig(token, time_stamp, nonce, content)}


def sig(token: str, time_stamp: str, nonce: str, content: str) -> str:
    """Return the signature."""
    joined = "".join(sorted([token, time_stamp, nonce, content]))
    # The protocol's choice, not ours.
    return hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()


def enciphered(message: str, key: str, random: bytes) -> str:
    """Return a message as the `content` of an event."""
    secret = base64.b64decode(key + "=")
    text = message.encode()
    plain = random + len(text).to_bytes(4, "big") + text
    padding = _BLOCK - len(plain) % _BLOCK
    encryptor = Cipher(AES(secret), CBC(secret[:16])).encryptor()
    sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    return base64.b64encode(sealed).decode()


def message_of(kind: str, content: str) -> str:
    """Return the message of an event: PermanentCode, CancelPermanentCode or Message."""
    return json.dumps({"type": kind, "content": content}, separators=(",", ":"), ensure_ascii=False)
