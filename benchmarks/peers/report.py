"""What the comparisons with peers share: taking turns, naming the machine, writing a table into benchmarks/README.md."""

import os
import pathlib
import platform
import statistics

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "benchmarks" / "README.md"


def take_turns(runs, rounds):
    """Calls each of the named functions once a round, in alternating order, and returns the lists of results."""
    results = {name: [] for name in runs}
    for turn in range(rounds):
        for name in list(runs)[::1 if turn % 2 == 0 else -1]:
            results[name].append(runs[name]())
    return results


def times_ours(theirs, ours, digits=1):
    """The ratio of the medians and the range of the ratios of single rounds; '-' without our times."""
    if not ours:
        return "-"
    pairs = [their / own for their, own in zip(theirs, ours)]
    ratio = statistics.median(theirs) / statistics.median(ours)
    return f"{ratio:.{digits}f} ({min(pairs):.{digits}f} to {max(pairs):.{digits}f})"


def machine():
    """The number of cores and the processor's name."""
    with open("/proc/cpuinfo", encoding="ascii") as cpuinfo:
        name = next((line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")), platform.machine())
    return f"{os.cpu_count()} cores of {name}"


def write(marker, text):
    """Replaces what stands between the comments `marker:begin` and `marker:end` in benchmarks/README.md."""
    begin, end = f"<!-- {marker}:begin -->", f"<!-- {marker}:end -->"
    before, rest = README.read_text(encoding="utf-8").split(begin)
    _, after = rest.split(end)
    README.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")
