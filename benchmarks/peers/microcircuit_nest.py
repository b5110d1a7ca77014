"""The microcircuit at a tenth of its size in NEST: distributions of rates, irregularity and correlations.

    venv/bin/python benchmarks/peers/microcircuit_nest.py run 55 microcircuit_55.npz      # two minutes for each seed, 55 to 64
    venv/bin/python benchmarks/peers/microcircuit_nest.py compare microcircuit_5*.npz microcircuit_6*.npz

`run` simulates half a second that is thrown away and ten seconds, and stores for each population
    rate  of each neuron, Hz
    cv    coefficient of variation of the intervals of each neuron with at least five spikes
    cc    correlation coefficients of the spike counts in 2 ms of all pairs of the first 250 neurons that fire
`compare` writes tests/golden/nest/microcircuit_tenth.json: for each seed quantiles of these distributions and their means, and the
mean Kolmogorov-Smirnov distance of one seed's values to another's quantiles, which is the spread that another simulator has to stay near.
"""

import json
import pathlib
import sys

import numpy as np
from scipy.stats import ks_2samp

from simulation_networks import DT, POPULATIONS, microcircuit, plain

GOLDEN = pathlib.Path(__file__).resolve().parents[2] / "tests" / "golden" / "nest"
TRANSIENT, DURATION = 500.0, 10000.0
BIN, SAMPLE, LEAST_SPIKES, QUANTILES = 2.0, 250, 5, 200
THREADS = 1  # NEST's random numbers depend on it
MEASURES = ("rate", "cv", "cc")


def simulate(seed):
    """Runs NEST and returns, for each population, its size, the times of its spikes and their neurons."""
    import nest  # here, because comparing needs no simulator

    from simulate_nest import make_microcircuit
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.set(resolution=DT, local_num_threads=THREADS, rng_seed=seed)
    populations = make_microcircuit(microcircuit(0.1, True))
    recorders = nest.Create("spike_recorder", len(populations), params={"start": TRANSIENT})
    for population, recorder in zip(populations, recorders):
        nest.Connect(population, recorder)
    nest.Simulate(TRANSIENT + DURATION)
    return [(len(population), recorder.events["times"], recorder.events["senders"] - population[0].global_id)
            for population, recorder in zip(populations, recorders)]


def measures(size, times, neurons):
    """The three distributions of one population, sorted."""
    order = np.lexsort((times, neurons))
    trains = np.split(times[order], np.cumsum(np.bincount(neurons, minlength=size))[:-1])
    rates = np.array([len(train) for train in trains]) / (DURATION / 1000)
    intervals = [np.diff(train) for train in trains if len(train) >= LEAST_SPIKES]
    chosen = [train for train in trains if len(train)][:SAMPLE]
    bins = np.arange(round(DURATION / BIN) + 1) * BIN + TRANSIENT + DT / 2  # a spike at the end of a bin belongs to it
    correlation = np.corrcoef([np.histogram(train, bins)[0] for train in chosen])
    return {"rate": np.sort(rates), "cv": np.sort([gaps.std() / gaps.mean() for gaps in intervals]),
            "cc": np.sort(correlation[np.triu_indices(len(chosen), 1)])}


def run(seed, path):
    """Simulates and stores the distributions."""
    result = {}
    for name, recorded in zip(POPULATIONS, simulate(seed)):
        found = measures(*recorded)
        result |= {f"{name}/{measure}": values.astype(np.float32) for measure, values in found.items()}
        print(name, *(f"{measure} {found[measure].mean():.4f}" for measure in MEASURES))
    np.savez_compressed(path, **result)


def compare(*files):
    """Prints and writes what a test needs."""
    seeds = [np.load(file) for file in files]
    levels = (np.arange(QUANTILES) + 0.5) / QUANTILES
    populations = {}
    for name in POPULATIONS:
        entry = populations[name] = {"between": {}, "means": {}}
        for measure in MEASURES:
            values = [seed[f"{name}/{measure}"] for seed in seeds]
            quantiles = [np.quantile(v, levels, method="inverted_cdf").astype(float).round(4) for v in values]
            entry[measure] = quantiles
            entry["between"][measure] = round(float(np.mean([distance(v, q) for i, v in enumerate(values)
                                                             for j, q in enumerate(quantiles) if i != j])), 4)
            entry["means"][measure] = [round(float(v.mean()), 4) for v in values]
        print(name, entry["between"], entry["means"])
    write({"made_with": f"NEST 3.10.0, {len(files)} seeds", "scale": 0.1, "transient_ms": TRANSIENT, "duration_ms": DURATION,
           "bin_ms": BIN, "cc_neurons": SAMPLE, "cv_least_spikes": LEAST_SPIKES}, populations)


def distance(values, quantiles):
    """The largest difference between the two distribution functions."""
    return ks_2samp(values.astype(float).round(4), quantiles).statistic


def write(about, populations):
    """Writes the golden file, one measure a line."""
    line = lambda value: json.dumps(value, default=plain, separators=(",", ":"))
    text = json.dumps({"about": about, "populations": {}})[:-3] + "{\n"
    text += ",\n".join(f'"{population}": {{\n' + ",\n".join(f'  "{key}": {line(value)}' for key, value in entries.items()) + "\n}"
                       for population, entries in populations.items())
    (GOLDEN / "microcircuit_tenth.json").write_text(text + "\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    {"run": run, "compare": compare}[sys.argv[1]](*[int(word) if word.isdigit() else word for word in sys.argv[2:]])
