"""Runs one network of simulation_networks.py in Brian2's C++ standalone mode and prints what simulate_nest.py prints.

    venv/bin/python benchmarks/peers/simulate_brian2.py brunel_10k --threads 1 --duration 1000 [--transient 100] [--seed 1]

The equations are in Brian2's natural form. Differences from NEST: input during the refractory period of a delta synapse is
kept, Poisson input is binomial with the same mean and has no delay, conductances use the exponential Euler method, delays act
before plasticity instead of after it. `build_seconds` includes compiling and the transient. The full microcircuit and
hpc_benchmark are left out: Brian2 needs more than 30 bytes for a static and 60 for a plastic synapse.
"""

import argparse
import json
import tempfile
import time

import brian2 as b
import numpy as np

from simulation_networks import NETWORKS, PROJECTIONS

LEAK = {  # equations without units: time in ms, the rest in NEST's units
    "iaf_psc_delta": "dv/dt = (E_L - v) / (tau_m * ms) : 1 (unless refractory)",
    "iaf_psc_exp": """dv/dt = ((E_L - v) / tau_m + (ex + inh + I_e) / C_m) / ms : 1 (unless refractory)
                      dex/dt = -ex / (tau_syn_ex * ms) : 1
                      dinh/dt = -inh / (tau_syn_in * ms) : 1
                      I_e : 1""",
    "iaf_cond_exp": """dv/dt = (g_L * (E_L - v) + ex * (E_ex - v) + inh * (v - E_in)) / (C_m * ms) : 1 (unless refractory)
                       dex/dt = -ex / (tau_syn_ex * ms) : 1
                       dinh/dt = -inh / (tau_syn_in * ms) : 1""",
}
METHOD = {"iaf_psc_delta": "exact", "iaf_psc_exp": "exact", "iaf_cond_exp": "exponential_euler"}
PORTS = {"iaf_psc_delta": {"E": "v", "I": "v"}, "iaf_psc_exp": {"E": "ex", "I": "inh"}, "iaf_cond_exp": {"E": "ex", "I": "inh"}}
TRACES = """w : 1
            dpre/dt = -pre / (tau_plus * ms) : 1 (event-driven)
            dpost/dt = -post / (tau_minus * ms) : 1 (event-driven)"""
ON_PRE = "; pre += 1; w = clip(w - lambda_ * alpha * w * post, 0, Wmax)"
ON_POST = "post += 1; w = clip(w + lambda_ * (Wmax - w) * pre, 0, Wmax)"


def make_neurons(network, count):
    """A group of neurons; their parameters are constants of its namespace."""
    constants = {key: value for key, value in network["neuron"].items() if key != "V_m"}
    group = b.NeuronGroup(count, LEAK[network["model"]], threshold="v >= V_th", reset="v = V_reset",
                          refractory=constants["t_ref"] * b.ms, method=METHOD[network["model"]], namespace=constants)
    return group


def make_two_populations(network, random):
    """Fixed in-degrees between excitatory and inhibitory neurons; returns Brian2's objects, the neurons first."""
    sizes, port = network["sizes"], PORTS[network["model"]]
    neurons = make_neurons(network, sum(sizes.values()))
    neurons.v = network["neuron"]["V_m"]
    parts = {"E": neurons[:sizes["E"]], "I": neurons[sizes["E"]:]}
    objects = [neurons]
    for source, target in PROJECTIONS:
        plastic = network.get("plastic", {"projection": None})
        if plastic["projection"] == (source, target):
            values = {{"lambda": "lambda_"}.get(key, key): value for key, value in plastic["parameters"].items()}
            synapses = b.Synapses(parts[source], parts[target], TRACES, on_pre=f"{port[source]}_post += w{ON_PRE}",
                                  on_post=ON_POST, delay=network["delay"] * b.ms,
                                  namespace=values | {"tau_minus": plastic["tau_minus"]})
        else:
            synapses = b.Synapses(parts[source], parts[target], on_pre=f"{port[source]}_post += {network['weight'][source]}",
                                  delay=network["delay"] * b.ms)
        indegree = network["indegree"][source]
        synapses.connect(i=random.integers(sizes[source], size=indegree * sizes[target]),
                         j=np.repeat(np.arange(sizes[target]), indegree))
        if plastic["projection"] == (source, target):
            synapses.w = network["weight"][source]
        objects.append(synapses)
    return objects + make_input(network["poisson"], neurons, parts, port["E"])


