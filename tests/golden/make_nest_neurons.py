"""Writes nest/neurons.json: single neurons of NEST under spikes, sampled.  Run: python make_nest_neurons.py  (NEST 3.10)"""

import json
import pathlib

import nest

DT = 0.1
JUMPS = {"iaf_psc_delta", "izhikevich"}

# The spikes of the first case of each model: (arrival in ms, True for an excitatory spike).
FEW = [(11.0, True), (13.0, True), (13.5, True), (21.0, True), (15.5, False), (30.5, False)]
# Those of the second: an excitatory one every 0.7 ms, an inhibitory one every 1.9 ms, on the grid of 0.1 ms.
MANY = [(round(0.7 * i, 1), True) for i in range(1, 280)] + [(round(1.9 * i, 1), False) for i in range(1, 100)]

# model: what is recorded; weights and parameters of both cases
MODELS = {
    "iaf_psc_exp": (["V_m", "I_syn_ex", "I_syn_in"], (500, -300, {}),
                    (240, -60, dict(tau_m=14.0, C_m=200.0, tau_syn_ex=0.7, tau_syn_in=5.0, E_L=-65.0, V_reset=-68.0, V_th=-52.0, t_ref=3.0, I_e=150.0))),
    "iaf_psc_delta": (["V_m"], (2.5, -1.5, {}),
                      (1.2, -1.1, dict(tau_m=14.0, C_m=200.0, E_L=-65.0, V_reset=-68.0, V_th=-52.0, t_ref=3.0, I_e=60.0, V_min=-68.0))),
    "iaf_psc_alpha": (["V_m", "I_syn_ex", "I_syn_in"], (500, -300, {}),
                      (90, -20, dict(tau_m=14.0, C_m=200.0, tau_syn_ex=0.7, tau_syn_in=5.0, E_L=-65.0, V_reset=-68.0, V_th=-52.0, t_ref=3.0, I_e=150.0))),
    "iaf_cond_exp": (["V_m", "g_ex", "g_in"], (10, -10, {}),
                     (8, -12, dict(C_m=200.0, g_L=10.0, E_L=-65.0, V_reset=-66.0, V_th=-52.0, E_in=-80.0, tau_syn_ex=1.5, tau_syn_in=4.0, t_ref=3.0, I_e=60.0))),
    "aeif_cond_exp": (["V_m", "g_ex", "g_in", "w"], (10, -10, dict(I_e=700.0)),
                      (8, -6, dict(tau_syn_ex=1.5, tau_syn_in=4.0, t_ref=3.0, I_e=400.0, a=2.0, b=40.0, tau_w=60.0, Delta_T=3.0, V_peak=-30.0))),
    "aeif_psc_exp": (["V_m", "I_syn_ex", "I_syn_in", "w"], (500, -300, dict(I_e=700.0)),
                     (400, -200, dict(tau_syn_ex=1.5, tau_syn_in=4.0, t_ref=3.0, I_e=400.0, a=2.0, b=40.0, tau_w=60.0, Delta_T=2.5, V_peak=-10.0))),
    "izhikevich": (["V_m", "U_m"], (10, -5, dict(I_e=5.0)),
                   (1.5, -2.0, dict(I_e=4.0, a=0.05, b=0.22, c=-60.0, d=6.0, consistent_integration=False, V_min=-80.0))),
    "hh_psc_alpha": (["V_m", "Act_m", "Inact_h", "Act_n", "I_syn_ex", "I_syn_in"], (100, -100, dict(I_e=650.0)),
                     (80, -60, dict(tau_syn_ex=1.5, tau_syn_in=3.0, I_e=800.0, t_ref=1.0))),
}


def run(model, recorded, excitatory, inhibitory, parameters, arrivals, duration, every):
    nest.ResetKernel()
    nest.set(resolution=DT, overwrite_files=True)
    nest.set_verbosity("M_ERROR")
    neuron = nest.Create(model, params=parameters)
    if "E_L" in parameters:
        neuron.V_m = parameters["E_L"]
    if "b" in parameters and model == "izhikevich":
        neuron.U_m = parameters["b"] * neuron.V_m
    for sign, weight in ((True, excitatory), (False, inhibitory)):
        times = sorted(round(t - DT, 1) for t, s in arrivals if s == sign)
        source = nest.Create("spike_generator", params=dict(spike_times=[t for t in times if t > 0]))
        nest.Connect(source, neuron, syn_spec=dict(weight=weight, delay=DT))
    meter = nest.Create("multimeter", params=dict(record_from=recorded, interval=every))
    nest.Connect(meter, neuron, syn_spec=dict(delay=DT))
    recorder = nest.Create("spike_recorder")
    nest.Connect(neuron, recorder)
    nest.Simulate(duration + DT)
    events = meter.get("events")
    return dict(
        model=model, parameters=parameters, weights=[excitatory, inhibitory], duration=duration, every=every,
        excitatory=sorted(t for t, s in arrivals if s), inhibitory=sorted(t for t, s in arrivals if not s),
        spikes=[round(float(t), 1) for t in recorder.get("events")["times"] if t <= duration],
        samples={name: [float(f"{v:.13g}") for v in events[name]] for name in recorded},
    )


cases = []
for model, (recorded, few, many) in MODELS.items():
    cases.append(run(model, recorded, *few, FEW, 60.0, 0.5))
    cases.append(run(model, recorded, *many, [(t, s) for t, s in MANY if t > 0.1], 200.0, 2.0))
text = "{\"made_with\": \"NEST " + nest.__version__ + "\", \"dt\": 0.1, \"cases\": [\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]}\n"
(pathlib.Path(__file__).parent / "nest" / "neurons.json").write_text(text)
for c in cases:
    print(c["model"], len(c["spikes"]), c["spikes"][:8], c["samples"]["V_m"][21:26])
