#!/usr/bin/env python3
"""Trains configs/training/membrane/*.yaml with several seeds each and prints one table: docs/membrane.md has what it printed.

    python3 benchmarks/membrane.py [--program build/release/bin/tripartite] [--seeds 3] [--out results/membrane] [--set learning.epochs=8] ...

Accuracy is that of the test set at the epoch with the best validation accuracy, mean and standard deviation over the seeds. The
spike rate, spikes per neuron and step, is that of training in the last epoch; seconds are those of all epochs of a run.
"""
import argparse
import json
import pathlib
import statistics
import subprocess

CONFIGS = pathlib.Path(__file__).resolve().parent.parent / "configs/training/membrane"


def run(arguments, name, seed):
    folder = pathlib.Path(arguments.out) / f"{name}_{seed}"
    overrides = [part for assignment in [f"experiment.seed={seed}", *arguments.set] for part in ("--set", assignment)]
    subprocess.run([arguments.program, "run", CONFIGS / f"{name}.yaml", "--out", folder, *overrides], check=True, stdout=subprocess.DEVNULL)
    summary = json.loads((folder / "summary.json").read_text())
    return summary["test_accuracy"], summary["epochs"][-1]["spike_rate"], sum(epoch["seconds"] for epoch in summary["epochs"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/tripartite")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--out", default="results/membrane")
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    print("| | test accuracy, % | spikes per neuron and step | seconds |\n|---|---|---|---|")
    for name in ("plain", "mpbn", "mpbn_channel", "mpbn_released", "mpr", "rmp", "rmp_squared", "tdbn", "tebn"):
        accuracy, rate, seconds = zip(*(run(arguments, name, seed) for seed in range(1, arguments.seeds + 1)))
        spread = statistics.stdev(accuracy) if len(accuracy) > 1 else 0
        print(f"| {name} | {100 * statistics.mean(accuracy):.2f} ± {100 * spread:.2f} | {statistics.mean(rate):.3f} | {statistics.mean(seconds):.1f} |", flush=True)


if __name__ == "__main__":
    main()
