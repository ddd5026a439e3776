"""What was measured, kept from run to run: docs/reference/benchmarks.json, and the page that is made of it."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from benchmarks.report import Section, promises

PAGE: Final = Path(__file__).parents[1] / "docs" / "reference" / "benchmarks.md"
_HEAD: Final = """# Benchmarks

Written by `./run benchmark --write`, so that it says what was measured.

Times are medians of interleaved rounds, ratios medians of the ratios within a round: a busy machine slows all
contenders of a round alike, so ratios hold where times do not, and need not be the quotients of the times shown.
`./run benchmark --only NAME` measures one of {names}; with `--write` its
part of this page is written anew. `--quick` shows that all of it works; `--long` decides a million times, 200,000
times over HTTP, and replays 100 million orders in ten ledgers."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One benchmark's section, with the day and the machine of its measurement."""

    day: str
    machine: str
    section: Section


def machine() -> str:
    """Return what anyone may know of this machine."""
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{os.cpu_count()} processors ({platform.machine()}), {platform.system()}, {python}"


def write(name: str, measured: Measured, order: tuple[str, ...], page: Path = PAGE) -> None:
    """Write the page anew with this section, and as they were the others, of which `order` has the names."""
    kept = {**_kept(page), name: measured}
    page.parent.mkdir(parents=True, exist_ok=True)
    written = msgspec.json.encode({one: kept[one] for one in order if one in kept})
    _data(page).write_bytes(msgspec.json.format(written, indent=1) + b"\n")
    # As it will be read: a whole number among ratios has become one of them.
    page.write_text(document(_kept(page)), "utf-8")


def document(kept: Mapping[str, Measured]) -> str:
    """Return the page of these sections, by name."""
    head = _HEAD.format(names=", ".join(f"`{name}`" for name in kept))
    sections = [f"{one.section}\n\n`{name}`, measured on {one.day}: {one.machine}." for name, one in kept.items()]
    return "\n\n".join([head, promises([one.section for one in kept.values()]), *sections]) + "\n"


def _kept(page: Path) -> dict[str, Measured]:
    data = _data(page)
    return msgspec.json.decode(data.read_bytes(), type=dict[str, Measured]) if data.exists() else {}


def _data(page: Path) -> Path:
    return page.with_suffix(".json")
