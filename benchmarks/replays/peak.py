"""A command run by a process that is small itself: what it took and its peak memory, as JSON.

The peak that a system tells of a process counts what the one that started it had at that moment.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path
from time import perf_counter

if __name__ == "__main__":
    started = perf_counter()
    ran = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, text=True, check=True)
    seconds = perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    of_processors = used.ru_utime + used.ru_stime
    told = {"seconds": seconds, "of_processors": of_processors, "kilobytes": used.ru_maxrss, "text": ran.stdout}
    Path(sys.argv[1]).write_text(json.dumps(told), "utf-8")
