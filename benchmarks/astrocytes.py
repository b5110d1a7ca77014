#!/usr/bin/env python3
"""Runs configs/simulation/tripartite.yaml with gliotransmitter that decreases release, leaves it as it is, and increases it, and prints
one table: docs/astrocytes.md has what it printed.

    python3 benchmarks/astrocytes.py [--program build/release/bin/tripartite] [--seeds 3] [--out results/astrocytes]

Rates of the excitatory neurons, mean and standard deviation over the seeds, before the stronger current, during it and once the
astrocytes have released gliotransmitter, and after it.
"""
import argparse
import json
import pathlib
import statistics
import subprocess

CONFIG = pathlib.Path(__file__).resolve().parent.parent / "configs/simulation/tripartite.yaml"
WINDOWS = ((0, 2), (3, 4), (4, 8))  # s


def run(arguments, alpha, seed, window):
    begin, end = window
    folder = pathlib.Path(arguments.out) / f"alpha_{alpha}_{seed}_{begin}"
    overrides = [f"experiment.seed={seed}", f"network.projections.0.synapse={{tripartite: {{alpha: {alpha}}}}}", "expected={}", f"time.duration={end - begin} s",
                 f"time.transient={begin} s", "record={spikes: excitatory}"]
    command = [arguments.program, "run", CONFIG, "--out", folder] + [part for o in overrides for part in ("--set", o)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return json.loads((folder / "summary.json").read_text())["populations"]["excitatory"]["mean_rate_hz"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/tripartite")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", default="results/astrocytes")
    arguments = parser.parse_args()
    print("| alpha | 0 to 2 s, Hz | 3 to 4 s, Hz | 4 to 8 s, Hz |\n|---|---|---|---|")
    for alpha in (0, 0.6, 1):
        cells = []
        for window in WINDOWS:
            rates = [run(arguments, alpha, seed, window) for seed in range(1, arguments.seeds + 1)]
            cells.append(f"{statistics.mean(rates):.3f} ± {statistics.stdev(rates) if len(rates) > 1 else 0:.3f}")
        print(f"| {alpha} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
