"""Times one peer in a process of its own.

    worker.py CASE PEER THREADS eager|compile

Each line on stdin is a number of iterations to run; the answer is one JSON line with the milliseconds per iteration and the
peak memory so far over that after imports and construction, in MB. The first answer includes warm-up and compilation.
"""

import json
import sys
import time

import torch

import networks


def memory(field):
    """Reads VmRSS or VmHWM of this process in MB."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) / 1024


def forget_peak():
    """Sets the peak VmHWM back to the present size."""
    with open("/proc/self/clear_refs", "w", encoding="ascii") as control:
        control.write("5")


def main(case, peer, threads, mode):
    """Answers the requests of compare.py until stdin ends."""
    torch.manual_seed(1)
    torch.set_num_threads(int(threads))
    iterate = networks.MAKERS[case][peer](torch.compile if mode == "compile" else lambda function: function)
    forget_peak()
    start = memory("VmRSS")
    for line in sys.stdin:
        count = int(line)
        begin = time.perf_counter()
        for _ in range(count):
            iterate()
        milliseconds = (time.perf_counter() - begin) * 1000 / count
        print(json.dumps({"ms": milliseconds, "memory": memory("VmHWM") - start}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
