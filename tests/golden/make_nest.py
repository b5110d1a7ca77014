"""Writes the golden spike trains of NEST, in float64.

    benchmarks/peers/install_simulators.sh venv
    venv/bin/python tests/golden/make_nest.py          # every case
    venv/bin/python tests/golden/make_nest.py stdp     # some cases

Each case of nest_cases.py is a small network without a random number while it runs. The first seed is taken whose rates are
useful and whose spikes stay the same when the start is shifted by the case's margin, so that rounding and the choice of an
integrator cannot move a spike. nest/README.md describes the files.
"""

import json
import math
import pathlib
import sys

import nest
import numpy as np

from nest_cases import (CASES, DOPAMINE, DOPAMINE_SPIKES, DT, DURATION, LONGEST, PARAMETERS, POST, PRE, RULE_DELAYS, RULE_TAU_MINUS, RULES, SINGLE, SINGLE_TIMES, STATE, STEPS,
                        single)

FOLDER = pathlib.Path(__file__).parent / "nest"
RELAY = 1.0  # ms from a spike generator to its parrot


def build(model, params, network):
    """Creates a network and returns its spike recorder, its neurons and the id of its first node."""
    nest.ResetKernel()
    nest.resolution = DT
    neurons = nest.Create(model, len(network["neurons"]), params=params)
    for neuron, values in zip(neurons, network["neurons"]):
        neuron.set(values)
    first = neurons[0].global_id
    if network["inputs"]:
        parrots = nest.Create("parrot_neuron", len(network["inputs"]))
        times = [{"spike_times": [round(step * DT - RELAY, 1) for step in steps]} for steps in network["inputs"]]
        generators = nest.Create("spike_generator", len(times), params=times)
        nest.Connect(generators, parrots, "one_to_one", {"delay": RELAY})
    connect(first, "static_synapse", network["synapses"])
    if plastic := network.get("plastic"):
        synapse = plastic["params"] | plastic.get("state", {})
        for key in ("tau_minus", "tau_minus_triplet"):  # NEST keeps the traces of postsynaptic spikes in the neuron
            if key in synapse:
                neurons.set({key: synapse.pop(key)})
        nest.CopyModel(plastic["model"], "plastic", synapse)
        connect(first, "plastic", plastic)
    recorder = nest.Create("spike_recorder")
    nest.Connect(neurons, recorder)
    return recorder, neurons, first


def connect(first, model, synapses):
    """Makes listed connections."""
    source, target, weight, delay = (np.array(synapses[key]) for key in ("source", "target", "weight", "delay"))
    nest.Connect(source + first, target + first, "one_to_one", {"synapse_model": model, "weight": weight, "delay": delay})


def spikes_of(recorder, first):
    """The recorded spikes, sorted by step, then neuron."""
    events = recorder.events
    steps = np.round(events["times"] / DT).astype(int)
    order = np.lexsort((events["senders"], steps))
    return {"step": steps[order].tolist(), "neuron": (events["senders"][order] - first).tolist()}


def run(case, network):
    """Simulates a network and returns its spikes and, where synapses learn, their final weights."""
    recorder, _, first = build(case.model, case.params, network)
    nest.Simulate(DURATION)
    result = {"spikes": spikes_of(recorder, first)}
    if network.get("plastic", {}).get("model", "").startswith(("stdp", "vogels")):
        found = nest.GetConnections(synapse_model="plastic").get(["source", "target", "weight"])
        weights = {(s - first, t - first): w for s, t, w in zip(found["source"], found["target"], found["weight"])}
        result["weights"] = [weights[pair] for pair in zip(network["plastic"]["source"], network["plastic"]["target"])]
    return result


def robust(case, network, result, random):
    """Whether shifted starts give the same spikes."""
    for _ in range(4):
        shift = random.choice([-case.margin, case.margin], len(network["neurons"]))
        moved = [neuron | {"V_m": neuron["V_m"] + by} for neuron, by in zip(network["neurons"], shift)]
        if run(case, network | {"neurons": moved})["spikes"] != result["spikes"]:
            return False
    return True


