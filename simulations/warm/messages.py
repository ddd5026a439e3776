"""Messages between processes of one machine: JSON behind its length, bounded, over a socket of the owner's own."""

import json
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from simulations.warm.errors import not_understood, too_large

Message: TypeAlias = Mapping[str, Any]

#: Bytes of a question: two policies of a size that the service takes.
MOST_ASKED: Final = 16 * 2**20
#: Bytes of an answer.
MOST_ANSWERED: Final = 64 * 2**20
_LENGTH: Final = struct.Struct(">I")
#: The name of the socket in the folder of simulations.
SOCKET: Final = "worker.sock"


@contextmanager
def reached(folder: Path) -> Iterator[Path]:
    """Give a short name of a folder while the block runs: a socket's path has at most some hundred bytes."""
    opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield Path(f"/proc/self/fd/{opened}")
    finally:
        os.close(opened)


def send(to: socket.socket, message: Message, most: int) -> None:
    """Send a message; RequestError R564 for one that is larger than `most` bytes."""
    text = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
    if len(text) > most:
        raise too_large(len(text), most)
    to.sendall(_LENGTH.pack(len(text)) + text)


def receive(other: socket.socket, most: int) -> Message:
    """Return the next message; RequestError R564 for one that is too large, R567 for none, EOFError at the end."""
    (length,) = _LENGTH.unpack(_exactly(other, _LENGTH.size))
    if length > most:
        raise too_large(length, most)
    try:
        message = json.loads(_exactly(other, length))
    except (ValueError, RecursionError) as error:
        raise not_understood() from error
    if not isinstance(message, dict):
        raise not_understood()
    return message


def _exactly(other: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = other.recv(min(count, 2**20))
        if not part:
            raise EOFError
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