def make_input(poisson, neurons, parts, port):
    """Poisson input: to all neurons, or during a window to the first ones."""
    if "start" not in poisson:
        return [b.PoissonInput(neurons, port, 1000, poisson["rate"] / 1000 * b.Hz, poisson["weight"])]
    count = poisson["targets"]["E"]
    window = f"{poisson['rate']}*Hz*int(t >= {poisson['start']}*ms and t < {poisson['stop']}*ms)"
    kick = b.PoissonGroup(count, window)
    synapses = b.Synapses(kick, parts["E"], on_pre=f"{port}_post += {poisson['weight']}")
    synapses.connect(i=np.arange(count), j=np.arange(count))
    return [kick, synapses]


def make_microcircuit(network, random):
    """All populations in one group and all synapses in one object, with explicit lists."""
    sizes = network["sizes"]
    first = np.concatenate([[0], np.cumsum(sizes)])
    neurons = make_neurons(network, first[-1])
    neurons.I_e = np.repeat(network["I_e"], sizes)
    neurons.v = random.normal(np.repeat(network["V_m_mean"], sizes), np.repeat(network["V_m_sd"], sizes))
    lists = {"i": [], "j": [], "w": [], "d": []}
    for target, row in enumerate(network["synapses"]):
        for source, count in enumerate(row):
            mean = network["weight_mean"][target, source]
            delay = network["delay_mean"]["I" if source % 2 else "E"]
            lists["i"].append(random.integers(first[source], first[source + 1], count))
            lists["j"].append(random.integers(first[target], first[target + 1], count))
            lists["w"].append(random.normal(mean, abs(mean) * network["weight_relative_sd"], count))
            drawn = random.normal(delay, delay * network["delay_relative_sd"], count)
            while (low := drawn < network["dt"] / 2).any():
                drawn[low] = random.normal(delay, delay * network["delay_relative_sd"], low.sum())
            lists["d"].append(drawn)
    i, j, w, d = (np.concatenate(values) for values in lists.values())
    synapses = b.Synapses(neurons, neurons, "w : 1", on_pre="ex_post += w")  # both time constants are the same
    synapses.connect(i=i, j=j)
    synapses.w, synapses.delay = w, d * b.ms
    inputs = [b.PoissonInput(neurons[low:high], "ex", int(count), rate / count * b.Hz, network["poisson_weight"])
              for low, high, count, rate in zip(first, first[1:], network["external_indegree"], network["poisson_rate"])]
    return [neurons, synapses, *inputs]


def main():
    """Builds, runs and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", choices=["microcircuit_tenth", "brunel_delta", "brunel_10k", "brunel_10k_stdp", "coba", "cuba"])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--duration", type=float, default=1000.0, help="ms that are timed")
    parser.add_argument("--transient", type=float, default=100.0, help="ms before")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    network = NETWORKS[options.network]()
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        b.set_device("cpp_standalone", directory=folder, build_on_run=False)
        b.prefs.devices.cpp_standalone.openmp_threads = options.threads if options.threads > 1 else 0
        b.prefs.codegen.cpp.extra_compile_args_gcc = ["-O3", "-ffast-math", "-march=native", "-w"]
        b.defaultclock.dt = network["dt"] * b.ms
        b.seed(options.seed)
        make = make_microcircuit if "populations" in network else make_two_populations
        objects = make(network, np.random.default_rng(options.seed))
        spikes = b.SpikeMonitor(objects[0])
        simulation = b.Network(*objects, spikes)
        simulation.run(options.transient * b.ms)
        simulation.run(options.duration * b.ms)
        b.device.build(directory=folder, run=True, with_output=False)
        seconds = b.device._last_run_time  # Brian2 has no public name for it
        count = int((spikes.t > options.transient * b.ms).sum())
    rate = count / len(objects[0]) / options.duration * 1000
    print(json.dumps({"build_seconds": time.perf_counter() - begin - seconds, "simulation_seconds": seconds,
                      "real_time_factor": seconds / options.duration * 1000, "rate_hz": rate}))


if __name__ == "__main__":
    main()
