"""The version of what the engines make of the same inputs."""

from typing import Final

#: Part of every decision record: raise it when the same inputs may come to another result.
ENGINE_VERSION: Final = "1"
