"""The recurrent networks on which simulators are compared: numbers only, in NEST's units (ms, mV, pF, pA, nS, Hz).

    python benchmarks/peers/simulation_networks.py     # prints all of them as JSON

microcircuit  Potjans & Diesmann (2014), with INM-6's rules for fewer synapses per neuron (van Albada et al. 2015): weights
              over sqrt(K_scaling), and a direct current that replaces the lost mean input at the full model's rates
brunel_*      Brunel (2000): sparse balanced network of delta synapses, as in NEST's example brunel_delta_nest.py; with STDP
              from E to E as in the comparison of simulators by Ahmad et al. (2018)
hpc_benchmark NEST's example of this name: alpha synapses, E to E with power-law STDP (Morrison et al. 2007)
coba, cuba    Vogels & Abbott (2005) as in Brette et al. (2007), benchmarks 1 and 2

In networks of two populations each neuron draws `indegree` sources with repetition (rule fixed_indegree, multapses allowed).
A Poisson input reaches the first so many neurons of a population, each with spikes of its own.
"""

import json
import math

import numpy as np

DT = 0.1
PROJECTIONS = (("E", "E"), ("E", "I"), ("I", "E"), ("I", "I"))  # of the networks of two populations

POPULATIONS = ("L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I")
SIZES = np.array([20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948])
EXTERNAL = np.array([1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100])  # synapses from outside per neuron
EXTERNAL_RATE = 8.0
FULL_RATES = np.array([0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829])
V_MEAN = np.array([-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43])
V_SD = np.array([5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48])
PROBABILITIES = np.array([  # row: target, column: source
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443]])
PSP = 0.15


def current_of_potential(c_m, tau_m, tau_syn):
    """pA of an exponential current whose potential peaks at 1 mV."""
    power = (tau_m / tau_syn) ** (1 / (tau_syn - tau_m))
    return c_m * (tau_syn - tau_m) / (tau_m * tau_syn * (power**tau_m - power**tau_syn))


def microcircuit(scale, poisson):
    """The microcircuit with `scale` times the neurons and `scale` times the synapses of each; matrices are [target][source].

    Each pair of populations has a fixed total number of synapses, whose ends are drawn with repetition (rule
    fixed_total_number, autapses and multapses allowed). A weight is drawn again until it has its mean's sign, a delay while
    it is below dt/2; it is then rounded to dt.
    """
    neuron = {"C_m": 250.0, "tau_m": 10.0, "tau_syn_ex": 0.5, "tau_syn_in": 0.5, "t_ref": 2.0, "E_L": -65.0, "V_reset": -65.0,
              "V_th": -50.0}
    tau_syn = neuron["tau_syn_ex"]
    pairs = np.outer(SIZES, SIZES)
    full_synapses = (np.log(1 - PROBABILITIES) / np.log((pairs - 1) / pairs)).astype(int)
    external_weight = PSP * current_of_potential(neuron["C_m"], neuron["tau_m"], tau_syn)
    weights = np.tile([external_weight, -4 * external_weight], (8, 4))
    weights[0, 2] *= 2
    recurrent = (weights * full_synapses / SIZES[:, None] * FULL_RATES).sum(axis=1)  # pA Hz: mean current over tau_syn
    external = external_weight * EXTERNAL * EXTERNAL_RATE
    lost = (1 - math.sqrt(scale)) * (recurrent + external if poisson else recurrent)
    direct = 0.001 * tau_syn * (lost + (0 if poisson else external))
    external_indegree = np.round(EXTERNAL * scale).astype(int)
    return {
        "model": "iaf_psc_exp", "neuron": neuron, "dt": DT, "populations": POPULATIONS,
        "sizes": np.round(SIZES * scale).astype(int),
        "V_m_mean": V_MEAN, "V_m_sd": V_SD, "I_e": direct,
        "poisson": poisson, "poisson_rate": external_indegree * EXTERNAL_RATE, "poisson_weight": external_weight / math.sqrt(scale),
        "poisson_delay": 1.5, "external_indegree": external_indegree,
        "synapses": np.round(full_synapses * scale * scale).astype(int),
        "weight_mean": weights / math.sqrt(scale), "weight_relative_sd": 0.1,
        "delay_mean": {"E": 1.5, "I": 0.75}, "delay_relative_sd": 0.5,
    }