def useful(network, result):
    """Whether the mean rate lies between 4 and 60 Hz and four in five neurons fire; where weights are compared, no spike may
    be on its way at the end, because simulators differ in when they let it act on a weight."""
    count = len(network["neurons"])
    if "weights" in result and max(result["spikes"]["step"], default=0) > STEPS - LONGEST:
        return False
    rate = len(result["spikes"]["step"]) / count / DURATION * 1000
    return 4 < rate < 60 and len(set(result["spikes"]["neuron"])) >= 0.8 * count


def weights_at_end(network, spikes):
    """A rule over all spikes by brute force: (weights after the last presynaptic spike, weights at the end).

    NEST brings a weight up to date when its source fires; the second list has also the potentiation by later postsynaptic
    spikes whose dendritic delay has passed by the end of the run.
    """
    last, end = [], []
    rule = {"stdp_synapse": bounded, "stdp_pl_synapse_hom": power_law, "stdp_triplet_synapse": triplet, "vogels_sprekeler_synapse": vogels}[network["plastic"]["model"]]
    times = [[] for _ in network["neurons"]]
    for step, neuron in zip(spikes["step"], spikes["neuron"]):
        times[neuron].append(step)
    plastic = network["plastic"]
    for source, target, weight, delay in zip(*(plastic[key] for key in ("source", "target", "weight", "delay"))):
        posts = [step + round(delay / DT) for step in times[target]]
        events = sorted([(step, 0) for step in posts] + [(step, 1) for step in times[source]])
        before = weight
        for step, is_pre in events:
            others, own = (posts, times[source]) if is_pre else (times[source], posts)
            p = {"tau_plus": plastic["params"].get("tau")} | plastic["params"]
            trace = trace_of(others, step, p["tau_minus" if is_pre else "tau_plus"])
            slow = trace_of(own, step, p.get("tau_plus_triplet" if is_pre else "tau_minus_triplet", 1))
            if step <= STEPS:
                weight = rule(weight, is_pre, trace, slow, p)
            before = weight if is_pre else before
        last.append(before)
        end.append(weight)
    return last, end


def trace_of(spikes, step, tau):
    """The sum over all earlier spikes."""
    return sum(math.exp((spike - step) * DT / tau) for spike in spikes if spike < step)


def triplet(weight, is_pre, trace, slow, p):
    """The rule of stdp_triplet_synapse."""
    if is_pre:
        return max(0.0, weight - trace * (p["Aminus"] + p["Aminus_triplet"] * slow))
    return min(p["Wmax"], weight + trace * (p["Aplus"] + p["Aplus_triplet"] * slow))


def vogels(weight, is_pre, trace, _, p):
    """The rule of vogels_sprekeler_synapse."""
    raised = min(p["Wmax"], weight + p["eta"] * trace)
    return max(0.0, raised - p["alpha"] * p["eta"]) if is_pre else raised


def bounded(weight, is_pre, trace, _, p):
    """The rule of stdp_synapse."""
    w = weight / p["Wmax"]
    if is_pre:
        return max(0.0, w - p["alpha"] * p["lambda"] * w ** p["mu_minus"] * trace) * p["Wmax"]
    return min(1.0, w + p["lambda"] * (1 - w) ** p["mu_plus"] * trace) * p["Wmax"]


def power_law(weight, is_pre, trace, _, p):
    """The rule of stdp_pl_synapse_hom."""
    if is_pre:
        return max(0.0, weight - p["alpha"] * p["lambda"] * weight * trace)
    return weight + p["lambda"] * weight ** p["mu"] * trace


def description(model, given):
    """A model with all parameters of its equations and the start of the state variables other than V_m."""
    values = nest.GetDefaults(model) | given
    return {"model": model, "params": {key: values[key] for key in PARAMETERS[model]},
            "state": {key: values[key] for key in STATE.get(model, ())}}


def make(name):
    """Finds the first suitable seed of a case and returns the content of its file."""
    case = CASES[name]
    for seed in range(10000):
        random = np.random.default_rng([seed, 19])
        network = case.draw(random)
        result = run(case, network)
        if useful(network, result) and robust(case, network, result, random):
            break
    if "weights" in result:
        last, result["weights_at_end"] = weights_at_end(network, result["spikes"])
        assert np.allclose(last, result["weights"], rtol=1e-12, atol=0)
    count = len(result["spikes"]["step"])
    print(f"{name}: seed {seed}, {count} spikes, {count / len(network['neurons']) / DURATION * 1000:.1f} Hz")
    head = {"made_with": {"nest": nest.__version__, "seed": seed, "margin": case.margin}, "dt": DT, "duration": DURATION}
    return head | description(case.model, case.params) | network | result


