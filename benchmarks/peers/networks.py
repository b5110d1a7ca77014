"""The benchmark cases in snnTorch and SpikingJelly, each in the framework's natural form.

A maker returns a function that runs one iteration. It takes `compile`, which wraps the parts that torch.compile may see.

fashion_mnist_1000  784-1000-10, beta .95, reset by subtraction, ATan(2), 25 steps of the same image, batch 128, Adam 5e-4,
                    loss: sum over the steps of the cross entropy of the output membrane. snnTorch: tutorial 5, word for
                    word. SpikingJelly: multi-step layers, tau 20 without input decay (the same .95), detached soft reset;
                    it resets in the same step, so its membrane is the one after the reset.
linear_lif          one Linear(512) and LIF, batch 16, 500 steps of randn, forward and backward with the input's gradient.
                    The linear layer sees all steps at once in both frameworks. Compiled, SpikingJelly too runs step by
                    step: its multi-step form unrolls 500 steps, which did not compile in four minutes.
"""

import snntorch
import torch
from snntorch import surrogate as snntorch_surrogate
from spikingjelly.activation_based import functional, layer, neuron, surrogate
from torch import nn
from torch.nn.functional import cross_entropy

STEPS, BATCH, HIDDEN, CLASSES = 25, 128, 1000, 10
LONG_STEPS, LONG_BATCH, LONG_WIDTH = 500, 16, 512


def leaky():
    """snnTorch's neuron of both cases."""
    return snntorch.Leaky(beta=0.95, spike_grad=snntorch_surrogate.atan(alpha=2.0))


def lif(**options):
    """SpikingJelly's neuron of both cases."""
    return neuron.LIFNode(tau=20.0, decay_input=False, v_reset=None, surrogate_function=surrogate.ATan(2.0),
                          detach_reset=True, step_mode="m", **options)


class Tutorial5(nn.Module):
    """The network of snnTorch's tutorial 5."""

    def __init__(self, compile):
        super().__init__()
        self.fc1, self.lif1 = nn.Linear(784, HIDDEN), leaky()
        self.fc2, self.lif2 = nn.Linear(HIDDEN, CLASSES), leaky()
        self.step = compile(self.step)

    def step(self, x, mem1, mem2):
        """One time step."""
        spk1, mem1 = self.lif1(self.fc1(x), mem1)
        spk2, mem2 = self.lif2(self.fc2(spk1), mem2)
        return spk2, mem1, mem2

    def forward(self, x):
        """All time steps of a static input; returns the output membranes."""
        mem1, mem2 = x.new_zeros(len(x), HIDDEN), x.new_zeros(len(x), CLASSES)
        membranes = []
        for _ in range(STEPS):
            _, mem1, mem2 = self.step(x, mem1, mem2)
            membranes.append(mem2)
        return torch.stack(membranes)


class MultiStep(nn.Module):
    """The same network in SpikingJelly's multi-step form."""

    def __init__(self, compile):
        super().__init__()
        self.net = nn.Sequential(layer.Linear(784, HIDDEN, step_mode="m"), lif(),
                                 layer.Linear(HIDDEN, CLASSES, step_mode="m"), lif(store_v_seq=True))
        self.call = compile(self.net)

    def forward(self, x):
        """All time steps of a static input; returns the output membranes."""
        functional.reset_net(self.net)
        self.call(x.unsqueeze(0).repeat(STEPS, 1, 1))
        return self.net[-1].v_seq


def fashion_mnist_1000(kind):
    """Makes the training iteration of a network class; the images have Fashion-MNIST's share of dark pixels."""
    def make(compile):
        network = kind(compile)
        optimiser = torch.optim.Adam(network.parameters(), lr=5e-4)
        images = torch.rand(BATCH, 784) * (torch.rand(BATCH, 784) < 0.5)
        labels = torch.randint(CLASSES, (BATCH,))

        def iterate():
            membranes = network(images)
            loss = sum(cross_entropy(membrane, labels) for membrane in membranes)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
        return iterate
    return make


def long_iteration(forward):
    """Makes the iteration of the long single layer from its forward function."""
    x = torch.randn(LONG_STEPS, LONG_BATCH, LONG_WIDTH, requires_grad=True)
    gradient = torch.randn(LONG_STEPS, LONG_BATCH, LONG_WIDTH)

    def iterate():
        x.grad = None
        forward(x).backward(gradient)
    return iterate


def loop(step, currents):
    """Runs a neuron's step function over time and stacks the spikes."""
    membrane, spikes = torch.zeros_like(currents[0]), []
    for current in currents.unbind():
        spike, membrane = step(current, membrane)
        spikes.append(spike)
    return torch.stack(spikes)


def linear_leaky(compile):
    """The long single layer in snnTorch."""
    linear, step = nn.Linear(LONG_WIDTH, LONG_WIDTH), compile(leaky())
    return long_iteration(lambda x: loop(step, linear(x)))


def linear_lif(compile):
    """The long single layer in SpikingJelly: a multi-step node, or a loop over the compiled step function."""
    linear, node, fire = nn.Linear(LONG_WIDTH, LONG_WIDTH), lif(), surrogate.ATan(2.0)

    def step(current, v):
        return functional.lif_step(current, v, 20.0, False, 1.0, None, fire, True)

    def forward(x):
        functional.reset_net(node)
        return node(linear(x))
    compiled = compile(step)
    return long_iteration(forward if compiled is step else lambda x: loop(compiled, linear(x)))


MAKERS = {
    "fashion_mnist_1000": {"snntorch": fashion_mnist_1000(Tutorial5), "spikingjelly": fashion_mnist_1000(MultiStep)},
    "linear_lif": {"snntorch": linear_leaky, "spikingjelly": linear_lif},
}
