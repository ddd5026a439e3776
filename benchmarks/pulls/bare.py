"""The least that anybody does who reads the same pages: `benchmarks.pulls.bare FILE`.

It sends the requests of the file one after the other over one connection, takes the JSON of each answer apart, and
keeps nothing.
"""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

import httpx

from benchmarks.pulls.measured import Taken, asked_of, peak_megabytes

_GOOD = 300


def main(file: Path) -> None:
    """Ask all, and say what it took."""
    asked = asked_of(file)
    with httpx.Client(trust_env=False, timeout=60) as client:
        clock, processors = time.perf_counter(), time.process_time()
        for one in asked:
            answer = client.request(one.method, one.url, headers=one.headers, content=one.body)
            if answer.content and answer.status_code < _GOOD:
                answer.json()
        seconds, processor_seconds = time.perf_counter() - clock, time.process_time() - processors
    peak = peak_megabytes()
    taken = Taken(seconds, processor_seconds, peak, processor_seconds, peak, 0, len(asked))
    print(json.dumps(asdict(taken)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
