"""How API and console ask the worker: one question, one answer, over its socket."""

import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from policy_service.services.wanted_worker import want
from simulations.warm.asking import CurveAsked, ImpactAsked
from simulations.warm.errors import as_told, away, not_understood, took_too_long
from simulations.warm.messages import MOST_ANSWERED, MOST_ASKED, SOCKET, reached, receive, send

#: Seconds that an answer is waited for while a page or a request waits.
SECONDS: Final = 20.0


def impact(folder: Path, asked: ImpactAsked | CurveAsked, seconds: float = SECONDS) -> Mapping[str, Any]:
    """Return what the worker of the installation with that folder answers: see `impact.answer_of` and `curves`.

    RequestError R560 if it does not run (then it is begun), R561 if it has no answer in time, R562 and R565 if too many
    questions wait, R563 if a later text of the draft was asked about, R566 without memory; the errors of `simulate`.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as worker:
        worker.settimeout(seconds)
        try:
            with reached(folder) as near:
                worker.connect(str(near / SOCKET))
            send(worker, asked.message(), MOST_ASKED)
            message = receive(worker, MOST_ANSWERED)
        except TimeoutError as error:
            raise took_too_long(seconds) from error
        except (OSError, EOFError) as error:
            want(folder)
            raise away() from error
    match message:
        case {"answer": dict(answer)}:
            return answer
        case {"error": {"code": str(code), "message": str(text), "remedy": str(remedy)}}:
            raise as_told(code, text, remedy)
        case _:
            raise not_understood()
