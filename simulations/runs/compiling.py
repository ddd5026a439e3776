"""Whether the first run of this machine is still to come: the one that compiles the kernels."""

from simulations.replay.running import run_customers


def is_compiled() -> bool:
    """Return whether a replay will begin at once: its code is in the cache, or nothing is compiled here at all."""
    try:
        return bool(run_customers._cache._cache_file._load_index())  # type: ignore[attr-defined]
    except AttributeError:
        return True
