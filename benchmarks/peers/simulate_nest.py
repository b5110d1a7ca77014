"""Runs one network of simulation_networks.py in NEST and prints one JSON line: seconds, real-time factor, mean rate.

    venv/bin/python benchmarks/peers/simulate_nest.py brunel_delta --threads 2 --duration 1000 [--transient 100] [--seed 1]
"""

import argparse
import json
import time

import nest
import numpy as np

from simulation_networks import NETWORKS, PROJECTIONS

MOST_SYNAPSES = 120e6  # that NEST allows to a synapse model and thread, with some room


def make_microcircuit(network):
    """Creates the microcircuit's neurons, connections and input; returns its populations."""
    populations = []
    for i, size in enumerate(network["sizes"]):
        population = nest.Create(network["model"], int(size), params=network["neuron"] | {"I_e": network["I_e"][i]})
        population.V_m = nest.random.normal(network["V_m_mean"][i], network["V_m_sd"][i])
        populations.append(population)
    nest.CopyModel("static_synapse", "second_half")  # one model may not hold all of the full network on two threads
    halves = ("static_synapse", "second_half") if network["synapses"].sum() > MOST_SYNAPSES else ("static_synapse",) * 2
    for i, target in enumerate(populations):
        for j, source in enumerate(populations):
            connect_microcircuit(network, source, target, i, j, halves[i // 2 % 2])
        if network["poisson"]:
            generator = nest.Create("poisson_generator", params={"rate": network["poisson_rate"][i]})
            nest.Connect(generator, target, syn_spec={"weight": network["poisson_weight"], "delay": network["poisson_delay"]})
    return populations


def connect_microcircuit(network, source, target, i, j, model):
    """Connects population j to population i with normal weights of one sign and normal delays."""
    if not network["synapses"][i, j]:
        return
    weight, delay = network["weight_mean"][i, j], network["delay_mean"]["I" if j % 2 else "E"]
    weights = nest.math.redraw(nest.random.normal(weight, abs(weight) * network["weight_relative_sd"]),
                               min=0.0 if weight > 0 else -np.inf, max=np.inf if weight > 0 else 0.0)
    delays = nest.math.redraw(nest.random.normal(delay, delay * network["delay_relative_sd"]), min=network["dt"] / 2, max=np.inf)
    nest.Connect(source, target, {"rule": "fixed_total_number", "N": int(network["synapses"][i, j])},
                 {"synapse_model": model, "weight": weights, "delay": delays})


def make_two_populations(network):
    """Creates a network of excitatory and inhibitory neurons with fixed in-degrees; returns both populations."""
    populations = {name: nest.Create(network["model"], size, params=network["neuron"]) for name, size in network["sizes"].items()}
    plastic = network.get("plastic")
    for name, population in populations.items():
        if "V_m_mean" in network:
            population.V_m = nest.random.normal(network["V_m_mean"], network["V_m_sd"])
        if plastic:
            population.tau_minus = plastic["tau_minus"]
    for source, target in PROJECTIONS:
        model = "static_synapse"
        if plastic and plastic["projection"] == (source, target):
            model = plastic["synapse_model"]
            nest.SetDefaults(model, plastic["parameters"])
        nest.Connect(populations[source], populations[target],
                     {"rule": "fixed_indegree", "indegree": network["indegree"][source],
                      "allow_autapses": network["autapses"], "allow_multapses": True},
                     {"synapse_model": model, "weight": network["weight"][source], "delay": network["delay"]})
    poisson = network["poisson"]
    window = {key: poisson[key] for key in ("start", "stop") if key in poisson}
    generator = nest.Create("poisson_generator", params={"rate": poisson["rate"]} | window)
    for name, count in poisson["targets"].items():
        nest.Connect(generator, populations[name][:count], syn_spec={"weight": poisson["weight"], "delay": network["delay"]})
    return list(populations.values())


def main():
    """Builds, runs and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=NETWORKS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--duration", type=float, default=1000.0, help="ms that are timed")
    parser.add_argument("--transient", type=float, default=100.0, help="ms before")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    nest.verbosity = nest.VerbosityLevel.ERROR
    network = NETWORKS[options.network]()
    begin = time.perf_counter()
    nest.set(resolution=network["dt"], local_num_threads=options.threads, rng_seed=options.seed)
    make = make_microcircuit if "populations" in network else make_two_populations
    populations = make(network)
    recorders = nest.Create("spike_recorder", len(populations), params={"start": options.transient})
    for population, recorder in zip(populations, recorders):
        nest.Connect(population, recorder)
    nest.Prepare()
    built = time.perf_counter()
    nest.Run(options.transient)
    start = time.perf_counter()
    nest.Run(options.duration)
    seconds = time.perf_counter() - start
    nest.Cleanup()
    rates = [r.n_events / len(p) / options.duration * 1000 for p, r in zip(populations, recorders)]
    spikes = sum(r.n_events for r in recorders)
    print(json.dumps({"build_seconds": built - begin, "simulation_seconds": seconds,
                      "real_time_factor": seconds / options.duration * 1000,
                      "rate_hz": spikes / sum(map(len, populations)) / options.duration * 1000, "rates_hz": rates}))


if __name__ == "__main__":
    main()