def brunel(excitatory, inhibitory, v_reset=0.0, g=5.0, eta=2.0, plastic=False):
    """Brunel's network A: J = 0.1 mV, a tenth of the neurons as in-degree, Poisson input of eta times the threshold rate."""
    indegree = excitatory // 10
    weight, tau_m, v_th = 0.1, 20.0, 20.0
    network = {
        "model": "iaf_psc_delta", "dt": DT, "sizes": {"E": excitatory, "I": inhibitory},
        "neuron": {"C_m": 1.0, "tau_m": tau_m, "t_ref": 2.0, "E_L": 0.0, "V_reset": v_reset, "V_m": 0.0, "V_th": v_th},
        "indegree": {"E": indegree, "I": inhibitory // 10}, "autapses": True,
        "weight": {"E": weight, "I": -g * weight}, "delay": 1.5,
        "poisson": {"rate": 1000 * eta * v_th / (weight * tau_m), "weight": weight, "targets": {"E": excitatory, "I": inhibitory}},
    }
    if plastic:
        network["plastic"] = {"projection": ("E", "E"), "synapse_model": "stdp_synapse", "tau_minus": 20.0,
                              "parameters": {"tau_plus": 20.0, "lambda": 0.01, "alpha": 2.02, "mu_plus": 1.0, "mu_minus": 1.0,
                                             "Wmax": 0.3}}
    return network


def hpc_benchmark():
    """NEST's hpc_benchmark.py at scale 1."""
    tau_m, tau_syn, c_m, v_th, excitatory, inhibitory = 10.0, 0.32582722403722841, 250.0, 20.0, 9000, 2250
    rise = 1.700759  # ms from the spike to the peak of the potential, for which NEST chose tau_syn
    b = 1 / tau_syn - 1 / tau_m
    peak = math.e / (tau_syn * c_m * b) * ((math.exp(-rise / tau_m) - math.exp(-rise / tau_syn)) / b
                                           - rise * math.exp(-rise / tau_syn))
    weight = 0.14 / peak
    threshold_rate = v_th / (excitatory * tau_m / c_m * weight * math.e * tau_syn)
    return {
        "model": "iaf_psc_alpha", "dt": DT, "sizes": {"E": excitatory, "I": inhibitory},
        "neuron": {"E_L": 0.0, "C_m": c_m, "tau_m": tau_m, "t_ref": 0.5, "V_th": v_th, "V_reset": 0.0, "tau_syn_ex": tau_syn,
                   "tau_syn_in": tau_syn},
        "V_m_mean": 5.7, "V_m_sd": 7.2,
        "indegree": {"E": excitatory, "I": inhibitory}, "autapses": False,
        "weight": {"E": weight, "I": -5 * weight}, "delay": 1.5,
        "poisson": {"rate": 1000 * 1.685 * threshold_rate * excitatory, "weight": weight,
                    "targets": {"E": excitatory, "I": inhibitory}},
        "plastic": {"projection": ("E", "E"), "synapse_model": "stdp_pl_synapse_hom", "tau_minus": 30.0,
                    "parameters": {"tau_plus": 15.0, "lambda": 0.1, "alpha": 0.0513, "mu": 0.4}},
    }


def vogels_abbott(model, neuron, weights, v_m):
    """4000 neurons, connection probability 2 %, a kick by a Poisson generator, then self-sustained."""
    return {
        "model": model, "neuron": neuron | {"V_m": v_m, "t_ref": 5.0, "V_th": -50.0, "V_reset": -60.0, "C_m": 200.0,
                                            "tau_syn_ex": 5.0, "tau_syn_in": 10.0},
        "dt": DT, "sizes": {"E": 3200, "I": 800}, "indegree": {"E": 64, "I": 16}, "autapses": True,
        "weight": {"E": weights[0], "I": weights[1]}, "delay": 0.1,
        "poisson": {"rate": 300.0, "weight": weights[0], "start": 1.0, "stop": 51.0, "targets": {"E": 50}},
    }


NETWORKS = {
    "microcircuit": lambda: microcircuit(1.0, False),
    "microcircuit_poisson": lambda: microcircuit(1.0, True),
    "microcircuit_tenth": lambda: microcircuit(0.1, True),
    "brunel_delta": lambda: brunel(10000, 2500),
    "brunel_10k": lambda: brunel(8000, 2000),
    "brunel_10k_stdp": lambda: brunel(8000, 2000, plastic=True),
    "hpc_benchmark": hpc_benchmark,
    "coba": lambda: vogels_abbott("iaf_cond_exp", {"E_L": -60.0, "E_ex": 0.0, "E_in": -80.0, "g_L": 10.0}, (6.0, -67.0), -70.0),
    "cuba": lambda: vogels_abbott("iaf_psc_exp", {"E_L": -49.0, "tau_m": 20.0}, (16.2, -139.5), -49.0),
}


def plain(value):
    """NumPy's values as JSON's."""
    return value.tolist()


if __name__ == "__main__":
    print(json.dumps({name: make() for name, make in NETWORKS.items()}, default=plain, indent=1))
