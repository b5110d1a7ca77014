"""Compares Tripartite with NEST and Brian2 on recurrent networks, side by side in one run.

    benchmarks/peers/install_simulators.sh venv
    venv/bin/python benchmarks/peers/simulation.py [--network brunel_10k] [--rounds 3] [--write]

simulation_networks.py describes the networks, configs/*/<network>.yaml are ours. Tripartite and the peers take turns
on the same duration with the same number of threads from a fresh start; the table shows medians of the real-time factor (seconds of computing for a second of
biological time), their ratio and the range of the ratios of single rounds. --write puts it into benchmarks/README.md.
hpc_benchmark and the full microcircuit run once: they take NEST minutes, and 5 and 15 GB. Leave the machine alone meanwhile.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from report import ROOT, machine, take_turns, times_ours, write

HERE = Path(__file__).resolve().parent
OURS = "Tripartite"
PEERS = {"NEST": ("nest-simulator", "simulate_nest.py"), "Brian2": ("brian2", "simulate_brian2.py")}
NEST, BOTH = ("NEST",), ("NEST", "Brian2")
NETWORKS = {  # name: ms of biological time, threads, peers, most rounds
    "coba": (2000, 1, BOTH, 9), "cuba": (2000, 1, BOTH, 9), "brunel_10k": (1000, 1, BOTH, 9), "brunel_delta": (1000, 1, BOTH, 9),
    "brunel_10k_stdp": (500, 2, BOTH, 9), "microcircuit_tenth": (1000, 2, BOTH, 9),
    "hpc_benchmark": (250, 2, NEST, 1), "microcircuit": (500, 2, NEST, 1),
}


def tripartite(network, duration, threads):
    """Runs our program and returns what a peer's script prints."""
    with tempfile.TemporaryDirectory() as folder:
        config = next(ROOT.glob(f"configs/*/{network}.yaml"))
        settings = [f"time.duration={duration} ms", "time.transient=0 ms", "expected={}"]
        run([ROOT / "tripartite", "run", config, *(word for setting in settings for word in ("--set", setting)), "--threads", threads, "--out", folder])
        summary = json.loads((Path(folder) / "summary.json").read_text(encoding="utf-8"))
    spikes = sum(population["spikes"] for population in summary["populations"].values())
    return summary | {"rate_hz": spikes / summary["neurons"] / summary["biological_seconds"]}


def peer(name, network, duration, threads):
    """Runs a peer's script and returns what it prints in its last line."""
    command = [sys.executable, HERE / PEERS[name][1], network, "--duration", duration, "--threads", threads, "--transient", 0]
    return json.loads(run(command).splitlines()[-1])


def run(command):
    """The output of a command; its last words where it fails."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{result.stderr[-2000:]}")
    return result.stdout


def measure(network, options):
    """Measures one network and returns its lines of the table."""
    duration, threads, peers, most_rounds = NETWORKS[network]
    print(f"{network}: {duration} ms, load average {os.getloadavg()[0]:.1f}", flush=True)
    runs = {OURS: lambda: tripartite(network, duration, threads)}
    runs |= {name: lambda name=name: peer(name, network, duration, threads) for name in peers if name in options.peer}
    results = take_turns(runs, min(options.rounds, most_rounds))
    ours = [result["real_time_factor"] for result in results[OURS]]
    return [row(network, threads, name, results[name], None if name == OURS else ours) for name in runs]


def median(results, key):
    """The median of one number over the rounds."""
    return statistics.median(result[key] for result in results)


def row(network, threads, name, results, ours):
    """One line of the table."""
    factors = [result["real_time_factor"] for result in results]
    return (f"| {network} | {threads} | {name} | {statistics.median(factors):.3g} ({min(factors):.3g} to {max(factors):.3g}) | {times_ours(factors, ours)} "
            f"| {median(results, 'build_seconds'):.1f} | {median(results, 'rate_hz'):.2f} |")


def table(rows):
    """The whole report in markdown."""
    packages = ", ".join(f"{name} {version(package)}" for name, (package, _) in PEERS.items())
    return "\n".join([f"{packages}; {machine()}.", "",
                      "| network | threads | simulator | real-time factor (range) | times ours (range) | build, s | rate, Hz |",
                      "|---|---|---|---|---|---|---|", *rows])


def main():
    """Measures every chosen network and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=NETWORKS, action="append", help="only this network (default: all)")
    parser.add_argument("--peer", choices=PEERS, action="append", help="only this peer (default: both)")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true", help="put the table into benchmarks/README.md")
    options = parser.parse_args()
    options.peer = options.peer or list(PEERS)
    text = table([line for network in options.network or NETWORKS for line in measure(network, options)])
    print(text)
    if options.write:
        write("simulation", text)


if __name__ == "__main__":
    main()
