"""Ports of this machine that are ours alone, though nobody listens there yet."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def reserved_port() -> Iterator[int]:
    """Give a port at which nobody listens; until the block ends only who asks for it by its number can.

    One that was merely free a moment ago is given to whoever asks for any port, as other tests do all the time.
    """
    with socket.socket() as held:
        # A server may listen where others are bound but do not listen, if all of them allow it.
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
