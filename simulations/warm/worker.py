"""The process that answers: it listens on a socket of its own, and answers one question after the other.

It takes questions of the user it runs as alone. A thread of each connection reads a question and writes its answer;
the main thread answers. Where an answer takes far longer than it may, the process ends, and another one is begun.
"""

import contextlib
import os
import resource
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog

from policy_service.domain.errors import PolicyServiceError
from policy_service.services.wanted_worker import want
from simulations.warm.answering import Answers, refusal
from simulations.warm.errors import outdated, took_too_long
from simulations.warm.messages import MOST_ANSWERED, MOST_ASKED, SOCKET, Message, reached, receive, send
from simulations.warm.waiting import Waiting, WaitingRoom

#: Seconds in which a question has to be there once somebody has connected, and the answer be taken.
_SECONDS_TO_READ: Final = 10.0
#: Connections at a time.
_CONNECTIONS: Final = 64
_ONE_STEP_MAY_TAKE: Final = 5.0
_CREDENTIALS: Final = struct.Struct("3i")

log = structlog.get_logger()


class Worker:
    """What listens and answers until it is stopped."""

    def __init__(self, folder: Path, answers: Answers) -> None:
        """Answer those who look for the worker in that folder."""
        self._folder = folder
        self._answers = answers
        self._room = WaitingRoom(lambda asked: asked.tell(refusal(outdated())))
        self._places = threading.BoundedSemaphore(_CONNECTIONS)
        self._since = time.monotonic()
        self._is_answering = False

    def run(self) -> None:
        """Listen, and answer; this does not return."""
        with _listening(self._folder) as listener:
            for work in (lambda: self._accept(listener), self._watch):
                threading.Thread(target=work, daemon=True).start()
            log.info("simulation_worker_listens", pid=os.getpid())
            while True:
                self._answer_next()

    def _answer_next(self) -> None:
        asked = self._room.take()
        self._since, self._is_answering = time.monotonic(), True
        try:
            asked.tell(self._answers.answer(asked.asked, asked.go_on))
        finally:
            self._is_answering = False
        log.info("impact_answered", seconds=round(time.monotonic() - self._since, 3), error=_code(asked.answer))

    def _watch(self) -> None:
        # A kernel cannot be stopped from within.
        longest = self._answers.seconds * _ONE_STEP_MAY_TAKE
        while True:
            time.sleep(1.0)
            if self._is_answering and time.monotonic() - self._since > longest:
                log.error("simulation_worker_stuck", seconds=longest)
                os._exit(1)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            self._places.acquire()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        # Whoever went away wants no answer.
        with contextlib.suppress(OSError, EOFError), connection:
            try:
                connection.settimeout(_SECONDS_TO_READ)
                if _is_own(connection):
                    send(connection, self._answer_to(connection), MOST_ANSWERED)
            finally:
                self._places.release()

    def _answer_to(self, connection: socket.socket) -> Message:
        try:
            message = receive(connection, MOST_ASKED)
            asked = Waiting(str(message.get("person")), str(message.get("draft")), message)
            want(self._folder)
            self._room.put(asked)
        except PolicyServiceError as error:
            return refusal(error)
        # A run that takes longer is kept for the next question.
        if not asked.is_done.wait(self._answers.seconds):
            return refusal(took_too_long(self._answers.seconds))
        return asked.answer


def bound_memory(megabytes: int) -> None:
    """Let this process take no more than that: what would, fails, and the process goes on."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20, hard))


def end_with_parent() -> None:
    """End this process once the one that began it has ended, however that ended."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


@contextlib.contextmanager
def _listening(folder: Path) -> Iterator[socket.socket]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Bound under a name of its own and moved: nobody finds one that does not listen, or that others may open.
    name, own = folder / SOCKET, folder / f".{os.getpid()}.sock"
    own.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        before = os.umask(0o177)
        try:
            with reached(folder) as near:
                listener.bind(str(near / own.name))
        finally:
            os.umask(before)
        listener.listen(_CONNECTIONS)
        own.replace(name)
        bound = name.stat().st_ino
        try:
            yield listener
        finally:
            # Another one may listen there by now.
            with contextlib.suppress(OSError):
                if name.stat().st_ino == bound:
                    name.unlink()


def _is_own(connection: socket.socket) -> bool:
    said = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    _, user, _ = _CREDENTIALS.unpack(said)
    return bool(user == os.getuid())


def _code(answer: Message) -> str:
    return str(answer.get("error", {}).get("code", ""))
