#!/usr/bin/env python3
"""Runs configs/simulation/tripartite_spreading.yaml with gap junctions and without, and prints one table: docs/astrocytes.md has what it printed.

    python3 benchmarks/spreading.py [--program build/release/bin/tripartite] [--seeds 3] [--out results/spreading] [--set experiment.threads=2] ...

Needs h5py (Debian: python3-h5py). Reached is the share of astrocytes that release at least once. Onset is the time of their first release in the simulation,
the median over those at a distance from the middle of the sheet, in cells of its grid, to within one cell; all are means and standard deviations over the seeds.
"""
import argparse
import math
import pathlib
import re
import statistics
import subprocess

import h5py

CONFIG = pathlib.Path(__file__).resolve().parent.parent / "configs/simulation/tripartite_spreading.yaml"
DISTANCES = (2, 10, 20, 30)
NEURON = "network.populations.astrocytes.neuron.astrocyte_gchi"
NO_GAPS = "network.projections.2.weight=1e-9"
CASES = {"gap junctions": [], "without": [NO_GAPS], "without, and F_ex = 0.09": [NO_GAPS, f"{NEURON}.F_ex=0.09"],
         "gap junctions, 97 pA": ["input.0.current.offset=97"]}


def distances():
    """Of every astrocyte from the middle: a grid goes column by column."""
    columns, rows = map(int, re.search(r"shape: \[(\d+), (\d+)\]", CONFIG.read_text()).groups())
    return [math.hypot(i // rows - (columns - 1) / 2, i % rows - (rows - 1) / 2) for i in range(columns * rows)]


def run(arguments, overrides, folder):
    command = [arguments.program, "run", CONFIG, "--out", folder] + [part for o in overrides for part in ("--set", o)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # a run that is not as expected says so, too, by its exit code
    first = {}
    with h5py.File(folder / "results.h5") as results:
        spikes = results["spikes/astrocytes"]
        for time, cell in zip(spikes["timestamps"][:].tolist(), spikes["node_ids"][:].tolist()):
            first.setdefault(cell, time / 1000)
    far = distances()
    at = [[first[i] for i in first if abs(far[i] - d) <= 1] for d in DISTANCES]
    return len(first) / len(far), [statistics.median(times) if times else None for times in at]


def summary(values, form):
    if None in values:
        return "-"
    return f"{statistics.mean(values):{form}} ± {statistics.stdev(values) if len(values) > 1 else 0:{form}}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/tripartite")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", default="results/spreading")
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    print(f"| | reached, % | {' | '.join(f'onset at {d} cells, s' for d in DISTANCES)} |\n|{'---|' * (2 + len(DISTANCES))}")
    for number, (name, overrides) in enumerate(CASES.items()):
        runs = [run(arguments, [f"experiment.seed={seed}", *overrides, *arguments.set], pathlib.Path(arguments.out) / f"{number}_{seed}") for seed in range(1, arguments.seeds + 1)]
        cells = [summary([100 * reached for reached, _ in runs], ".1f")] + [summary([onsets[k] for _, onsets in runs], ".1f") for k in range(len(DISTANCES))]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
