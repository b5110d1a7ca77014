"""Compares Tripartite with snnTorch and SpikingJelly on the CPU, side by side in one run.

    python3 -m venv venv && venv/bin/pip install -r benchmarks/peers/requirements.txt
    venv/bin/python benchmarks/peers/compare.py [--write] [--peers-only] [--rounds 5] [--threads 2]

networks.py describes the cases. A short preliminary round finds each peer's best settings: one or two threads, OpenMP
waiting actively or passively, eager or torch.compile (needs g++). Then Tripartite and the peers take turns, and the table
shows medians, their ratio and the range of the ratios of single rounds. --write puts the table into benchmarks/README.md.
Leave the machine alone meanwhile (about eight minutes): spinning threads make the peers many times slower on a busy one.
"""

import argparse
import contextlib
import json
import os
import pathlib
import select
import statistics
import subprocess
import sys
from importlib.metadata import version
from typing import NamedTuple

from report import ROOT, machine, take_turns, times_ours, write

HERE = pathlib.Path(__file__).resolve().parent
OURS = "tripartite"
PEERS = {"snntorch": "snnTorch", "spikingjelly": "SpikingJelly"}
ITERATIONS = {"fashion_mnist_1000": 8, "linear_lif": 6}  # of one round
EPOCH = {"fashion_mnist_1000": 469}  # iterations of one epoch, where the case has epochs
ANSWER_LIMIT = 120  # seconds


class Setting(NamedTuple):
    """How a peer runs."""
    threads: int
    wait: str
    mode: str

    def __str__(self):
        plural = "s" if self.threads > 1 else ""
        return f"{self.threads} thread{plural}{' waiting passively' if self.wait else ''}, {self.mode}"


class Worker:
    """One peer in its own process, warmed up."""

    def __init__(self, case, peer, setting):
        command = [sys.executable, "-W", "ignore", HERE / "worker.py", case, peer, str(setting.threads), setting.mode]
        environment = os.environ | ({"OMP_WAIT_POLICY": setting.wait} if setting.wait else {})
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.run(3)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def run(self, iterations):
        """Runs some iterations and returns the answer; a late or missing one raises RuntimeError."""
        print(iterations, file=self.process.stdin, flush=True)
        ready, _, _ = select.select([self.process.stdout], [], [], ANSWER_LIMIT)
        answer = self.process.stdout.readline() if ready else ""
        if not answer:
            self.process.kill()
            raise RuntimeError(f"no answer within {ANSWER_LIMIT} s")
        return json.loads(answer)


def tripartite(case, threads, repeats):
    """Runs our own benchmark and returns its milliseconds per iteration and peak memory over the start in MB."""
    command = [ROOT / "build" / "release" / "benchmarks" / "training_speed", "--case", case, "--threads", str(threads),
               "--repeats", str(repeats)]
    result = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])[case]
    return {"ms": result.get("ms_per_iteration", result.get("ms")), "memory": result["peak_memory_over_start_mb"]}


def attempt(case, peer, setting):
    """Times a setting briefly; infinite where it fails."""
    try:
        with Worker(case, peer, setting) as worker:
            milliseconds = worker.run(1)["ms"]
            if milliseconds < 2000:
                milliseconds = min(milliseconds, worker.run(3)["ms"])
            print(f"  {PEERS[peer]}, {setting}: {milliseconds:.0f} ms", flush=True)
            return milliseconds
    except (RuntimeError, BrokenPipeError) as error:
        print(f"  {PEERS[peer]}, {setting}: {error}", flush=True)
        return float("inf")


def finalists(case, peer):
    """Tries every setting; keeps the fastest and the fastest without spinning threads, which suffer on a busy machine."""
    grid = [Setting(threads, wait, mode) for mode in ("eager", "compile")
            for threads, wait in ((1, ""), (2, ""), (2, "PASSIVE"))]
    times = {setting: attempt(case, peer, setting) for setting in grid}
    calm = [setting for setting in grid if setting.threads == 1 or setting.wait]
    return list(dict.fromkeys(min(group, key=times.get) for group in (grid, calm)))


def measure(case, options):
    """Measures one case and returns its lines of the table; a peer counts with the finalist of lower median."""
    print(f"{case}: preliminary round, load average {os.getloadavg()[0]:.1f}", flush=True)
    settings = [(peer, setting) for peer in PEERS for setting in finalists(case, peer)]
    count = ITERATIONS[case]
    with contextlib.ExitStack() as stack:
        workers = {who: stack.enter_context(Worker(case, *who)) for who in settings}
        runs = {who: lambda worker=worker: worker.run(count)["ms"] for who, worker in workers.items()}
        if not options.peers_only:
            runs = {OURS: lambda: tripartite(case, options.threads, count)["ms"]} | runs
        times = take_turns(runs, options.rounds)
    rows = []
    if not options.peers_only:
        name = f"Tripartite, {options.threads} thread{'s' if options.threads > 1 else ''}"
        rows.append(row(case, name, times[OURS], None, tripartite(case, options.threads, 3)["memory"]))
    for peer in PEERS:
        setting = min((s for p, s in settings if p == peer), key=lambda s: statistics.median(times[peer, s]))
        name = f"{PEERS[peer]}, {setting}"
        rows.append(row(case, name, times[peer, setting], times.get(OURS), peak(case, peer, setting)))
    return rows


def peak(case, peer, setting):
    """The peak memory of a fresh eager process; compiling would count the compiler's memory too."""
    with Worker(case, peer, setting._replace(mode="eager")) as worker:
        return worker.run(3)["memory"]


def row(case, name, times, ours, memory):
    """One line of the table."""
    median = statistics.median(times)
    epoch = f"{median * EPOCH[case] / 1000:.1f}" if case in EPOCH else "-"
    return (f"| {case} | {name} | {median:.1f} ({min(times):.1f} to {max(times):.1f}) | {epoch} | {times_ours(times, ours)} "
            f"| {memory:.0f} |")


def table(rows):
    """The whole report in markdown."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("torch", *PEERS))
    return "\n".join([
        f"{packages}; {machine()}; float32.",
        "",
        "| case | framework (its best setting) | ms/iteration (range) | s/epoch | times ours (range) | peak memory, MB |",
        "|---|---|---|---|---|---|",
        *rows])


def main():
    """Measures every chosen case and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--case", choices=ITERATIONS, action="append", help="only this case (default: all)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2, help="Tripartite's threads")
    parser.add_argument("--peers-only", action="store_true", help="leave Tripartite out")
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    text = table([line for case in options.case or ITERATIONS for line in measure(case, options)])
    print(text)
    if options.write:
        write("peers", text)


if __name__ == "__main__":
    main()
