"""Pictures of the main screens for the documents, taken of the running product with the company of the demo.

`.venv/bin/python -m tests.docs.take_pictures` lets `policy demo` make a database, `policy serve` serve it and a browser
sign in, then writes one picture of each screen in each language. A test looks that every one is there.
"""

import base64
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from playwright.sync_api import Page

from tests.chromium import launched
from tests.docs.connected_crm import OWNER, connected

PICTURES: Final = Path(__file__).parents[2] / "docs/pictures"
#: The screens by the name of their picture: an address, and what the link of its page to follow begins with, if any.
SCREENS: Final[Mapping[str, tuple[str, str]]] = {
    "home": ("/", ""),
    "held_orders": ("/held-orders/?sort=largest", ""),
    "held_order": ("/held-orders/?sort=largest", "/held-orders/order/"),
    "credit_file": ("/customers/file/C000000009", ""),
    "escalation": ("/cases/", ""),
    "decision": ("/decisions/?type=order&outcome=hold", "/decisions/decision/"),
    "trend": ("/customers/facts/C000000009?name=exposure", ""),
    "editor": ("/policies/manufacturer_cn/2/edit", ""),
    "review": ("/policies/manufacturer_cn/2", ""),
    "simulation": ("/simulations/", "/simulations/report/"),
    "connection": ("/connections/connection/fxk", ""),
    "connector_mapping": ("/connections/mapping/fxk", ""),
}
#: What is waited for on a page that goes on working: the figures of the first run over the whole history.
AWAITED: Final[Mapping[str, str]] = {"editor": "#impact [data-told] table"}
_MILLISECONDS_TO_WORK: Final = 120_000
LOCALES: Final = {"en": "en-US", "zh": "zh-CN"}
_LOGIN: Final = "manager"
#: Who sees a screen as the picture is to show it, unless that is the manager.
_SEEN_BY: Final[Mapping[str, str]] = {"connection": OWNER, "connector_mapping": OWNER}
_ONCE: Final = r"^\s+{login}\s.*\s(\S+)\s*$"
_OWN: Final = "a password for pictures"
_PORT: Final = 8899
_ADDRESS: Final = f"http://127.0.0.1:{_PORT}/console"
_TO_WEBP: Final = """async png => {
  const image = new Image();
  image.src = "data:image/png;base64," + png;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width, image.height];
  canvas.getContext("2d").drawImage(image, 0, 0);
  return canvas.toDataURL("image/webp", 0.7);
}"""
_SECONDS_TO_START: Final = 60


def main() -> None:
    """Make the company, serve it, and take every picture."""
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/policy.db",
            "SIMULATION_DIR": f"{folder}/simulations",
            "LOG_FORMAT": "json",
        }
        said = _policy(environment, "demo", "--folder", f"{folder}/demo")
        with connected(environment, _policy) as reaching, _serving(reaching), launched() as browser:
            for language, locale in LOCALES.items():
                for login in (_LOGIN, OWNER):
                    page = browser.new_context(locale=locale, viewport={"width": 1280, "height": 800}).new_page()
                    _sign_in(page, login, said)
                    _take(page, login, language)


def _policy(environment: Mapping[str, str], *words: str) -> str:
    command = [sys.executable, "-c", "from policy_service.cli.main import main; main()", *words]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


@contextmanager
def _serving(environment: Mapping[str, str]) -> Iterator[None]:
    words = ["serve", "--port", str(_PORT)]
    command = [sys.executable, "-c", "from policy_service.cli.main import main; main()", *words]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            _await_answer()
            yield
        finally:
            server.terminate()


def _await_answer() -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while time.monotonic() < until:
        try:
            with socket.create_connection(("127.0.0.1", _PORT)):
                return
        except ConnectionRefusedError:
            time.sleep(0.2)
    raise TimeoutError(f"{_ADDRESS} did not answer within {_SECONDS_TO_START} s.")


def _sign_in(page: Page, login: str, said: str) -> None:
    once = re.search(_ONCE.format(login=login), said, re.MULTILINE)
    assert once is not None, said
    page.goto(f"{_ADDRESS}/sign-in")
    _enter(page, {"login": login, "password": _OWN})
    if "/sign-in" in page.url:
        # The first time: the password of the demo counts once.
        _enter(page, {"login": login, "password": once[1]})
        _enter(page, {"old": once[1], "new": _OWN, "again": _OWN})
        _enter(page, {"login": login, "password": _OWN})


def _enter(page: Page, fields: Mapping[str, str]) -> None:
    for name, text in fields.items():
        page.fill(f"#{name}", text)
    page.click("main form .btn-primary")
    page.wait_for_load_state("load")


def _take(page: Page, login: str, language: str) -> None:
    seen = {name: screen for name, screen in SCREENS.items() if _SEEN_BY.get(name, _LOGIN) == login}
    for name, (path, link) in seen.items():
        page.goto(f"{_ADDRESS}{path}")
        if link:
            found = page.locator(f"main a[href*='{link}']").first.get_attribute("href")
            page.goto(f"{_ADDRESS.removesuffix('/console')}{found}")
        page.wait_for_load_state("networkidle")
        if name in AWAITED:
            page.wait_for_selector(AWAITED[name], timeout=_MILLISECONDS_TO_WORK)
        (PICTURES / f"{name}.{language}.webp").write_bytes(_as_webp(page.context.new_page(), page.screenshot()))


def _as_webp(blank: Page, png: bytes) -> bytes:
    # The browser is at hand, and writes a third of the bytes.
    written: str = blank.evaluate(_TO_WEBP, base64.b64encode(png).decode())
    blank.close()
    return base64.b64decode(written.partition(",")[2])


if __name__ == "__main__":
    main()
