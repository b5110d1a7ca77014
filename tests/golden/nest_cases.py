"""The networks of make_nest.py: neuron models, drawn connections and start values, all explicit numbers."""

import numpy as np

DT, DURATION = 0.1, 500.0
STEPS = round(DURATION / DT)
LONGEST = 30  # steps of delay

IAF = ("C_m", "tau_m", "t_ref", "E_L", "V_reset", "V_th")
SYN = ("tau_syn_ex", "tau_syn_in")
COND = ("C_m", "g_L", "t_ref", "E_L", "V_reset", "V_th", "E_ex", "E_in", *SYN)
ADEX = ("a", "b", "Delta_T", "tau_w", "V_peak")
PARAMETERS = {  # those that enter the equations
    "iaf_psc_exp": (*IAF, *SYN),
    "iaf_psc_alpha": (*IAF, *SYN),
    "iaf_psc_delta": IAF,
    "iaf_cond_exp": COND,
    "iaf_cond_alpha": COND,
    "aeif_cond_exp": (*COND, *ADEX),
    "aeif_psc_exp": ("C_m", "g_L", "t_ref", "E_L", "V_reset", "V_th", *SYN, *ADEX),
    "izhikevich": ("a", "b", "c", "d", "V_th", "consistent_integration"),
    "hh_psc_alpha": ("C_m", "g_Na", "g_K", "g_L", "E_Na", "E_K", "E_L", "t_ref", *SYN),
}
STATE = {"aeif_cond_exp": ("w",), "aeif_psc_exp": ("w",), "izhikevich": ("U_m",), "hh_psc_alpha": ("Act_m", "Inact_h", "Act_n")}


class Case:
    """A kind of network: draw(random) gives the numbers of one. Weights, currents and potentials are (low, high) ranges."""

    def __init__(self, model, margin, current, potential, excitation, inhibition, params=None, size=(48, 12), indegree=(10, 4),
                 plastic=None, inputs=0, input_weight=(0, 0)):
        self.model, self.margin, self.params = model, margin, params or {}
        self.current, self.potential, self.excitation, self.inhibition = current, potential, excitation, inhibition
        self.size, self.indegree, self.plastic, self.inputs, self.input_weight = size, indegree, plastic, inputs, input_weight

    def draw(self, random):
        """Excitatory neurons come first, then inhibitory ones, then inputs."""
        excitatory, inhibitory = self.size
        count = excitatory + inhibitory
        neurons = [{"I_e": round(random.uniform(*self.current), 1), "V_m": round(random.uniform(*self.potential), 2)}
                   for _ in range(count)]
        synapses, plastic = lists(), lists()
        for target in range(count):
            learns = self.plastic and self.plastic[0] == "recurrent" and target < excitatory
            for source in random.choice(excitatory, self.indegree[0], replace=False):
                add(plastic if learns else synapses, random, source, target, self.excitation, LONGEST)
            for source in random.choice(inhibitory, self.indegree[1], replace=True):
                add(synapses, random, excitatory + source, target, self.inhibition, 15)
            for source in random.choice(self.inputs, min(3, self.inputs), replace=False):
                add(plastic if self.plastic[0] == "input" else synapses, random, count + source, target, self.input_weight, LONGEST)
        inputs = [sorted(random.choice(np.arange(20, STEPS), random.integers(10, 25), replace=False).tolist())
                  for _ in range(self.inputs)]
        network = {"neurons": neurons, "inputs": inputs, "synapses": synapses}
        if self.plastic:
            network["plastic"] = dict(zip(("model", "params", "state"), self.plastic[1:])) | plastic
        return network


def lists():
    """An empty list of connections."""
    return {"source": [], "target": [], "weight": [], "delay": []}


def add(synapses, random, source, target, weight, longest):
    """Adds a connection whose delay is 1 to `longest` steps."""
    for key, value in zip(synapses, (int(source), target, round(random.uniform(*weight), 2),
                                     round(int(random.integers(1, longest + 1)) * DT, 1))):
        synapses[key].append(value)


