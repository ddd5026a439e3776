"""The simulation worker of an installation as processes tell each other of it: whether it is wanted, whether it dies.

Whoever asks the worker touches a file in the folder of simulations. The process with the duties that only one has
looks at its time, keeps the worker running while it is young, and writes beside it how often the worker has died.
"""

from pathlib import Path
from typing import Final

#: A worker that nobody asks for so many seconds ends; the memory that it kept runs in is free then.
IDLE_SECONDS: Final = 1_800
#: So many deaths in a row are not the end of one run that took too much.
_DEATHS_TOLD: Final = 3


def want(folder: Path) -> None:
    """Have the worker of the installation with that folder of simulations begun, or go on running."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _wanted(folder).touch()


def is_wanted(folder: Path, seconds: float) -> bool:
    """Return whether somebody has asked for it lately; `seconds` is the present time since 1970."""
    try:
        return seconds - _wanted(folder).stat().st_mtime < IDLE_SECONDS
    except OSError:
        return False


def tell_deaths(folder: Path, deaths: int) -> None:
    """Write down how often the worker has died in a row, if that is worth telling."""
    file = _deaths(folder)
    if deaths >= _DEATHS_TOLD:
        file.write_text(str(deaths), "ascii")
    else:
        file.unlink(missing_ok=True)


def keeps_dying(folder: Path) -> bool:
    """Return whether the worker has died again and again."""
    return _deaths(folder).exists()


def _wanted(folder: Path) -> Path:
    return folder / "worker.wanted"


def _deaths(folder: Path) -> Path:
    return folder / "worker.deaths"
