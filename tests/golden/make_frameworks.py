"""Writes the golden training runs of snnTorch, SpikingJelly and Norse.

    python3 -m venv venv && venv/bin/pip install torch numpy snntorch spikingjelly norse
    venv/bin/python tests/golden/make_frameworks.py            # every case
    venv/bin/python tests/golden/make_frameworks.py norse_box  # some cases

Each case trains a 6-8-4 network of two dense spiking layers for ten optimiser steps in float64, repeats the first step in
float32 with the untouched framework, and writes <case>.json beside this file. Weights and inputs are multiples of 1/1024,
so both precisions start from the same numbers. README.md describes the files.
"""

import json
import math
import pathlib
import sys
import warnings
from importlib.metadata import version

import torch
from torch import nn

import framework_layers as layers

warnings.filterwarnings("ignore")

INPUTS, HIDDEN, CLASSES = 6, 8, 4
TIME, BATCH, STEPS = 6, 3, 10
MARGIN = 1e-4  # least distance of any membrane from its threshold, in all ten steps
CONNECTIONS = ("input_to_layer1", "layer1_to_layer2")

SNNTORCH_IMMEDIATE = {"beta": 0.9, "input_scale": "none", "reset": "subtract", "reset_delay": False, "compare": "gt",
                      "detach_reset": False, "threshold": 1}
SNNTORCH_ZERO = {"beta": 0.9, "input_scale": "none", "reset": "zero", "reset_delay": True, "compare": "gt",
                 "detach_reset": True, "threshold": 1}
SPIKINGJELLY_SOFT = {"tau_m": "2 ms", "decay": "euler", "input_scale": "none", "reset": "subtract", "reset_delay": False,
                     "compare": "ge", "detach_reset": True, "threshold": 1}
SPIKINGJELLY_DETACHED = {"tau_m": "2 ms", "decay": "euler", "input_scale": "dt_over_tau", "reset": "value", "v_reset": 0,
                         "v_rest": 0, "reset_delay": False, "compare": "ge", "detach_reset": True, "threshold": 1}
LEARN = {"beta": "shared", "threshold": "shared"}
ATAN, SIGMOID = {"atan": {"alpha": 2}}, {"sigmoid": {"slope": 4}}
ADAM = {"adam": {"learning_rate": 0.01}}

# name: (layer class, its two argument sets, our two `lif` maps, surrogate, loss, optimiser, gain of the weights)
CASES = {
    "snntorch_subtract": (layers.SnnTorch, [{}] * 2, [{"like": "snntorch", "beta": 0.9}] * 2, ATAN, {"ce_rate": {}},
                          ADAM, 1),
    "snntorch_zero": (layers.SnnTorch, [{"reset_mechanism": "zero"}] * 2, [SNNTORCH_ZERO] * 2, ATAN,
                      {"mse_count": {"correct": 0.75, "incorrect": 0.2}},
                      {"sgd": {"learning_rate": 0.1, "momentum": 0.9}}, 1),
    "snntorch_none": (layers.SnnTorch, [{"reset_mechanism": "none"}] * 2,
                      [{"like": "snntorch", "beta": 0.9, "reset": "none"}] * 2, ATAN, {"ce_membrane": {"reduce": "max"}},
                      {"adamw": {"learning_rate": 0.01, "weight_decay": 0.01}}, 0.5),
    "snntorch_immediate": (layers.SnnTorch, [{"reset_delay": False}] * 2, [SNNTORCH_IMMEDIATE] * 2, ATAN,
                           {"ce_count": {}},
                           {"sgd": {"learning_rate": 0.02, "momentum": 0.9, "nesterov": True}}, 0.5),
    "snntorch_learned": (layers.SnnTorch,
                         [{"beta": 0.85, "threshold": 1.0, "learn": True},
                          {"beta": 0.75, "threshold": 0.875, "learn": True}],
                         [{"like": "snntorch", "beta": 0.85, "threshold": 1, "learn": LEARN},
                          {"like": "snntorch", "beta": 0.75, "threshold": 0.875, "learn": LEARN}],
                         ATAN, {"ce_temporal": {"map": "negate"}}, ADAM, 1),
    "spikingjelly_default": (layers.SpikingJelly, [{}] * 2, [{"like": "spikingjelly", "tau_m": "2 ms"}] * 2, SIGMOID,
                             {"mse_rate": {}}, ADAM, 2.5),
    "spikingjelly_soft": (layers.SpikingJelly, [{"v_reset": None, "decay_input": False, "detach_reset": True}] * 2,
                          [SPIKINGJELLY_SOFT] * 2, ATAN, {"ce_count": {}},
                          {"sgd": {"learning_rate": 0.1, "momentum": 0.9}}, 1.2),
    "spikingjelly_plif": (layers.SpikingJelly, [{"tau": 2.5, "learn": True}, {"tau": 1.5, "learn": True}],
                          [{"like": "spikingjelly", "tau_m": "2.5 ms", "learn": {"tau_m": "shared"}},
                           {"like": "spikingjelly", "tau_m": "1.5 ms", "learn": {"tau_m": "shared"}}],
                          SIGMOID, {"mse_rate": {}}, {"adamax": {"learning_rate": 0.01}}, 2.5),
    "spikingjelly_hard_detached": (layers.SpikingJelly, [{"detach_reset": True}] * 2, [SPIKINGJELLY_DETACHED] * 2, ATAN,
                                   {"ce_count": {}}, {"adam": {"learning_rate": 0.01, "weight_decay": 0.01}}, 2.5),
    "norse_box": (layers.Norse, [{}] * 2, [{"like": "norse", "tau_m": "10 ms"}] * 2, {"fast_sigmoid": {"slope": 1}},
                  {"mse_rate": {}}, {"sgd": {"learning_rate": 1.0, "momentum": 0.9}}, 7),
}


