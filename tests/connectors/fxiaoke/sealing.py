"""Callbacks made as Fxiaoke makes them, from the text of its protocol."""

import hashlib
import json
from base64 import b64decode, b64encode
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

ENCODING_KEY: Final = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
TOKEN: Final = "tok"  # noqa: S105  # it is that of the protocol's vector
STAMP: Final = "1700000000000"
MESSAGE: Final = '{"type":"Message","content":"{\\"k\\":1}"}'


def padded(plain: bytes) -> bytes:
    count = 32 - len(plain) % 32
    return plain + bytes([count]) * count


def plain_of(message: str) -> bytes:
    written = message.encode()
    return b"0123456789abcdef" + len(written).to_bytes(4, "big") + written


def sealed(block: bytes) -> str:
    key = b64decode(ENCODING_KEY + "=")
    encryptor = Cipher(AES(key), CBC(key[:16])).encryptor()
    return b64encode(encryptor.update(block) + encryptor.finalize()).decode()


def signed(content: str, stamp: str = STAMP, nonce: str = "n1", token: str = TOKEN) -> bytes:
    parts = "".join(sorted([token, stamp, nonce, content]))
    sig = hashlib.sha1(parts.encode(), usedforsecurity=False).hexdigest()
    return json.dumps({"nonce": nonce, "timeStamp": stamp, "content": content, "sig": sig}).encode()
