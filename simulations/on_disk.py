"""What was written made to outlive a loss of power."""

import os
from pathlib import Path


def onto_disk(path: Path) -> None:
    """Have a file, or the names in a folder, be on the disk and not only on the way there."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