EXACT = 1e-8  # mV by which the start may change without changing a spike
STDP = {"tau_plus": 17.0, "tau_minus": 25.0, "lambda": 0.05, "alpha": 1.1, "mu_plus": 0.5, "mu_minus": 0.8, "Wmax": 120.0}
PSC = {"current": (330, 460), "potential": (-70, -55), "excitation": (30, 90), "inhibition": (-300, -150)}
LEARNING = PSC | {"size": (24, 6), "indegree": (8, 3)}
CASES = {
    "iaf_psc_exp": Case("iaf_psc_exp", EXACT, **PSC, params={"tau_syn_ex": 0.5, "tau_syn_in": 3.0}),
    "iaf_psc_alpha": Case("iaf_psc_alpha", EXACT, **PSC, params={"tau_syn_ex": 0.4, "tau_syn_in": 1.5}),
    "iaf_psc_delta": Case("iaf_psc_delta", EXACT, (330, 460), (-70, -55), (0.2, 0.8), (-2.5, -1.0)),
    "iaf_cond_exp": Case("iaf_cond_exp", 1e-4, (200, 350), (-70, -56), (1, 4), (-8, -4), size=(24, 6), indegree=(6, 3)),
    "aeif_cond_exp": Case("aeif_cond_exp", 1e-3, (500, 900), (-70, -56), (1, 6), (-12, -4), size=(24, 6), indegree=(6, 3),
                          params={"t_ref": 2.0, "gsl_error_tol": 1e-10}),
    "izhikevich": Case("izhikevich", EXACT, (3, 9), (-70, -60), (0.2, 1.0), (-2.0, -0.5)),
    "hh_psc_alpha": Case("hh_psc_alpha", 1e-3, (500, 800), (-68, -60), (5, 40), (-80, -30), size=(16, 4), indegree=(4, 2)),
    "tsodyks": Case("iaf_psc_exp", EXACT, (320, 400), (-70, -60), (50, 150), (-300, -150), size=(16, 4), indegree=(4, 3),
                    params={"tau_syn_ex": 2.0, "tau_syn_in": 3.0}, inputs=10, input_weight=(100, 400),
                    plastic=("input", "tsodyks_synapse", {"U": 0.4, "tau_psc": 2.0, "tau_rec": 120.0, "tau_fac": 40.0},
                             {"u": 0.0, "x": 1.0, "y": 0.0})),
    "tsodyks2": Case("iaf_psc_exp", EXACT, (300, 420), (-70, -60), (50, 250), (-300, -150), size=(16, 4), indegree=(4, 3),
                     params={"tau_syn_ex": 2.0, "tau_syn_in": 3.0}, inputs=6, input_weight=(50, 150),
                     plastic=("recurrent", "tsodyks2_synapse", {"U": 0.3, "tau_rec": 80.0, "tau_fac": 60.0},
                              {"u": 0.3, "x": 1.0})),
    "stdp": Case("iaf_psc_exp", EXACT, **LEARNING, plastic=("recurrent", "stdp_synapse", STDP),
                 params={"tau_syn_ex": 0.5, "tau_syn_in": 3.0}),
    "stdp_pl_hom": Case("iaf_psc_exp", EXACT, **LEARNING, params={"tau_syn_ex": 0.5, "tau_syn_in": 3.0},
                        plastic=("recurrent", "stdp_pl_synapse_hom",
                                 {"tau_plus": 15.0, "tau_minus": 30.0, "lambda": 0.1, "alpha": 0.1, "mu": 0.4})),
    "triplet": Case("iaf_psc_exp", EXACT, **LEARNING, params={"tau_syn_ex": 0.5, "tau_syn_in": 3.0},
                    plastic=("recurrent", "stdp_triplet_synapse",
                             {"tau_plus": 17.0, "tau_plus_triplet": 90.0, "tau_minus": 25.0, "tau_minus_triplet": 110.0, "Aplus": 0.5,
                              "Aplus_triplet": 1.5, "Aminus": 1.2, "Aminus_triplet": 0.3, "Wmax": 120.0})),
    "vogels": Case("iaf_psc_exp", EXACT, **LEARNING, params={"tau_syn_ex": 0.5, "tau_syn_in": 3.0},
                   plastic=("recurrent", "vogels_sprekeler_synapse",
                            {"tau": 20.0, "tau_minus": 20.0, "eta": 2.0, "alpha": 0.6, "Wmax": 120.0})),
}

