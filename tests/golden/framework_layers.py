"""One layer class per framework, and the losses, for make_frameworks.py.

A layer maps currents [T][B][N] to (spikes, membranes), both [T][B][N]. In float32 the framework runs untouched. In float64
a wrapper around the surrogate notes how close each membrane came to its threshold, and the places where a framework rounds
to float32 on its own are lifted to float64.
"""

import snntorch
import torch
from norse.torch.functional import lif_box
from norse.torch.module.lif_box import LIFBoxCell
from snntorch import functional as snntorch_loss
from snntorch import surrogate as snntorch_surrogate
from spikingjelly.activation_based import neuron as spikingjelly_neuron
from spikingjelly.activation_based import surrogate as spikingjelly_surrogate
from torch import nn
from torch.nn import functional


class Layer(nn.Module):
    """Keeps the distances of the membranes from the threshold during one forward pass."""

    def __init__(self, dtype):
        super().__init__()
        self.precise = dtype == torch.float64
        self.distances = []

    def noting(self, surrogate):
        """Wraps a surrogate so that it notes its argument; float32 keeps the original."""
        def noted(distance, *rest):
            self.distances.append(distance.detach())
            return surrogate(distance, *rest)
        return noted if self.precise else surrogate

    def nearest(self):
        """The smallest distance from the threshold in the last forward pass."""
        return torch.cat(self.distances).abs().min()

    def valid(self):
        """Whether the run stays where the framework and Tripartite agree."""
        return True

    def learned(self):
        """The learned neuron values under Tripartite's names."""
        return {}


class ATan64(snntorch_surrogate.ATan):
    """snnTorch's ATan whose spike is not rounded to float32, which would round the gradient too."""

    @staticmethod
    def forward(ctx, distance, alpha):
        """Fires strictly above the threshold."""
        ctx.save_for_backward(distance)
        ctx.alpha = alpha
        return (distance > 0).to(distance.dtype)


class SnnTorch(Layer):
    """snntorch.Leaky, one call per time step."""

    def __init__(self, dtype, surrogate, beta=0.9, threshold=1.0, learn=False, **options):
        super().__init__(dtype)
        alpha = surrogate["atan"]["alpha"]
        fire = self.noting(lambda x: ATan64.apply(x, alpha)) if self.precise else snntorch_surrogate.atan(alpha)
        scalar = lambda value: torch.tensor(value, dtype=dtype)  # a plain number would become a float32 tensor
        self.cell = snntorch.Leaky(scalar(beta), scalar(threshold), fire, learn_beta=learn, learn_threshold=learn, **options)

    def forward(self, currents):
        """Steps through time from a zero membrane."""
        self.distances.clear()
        membrane = torch.zeros_like(currents[0])
        steps = []
        for current in currents:
            spike, membrane = self.cell(current, membrane)
            steps.append((spike, membrane))
        return tuple(torch.stack(sequence) for sequence in zip(*steps))

    def valid(self):
        """An immediate reset must end below the threshold: a second one would follow in the next call."""
        return self.cell.reset_delay or torch.cat(self.distances).max() < self.cell.threshold - 1e-3

    def learned(self):
        """The decay factor and the threshold where they are parameters."""
        return {name: p for name, p in self.cell.named_parameters()}


class SpikingJelly(Layer):
    """LIFNode or, where tau is learned, ParametricLIFNode, in multi-step mode."""

    def __init__(self, dtype, surrogate, tau=2.0, learn=False, **options):
        super().__init__(dtype)
        (name, settings), = surrogate.items()
        fire = {"atan": spikingjelly_surrogate.ATan, "sigmoid": spikingjelly_surrogate.Sigmoid}[name]
        fire = fire(*map(float, settings.values()))
        kind = spikingjelly_neuron.ParametricLIFNode if learn else spikingjelly_neuron.LIFNode
        options |= {"step_mode": "m", "store_v_seq": True, "surrogate_function": self.noting(fire)}
        self.cell = kind(tau, **options).to(dtype)
        if learn:
            nn.init.constant_(self.cell.w, -torch.tensor(tau - 1, dtype=torch.float64).log())

    def forward(self, currents):
        """Runs the whole sequence from the reset state."""
        self.distances.clear()
        self.cell.reset()
        return self.cell(currents), self.cell.v_seq

    def learned(self):
        """The parameter w of tau = 1/sigmoid(w), as tau_m."""
        return {"tau_m": p for _, p in self.cell.named_parameters()}


class Norse(Layer):
    """LIFBoxCell with its default constants (1/tau 100 per second, dt 1 ms), one call per time step."""

    def __init__(self, dtype, surrogate):
        super().__init__(dtype)
        assert surrogate == {"fast_sigmoid": {"slope": 1}}, "the slope that norse's SuperSpike really uses"
        defaults = lif_box.LIFBoxParameters()
        raised = {name: getattr(defaults, name).to(dtype) for name in ("tau_mem_inv", "v_leak", "v_th", "v_reset")}
        self.constants = defaults._replace(**raised)
        self.cell = LIFBoxCell(self.constants)

    def forward(self, currents):
        """Steps through time; the membrane before its reset gives the distance from the threshold."""
        self.distances.clear()
        state, spikes, membranes = None, [], []
        before = torch.zeros_like(currents[0])
        for current in currents:
            spike, state = self.cell(current, state)
            self.distances.append((before + 0.1 * (current - before)).detach() - self.constants.v_th)
            before = state.v
            spikes.append(spike)
            membranes.append(state.v)
        return torch.stack(spikes), torch.stack(membranes)


def loss(option, spikes, membranes, labels):
    """Evaluates the framework's own loss where it has one, else the plain torch expression."""
    snntorch_loss.loss.dtype = spikes.dtype  # ce_rate_loss accumulates in this type
    (name, settings), = option.items()
    makers = {"ce_rate": snntorch_loss.ce_rate_loss, "ce_count": snntorch_loss.ce_count_loss,
              "mse_count": lambda: snntorch_loss.mse_count_loss(settings["correct"], settings["incorrect"]),
              "ce_membrane": snntorch_loss.ce_max_membrane_loss,
              "ce_temporal": lambda: snntorch_loss.ce_temporal_loss(settings["map"])}
    if name in makers:
        return makers[name]()(membranes if name == "ce_membrane" else spikes, labels).squeeze()
    one_hot = functional.one_hot(labels, spikes.shape[-1]).to(spikes.dtype)
    return functional.mse_loss(spikes.mean(0), one_hot)
