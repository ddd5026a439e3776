"""A simulation worker that answers once, by an answer that a worker gave to the same question."""

import socket
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from typing import Any

from simulations.warm.messages import MOST_ANSWERED, MOST_ASKED, SOCKET, reached, receive, send


def answer_once(folder: Path, answer: Mapping[str, Any]) -> None:
    """Listen in that folder of simulations until somebody has asked."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SOCKET).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with reached(folder) as near:
        listener.bind(str(near / SOCKET))
    listener.listen()
    Thread(target=_answer, args=(listener, answer), daemon=True).start()


def _answer(listener: socket.socket, answer: Mapping[str, Any]) -> None:
    with listener:
        connection, _ = listener.accept()
        with connection:
            receive(connection, MOST_ASKED)
            send(connection, answer, MOST_ANSWERED)
