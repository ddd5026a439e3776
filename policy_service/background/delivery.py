"""Webhooks served side by side, so that a slow receiver keeps only its own events waiting."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Final

import structlog

from policy_service.domain.errors import PolicyServiceError
from policy_service.services.house import House
from policy_service.services.webhooks.delivering import Means, deliver, due_webhooks

_AT_ONCE: Final = 4

log = structlog.get_logger()


class Deliveries:
    """The webhooks that this process delivers to at the moment."""

    def __init__(self, house: House, means: Means, goes_on: Callable[[], bool]) -> None:
        self._house = house
        self._means = means
        self._goes_on = goes_on
        self._workers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="delivery")
        self._guard = Lock()
        self._busy = set[str]()

    def look(self) -> None:
        """Begin with every webhook that something is due for and nobody here is at."""
        for webhook_id in due_webhooks(self._house, self._means.now()):
            with self._guard:
                if webhook_id in self._busy:
                    continue
                self._busy.add(webhook_id)
            self._workers.submit(self._deliver, webhook_id)

    def close(self) -> None:
        """Let what is being sent end, and begin nothing more."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _deliver(self, webhook_id: str) -> None:
        if not (self._goes_on() and self._passed(webhook_id) and self._is_queued_again(webhook_id)):
            with self._guard:
                self._busy.discard(webhook_id)

    def _passed(self, webhook_id: str) -> bool:
        try:
            passed = deliver(self._house, webhook_id, self._means)
        except PolicyServiceError as error:
            log.warning("delivery_failed", webhook_id=webhook_id, code=error.code, error=str(error))
            return False
        except Exception:
            log.exception("delivery_failed", webhook_id=webhook_id)
            return False
        self._house.counting.sent(passed.received, passed.failed)
        if passed.received or passed.failed:
            log.info("events_sent", webhook_id=webhook_id, received=passed.received, failed=passed.failed)
        return passed.received > 0 and not passed.failed

    def _is_queued_again(self, webhook_id: str) -> bool:
        # Behind those that wait for a thread: a few that are slow, and have much to take, would keep all of them.
        try:
            self._workers.submit(self._deliver, webhook_id)
        except RuntimeError:
            # Nothing more is begun.
            return False
        return True