def make_single(model):
    """The potential of one neuron at a few times, and its spikes."""
    network = single(model)
    recorder, neurons, first = build(model, {}, network)
    meter = nest.Create("multimeter", params={"record_from": ["V_m"], "interval": DT})
    nest.Connect(meter, neurons)
    start = neurons[0].V_m
    nest.Simulate(DURATION)
    potential = meter.events["V_m"][np.round(np.array(SINGLE_TIMES) / DT).astype(int) - 1]
    return description(model, {}) | network | {"neurons": [network["neurons"][0] | {"V_m": start}], "V_m": potential.tolist(),
                                               "spikes": spikes_of(recorder, first)}


def make_rule(model):
    """The weights with which the spikes of one neuron reach another one, for each delay."""
    weight, params = RULES[model]
    return weights_of_rule(model, weight, params, lambda: {})


def make_dopamine(case):
    """The same for a synapse that learns by dopamine, which a volume transmitter collects from neurons that fire."""
    def transmitter():
        volume = nest.Create("volume_transmitter")
        times = [{"spike_times": [float(t - 2 * RELAY) for t in times]} for times in DOPAMINE_SPIKES]
        neurons = nest.Create("parrot_neuron", len(times))
        nest.Connect(nest.Create("spike_generator", len(times), params=times), neurons, "one_to_one", {"delay": RELAY})
        nest.Connect(neurons, volume, syn_spec={"delay": RELAY})
        return {"volume_transmitter": volume}
    return weights_of_rule("stdp_dopamine_synapse", *DOPAMINE[case], transmitter)


def weights_of_rule(model, weight, params, more):
    """Simulates one synapse for each delay; more() makes what else it needs, and gives its parameters."""
    result = {"weight": weight, "params": params, "weights": []}
    for delay in RULE_DELAYS:
        nest.ResetKernel()
        nest.resolution = DT
        parrots = nest.Create("parrot_neuron", 2, params=RULE_TAU_MINUS)
        generators = nest.Create("spike_generator", 2, params=[{"spike_times": [t - RELAY for t in times]} for times in (PRE, POST)])
        nest.Connect(generators, parrots, "one_to_one", {"delay": RELAY})
        recorder = nest.Create("weight_recorder")
        nest.CopyModel(model, "plastic", params | more() | {"weight_recorder": recorder})
        port = 1  # the spikes of this port are not relayed
        nest.Connect(parrots[0], parrots[1], syn_spec={"synapse_model": "plastic", "weight": weight, "delay": delay, "receptor_type": port})
        nest.Simulate(PRE[-1] + delay + RELAY)
        result["weights"].append(recorder.events["weights"].tolist())
    return result


def write(name, content):
    """Writes one key a line."""
    lines = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in content.items())
    (FOLDER / f"{name}.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    nest.verbosity = nest.VerbosityLevel.ERROR
    FOLDER.mkdir(exist_ok=True)
    for chosen in sys.argv[1:] or [*CASES, "single", "rules", "dopamine"]:
        if chosen == "dopamine":
            head = {"made_with": {"nest": nest.__version__}, "dt": DT, "delays": RULE_DELAYS, "pre": PRE, "post": POST, "dopamine": DOPAMINE_SPIKES}
            write(chosen, head | {"tau_minus": RULE_TAU_MINUS["tau_minus"]} | {case: make_dopamine(case) for case in DOPAMINE})
        elif chosen == "rules":
            head = {"made_with": {"nest": nest.__version__}, "dt": DT, "delays": RULE_DELAYS, "pre": PRE, "post": POST}
            write(chosen, head | RULE_TAU_MINUS | {model: make_rule(model) for model in RULES})
        elif chosen == "single":
            head = {"made_with": {"nest": nest.__version__}, "dt": DT, "duration": DURATION, "times": SINGLE_TIMES}
            write(chosen, head | {model: make_single(model) for model in SINGLE})
        else:
            write(chosen, make(chosen))