class Network(nn.Module):
    """Two dense spiking layers of one framework, evaluated layer by layer."""

    def __init__(self, case, dtype):
        super().__init__()
        layer, arguments, _, surrogate, *_ = case
        self.dense = nn.ModuleList([nn.Linear(INPUTS, HIDDEN), nn.Linear(HIDDEN, CLASSES)]).to(dtype)
        self.neurons = nn.ModuleList(layer(dtype, surrogate, **given) for given in arguments)

    def forward(self, sequence):
        """Returns the spikes of both layers and the output membrane, each [T][B][N]."""
        spikes = []
        for dense, neuron in zip(self.dense, self.neurons):
            sequence, membrane = neuron(dense(sequence))
            spikes.append(sequence)
        return spikes, membrane

    def named(self, of):
        """Collects of(parameter) under the names Tripartite gives the connections and layers."""
        tree = {name: {"weight": of(dense.weight), "bias": of(dense.bias)} for name, dense in zip(CONNECTIONS, self.dense)}
        learned = ({name: of(value) for name, value in neuron.learned().items()} for neuron in self.neurons)
        return tree | {f"layer{i}": values for i, values in enumerate(learned, 1) if values}

    def values(self):
        """The parameters; a learned time constant as tau_m in steps of 1 ms and as the framework's own w."""
        tree = self.named(numbers)
        for layer in filter(lambda values: "tau_m" in values, tree.values()):
            layer["w"] = layer["tau_m"]
            layer["tau_m"] = 1 + math.exp(-layer["w"])
        return tree


def start(case, seed):
    """Draws initial weights, input and labels, all exact in float32."""
    generator = torch.Generator().manual_seed(seed)
    grid = lambda x: torch.round(x * 1024) / 1024
    normal = lambda *shape: torch.randn(*shape, generator=generator, dtype=torch.float64)
    gain = case[-1]
    weights = [grid(gain * (0.15 + 0.45 * normal(HIDDEN, INPUTS))), grid(gain * (0.15 + 0.6 * normal(CLASSES, HIDDEN)))]
    biases = [grid(gain * 0.1 * normal(size)) for size in (HIDDEN, CLASSES)]
    inputs = grid(torch.rand(TIME, BATCH, INPUTS, generator=generator, dtype=torch.float64))
    if case is CASES["snntorch_none"]:
        inputs = inputs[:1].repeat(TIME, 1, 1)
    return weights, biases, inputs, torch.randperm(CLASSES, generator=generator)[:BATCH]