# One synapse between two neurons that fire when they are told: rules, first weights, delays and times in ms. No postsynaptic spike comes before
# the first presynaptic one: NEST's nearest-neighbour rules would pair it with a presynaptic spike at time 0 that is not there.
PAIRS = {"Wmax": 10.0, "tau_plus": 15.0, "mu_plus": 0.5, "mu_minus": 0.8}
RULES = {
    "stdp_synapse": (5.0, PAIRS), "stdp_nn_symm_synapse": (5.0, PAIRS), "stdp_nn_restr_synapse": (5.0, PAIRS),
    "stdp_nn_pre_centered_synapse": (5.0, PAIRS),
    "stdp_triplet_synapse": (1.0, {"Wmax": 10.0}), "vogels_sprekeler_synapse": (0.5, {"eta": 0.01, "Wmax": 0.8}),
}
RULE_DELAYS = (1.0, 3.0)
RULE_TAU_MINUS = {"tau_minus": 20.0, "tau_minus_triplet": 110.0}
# stdp_dopamine_synapse between the same two neurons, and when dopamine neurons fire: some together, one with a spike of the synapse.
DOPAMINE = {
    "usual": (5.0, {"tau_plus": 15.0, "tau_c": 100.0, "tau_n": 40.0, "A_plus": 1.0, "A_minus": 1.5, "b": 0.0, "Wmin": 0.0, "Wmax": 20.0}),
    "baseline": (5.0, {"tau_plus": 20.0, "tau_c": 60.0, "tau_n": 20.0, "A_plus": 0.8, "A_minus": 0.5, "b": 0.02, "Wmin": 0.0, "Wmax": 20.0}),
    "bounded": (5.0, {"tau_plus": 20.0, "tau_c": 200.0, "tau_n": 30.0, "A_plus": 1.5, "A_minus": 4.0, "b": 0.01, "Wmin": 4.0, "Wmax": 5.5}),
}
DOPAMINE_SPIKES = ((8, 25, 40, 66, 110), (25, 41, 90))
PRE, POST = (5, 10, 20, 30, 31, 50, 60, 90, 120), (12, 15, 29, 30, 50, 55, 70, 71, 100)

SINGLE_TIMES = (11.0, 11.1, 11.5, 13.0, 14.0, 16.0, 22.0, 35.0, 60.0)
SINGLE = {  # model: weights of the two inputs, direct current
    "iaf_psc_exp": (500, -300, 0), "iaf_psc_alpha": (500, -300, 0), "iaf_psc_delta": (2.5, -1.5, 0),
    "iaf_cond_exp": (10, -10, 0), "iaf_cond_alpha": (10, -10, 0), "aeif_cond_exp": (10, -10, 700),
    "aeif_psc_exp": (500, -300, 700), "izhikevich": (10, -5, 5), "hh_psc_alpha": (100, -100, 650),
}


def single(model):
    """One neuron at rest with an excitatory and an inhibitory input."""
    excitatory, inhibitory, current = SINGLE[model]
    return {"neurons": [{"I_e": current}], "inputs": [[100, 120, 125, 200], [150, 300]],
            "synapses": {"source": [1, 2], "target": [0, 0], "weight": [excitatory, inhibitory], "delay": [1.0, 0.5]}}
