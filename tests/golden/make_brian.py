"""Writes brian/astrocytes.json: an astrocyte alone, and a small network with tripartite synapses and gap junctions, by Brian2.

    python3 -m venv venv && venv/bin/pip install brian2
    venv/bin/python tests/golden/make_brian.py

Equations and values: Stimberg, Goodman, Brette and De Pitta (2019). Concentrations in uM, times in s. README.md describes the file.
"""

import json
import pathlib
from importlib.metadata import version

import numpy as np
from brian2 import (Network, NeuronGroup, SpikeGeneratorGroup, SpikeMonitor, StateMonitor, Synapses, defaultclock, ms, prefs, second)

prefs.codegen.target = "numpy"

VALUES = dict(
    O_N=0.3e3 / second, Omega_N=0.5 / second, zeta=10, K_KC=0.5, O_beta=0.5 / second, O_delta=1.2 / second, kappa_delta=1.5, K_delta=0.1,
    O_3K=4.5 / second, K_D=0.7, K_3K=1.0, Omega_5P=0.05 / second, Omega_C=6 / second, C_T=2.0, rho_A=0.18, Omega_L=0.1 / second, O_P=0.9 / second,
    K_P=0.05, d_1=0.13, d_2=1.05, d_3=0.9434, d_5=0.08, O_2=0.2 / second, C_Theta=0.5, Omega_A=0.6 / second, U_A=0.6, release=6.5e-4 * 200e3 * 0.6,
    Omega_e=60 / second, O_G=1.5 / second, Omega_G=0.5 / 60 / second, U0=0.6, Omega_f=3.33 / second, Omega_d=2 / second, amount=0.005 * 500,
    Omega_c=40 / second, I_Theta=0.3, omega_I=0.05, F=0.09 / second, tau=5 * ms)

# Y_S in mM, hence the factor of 1000 in O_N.
ASTROCYTE = """
dGamma_A/dt = O_N*Y_S*(1 - Gamma_A) - Omega_N*(1 + zeta*C/(C + K_KC))*Gamma_A : 1
dI/dt = O_beta*Gamma_A + O_delta/(1 + I/kappa_delta)*C**2/(C**2 + K_delta**2) - O_3K*C**4/(C**4 + K_D**4)*I/(I + K_3K) - Omega_5P*I + J_ex + J_coupling : 1
dC/dt = (Omega_C*(I/(I + d_1)*C/(C + d_5))**3*h**3 + Omega_L)*(C_T - (1 + rho_A)*C) - O_P*C**2/(C**2 + K_P**2) : 1
dh/dt = O_2*(Q - (Q + C)*h) : 1
Q = d_2*(I + d_1)/(I + d_3) : 1
dx_A/dt = Omega_A*(1 - x_A) : 1
dG_A/dt = -Omega_e*G_A : 1
"""
EVENT = dict(threshold="C > C_Theta", refractory="C > C_Theta", reset="G_A += release*x_A; x_A -= U_A*x_A", method="rk4")


def at_rest(astrocytes):
    astrocytes.C, astrocytes.I, astrocytes.h, astrocytes.x_A = 0.01, 0.01, 0.9, 1


def alone():
    """Transmitter that comes and goes, and IP3 from outside, in steps of 10 ms."""
    transmitter = [0, 0.02, 0.002, 0.05, 0]
    flow = "Y_S : 1\nJ_coupling = 0/second : Hz\nJ_ex = -F_ex/2*(1 + tanh((abs(I - I_bias) - I_Theta)/omega_I))*sign(I - I_bias) : Hz"
    cell = NeuronGroup(1, ASTROCYTE + flow, dt=10 * ms, namespace=VALUES | dict(F_ex=0.2 / second, I_bias=1.0), **EVENT)
    at_rest(cell)
    monitor = StateMonitor(cell, ["Gamma_A", "I", "C", "h"], record=True, dt=100 * ms)
    events = SpikeMonitor(cell)
    whole = Network(cell, monitor, events)
    for value in transmitter:
        cell.Y_S = value
        whole.run(4 * second)
    trace = {name: getattr(monitor, name)[0].tolist() for name in ("Gamma_A", "I", "C", "h")}
    return {"transmitter_mM": transmitter, "held_s": 4, "F_ex": 0.2, "I_bias": 1.0, "every_s": 0.1, "events_s": np.asarray(events.t / second).tolist()} | trace


def network(alpha):
    """3 sources, 6 targets in the territories of 3 astrocytes, all in steps of 0.1 ms."""
    random = np.random.default_rng(1)
    steps = [sorted(random.choice(np.arange(10, 29000), 150, replace=False).tolist()) for _ in range(3)]
    source = SpikeGeneratorGroup(3, np.repeat(np.arange(3), 150), np.concatenate(steps) * 0.1 * ms)
    target = NeuronGroup(6, "dg/dt = -g/tau : 1", method="exact", namespace=VALUES)
    cells = NeuronGroup(3, ASTROCYTE + "Y_S : 1\nJ_coupling : Hz\nJ_ex = 0/second : Hz", namespace=VALUES, **EVENT)
    at_rest(cells)
    cells.I = [0.01, 0.6, 1.2]
    synapses = Synapses(source, target, """dY/dt = -Omega_c*Y : 1 (clock-driven)
        dGamma_S/dt = O_G*G*(1 - Gamma_S) - Omega_G*Gamma_S : 1 (clock-driven)
        du/dt = -Omega_f*u : 1 (event-driven)
        dx/dt = Omega_d*(1 - x) : 1 (event-driven)
        G : 1""", on_pre="u += (U0 + (alpha - U0)*Gamma_S)*(1 - u); g_post += u*x; Y += amount*u*x; x *= 1 - u", method="exact", namespace=VALUES | dict(alpha=alpha))
    synapses.connect()
    synapses.delay = 0.1 * ms
    synapses.x = 1
    number, astrocyte = np.arange(18), synapses.j[:] // 2
    to_synapses = Synapses(cells, synapses, "G_post = G_A_pre : 1 (summed)")
    to_synapses.connect(i=astrocyte, j=number)
    to_cells = Synapses(synapses, cells, "Y_S_post = Y_pre/N_incoming : 1 (summed)")
    to_cells.connect(i=number, j=astrocyte)
    gaps = Synapses(cells, cells, """apart = I_post - I_pre : 1
        J_coupling_post = -(1 + tanh((abs(apart) - I_Theta)/omega_I))*sign(apart)*F/2 : Hz (summed)""", namespace=VALUES)
    gaps.connect("i != j")
    monitor, conductance = StateMonitor(cells, ["I", "C"], record=True, dt=50 * ms), StateMonitor(target, "g", record=True, dt=50 * ms)
    receptors = StateMonitor(synapses, "Gamma_S", record=[0, 2, 4], dt=50 * ms)
    Network(source, target, cells, synapses, to_synapses, to_cells, gaps, monitor, conductance, receptors).run(3 * second)
    return {"alpha": alpha, "spikes": steps, "every_s": 0.05, "I": monitor.I.tolist(), "C": monitor.C.tolist(), "g": conductance.g.tolist(), "Gamma_S": receptors.Gamma_S.tolist()}


if __name__ == "__main__":
    defaultclock.dt = 0.1 * ms
    values = {"made_with": {"brian2": version("brian2"), "numpy": version("numpy")}, "alone": alone(), "networks": [network(0.0), network(1.0)]}
    rounded = json.loads(json.dumps(values), parse_float=lambda x: float(f"{float(x):.12g}"))
    (pathlib.Path(__file__).parent / "brian/astrocytes.json").write_text(json.dumps(rounded) + "\n")