def make_network(case, weights, biases, dtype):
    """Builds the network of a case with the given start values."""
    network = Network(case, dtype)
    with torch.no_grad():
        for dense, weight, bias in zip(network.dense, weights, biases):
            dense.weight.copy_(weight)
            dense.bias.copy_(bias)
    return network


def make_optimiser(network, option):
    """Builds the torch optimiser; only weights decay."""
    (name, settings), = option.items()
    settings = dict(settings)
    settings["lr"] = settings.pop("learning_rate")
    decay = settings.pop("weight_decay", 0)
    kind = {"sgd": torch.optim.SGD, "adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "adamax": torch.optim.Adamax}[name]
    weights = [dense.weight for dense in network.dense]
    others = [p for p in network.parameters() if all(p is not w for w in weights)]
    return kind([{"params": weights, "weight_decay": decay}, {"params": others, "weight_decay": 0}], **settings)


def numbers(tensor):
    """Turns a tensor into nested lists."""
    return tensor.detach().tolist()


def step(network, case, inputs, labels):
    """Runs forward and backward and returns what the test compares."""
    network.zero_grad()
    spikes, membrane = network(inputs)
    loss = layers.loss(case[4], spikes[-1], membrane, labels)
    loss.backward()
    return {"loss": loss.item(),
            "spikes": {f"layer{i}": numbers(s.to(torch.int8)) for i, s in enumerate(spikes, 1)},
            "gradients": network.named(lambda p: numbers(p.grad))}


def train(case, seed):
    """Trains one case from one seed and returns the content of its file."""
    weights, biases, inputs, labels = start(case, seed)
    network = make_network(case, weights, biases, torch.float64)
    optimiser = make_optimiser(network, case[5])
    initial = network.values()
    steps = []
    for _ in range(STEPS):
        steps.append(step(network, case, inputs, labels))
        if not suitable(network, steps[-1]):
            return None
        optimiser.step()
    single = step(make_network(case, weights, biases, torch.float32), case, inputs.float(), labels)
    if single["spikes"] != steps[0]["spikes"]:
        return None
    return {"input": numbers(inputs), "labels": numbers(labels), "initial": initial, "steps": steps,
            "final": network.values(), "float32": single}


def suitable(network, result):
    """Whether rates are useful, no membrane is near its threshold and every bias gets a gradient."""
    hidden, output = (torch.tensor(result["spikes"][f"layer{i}"]).double().mean() for i in (1, 2))
    gradients = (torch.tensor(result["gradients"][name]["bias"]) for name in CONNECTIONS)
    return (0.1 <= hidden <= 0.5 and 0.05 <= output <= 0.6 and all(g.abs().min() > 1e-7 for g in gradients)
            and all(neuron.nearest() > MARGIN and neuron.valid() for neuron in network.neurons))


def experiment(case):
    """Writes the case as a Tripartite experiment."""
    _, _, lif, surrogate, loss, optimiser, _ = case
    sizes = (HIDDEN, CLASSES)
    return {"network": {"layers": [{"dense": n, "neuron": {"lif": options}} for n, options in zip(sizes, lif)]},
            "time": {"dt": "1 ms", "steps": TIME},
            "learning": {"bptt": {"surrogate": surrogate, "loss": loss}, "optimiser": optimiser, "batch": BATCH}}


def write(name):
    """Takes the first suitable seed of a case and writes its file, one key or training step a line."""
    seed, result = next((seed, result) for seed in range(1000) if (result := train(CASES[name], seed)))
    packages = ("torch", {"snntorch": "snntorch", "spikingjelly": "spikingjelly", "norse": "norse"}[name.split("_")[0]])
    made_with = {package: version(package) for package in packages} | {"seed": seed}
    content = {"made_with": made_with, "experiment": experiment(CASES[name])} | result
    line = lambda value: json.dumps(value, separators=(",", ":"))
    content["steps"] = "[\n" + ",\n".join(map(line, content["steps"])) + "\n]"
    lines = (f'"{key}": {value if key == "steps" else line(value)}' for key, value in content.items())
    path = pathlib.Path(__file__).with_name(f"{name}.json")
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    losses = [s["loss"] for s in result["steps"]]
    print(f"{path.name}: seed {seed}, loss {losses[0]:.4f} -> {losses[-1]:.4f}")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for case_name in sys.argv[1:] or CASES:
        write(case_name)
