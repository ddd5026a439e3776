"""A real browser, what it is shown, and what it complained of; it reaches nothing but what is tested."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, Request, Route, expect, sync_playwright
from waitress.server import create_server
from waitress.wasyncore import close_all

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: So long, in milliseconds, what a page is to say is waited for: a busy machine takes its time.
PATIENCE: Final = 60_000
needs_chromium: Final = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed here.")


@dataclass
class Seen:
    """What went wrong in the browser, and whom it asked besides what is tested."""

    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


@contextmanager
def launched() -> Iterator[Browser]:
    """Give a browser without a window, of whose pages is expected with patience."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Give the address at which an application answers on this machine."""
    server = create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    # By its own thread, with the connections that browsers keep: otherwise it goes on as long as these are open.
    server.trigger.pull_trigger(partial(close_all, server._map, True))
    thread.join(60)
    server.task_dispatcher.shutdown()


def watched(page: Page, address: str) -> Seen:
    """Let a page have nothing from elsewhere, and return what will be seen in it."""
    seen = Seen()

    def let_through(route: Route) -> None:
        if route.request.url.startswith((f"{address}/", "data:")):
            route.continue_()
        else:
            seen.strangers.append(route.request.url)
            route.abort()

    page.route("**/*", let_through)
    page.on("console", lambda said: seen.complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("requestfailed", lambda asked: seen.complaints.extend(_unanswered(asked)))
    page.on("response", lambda got: seen.complaints.append(f"{got.status} {got.url}") if got.status >= 400 else None)
    return seen


def _unanswered(asked: Request) -> Iterator[str]:
    # What a page still asks for when somebody goes on to the next is of no use to anybody.
    if asked.failure != "net::ERR_ABORTED":
        yield f"no answer: {asked.url}"
