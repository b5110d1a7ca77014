#!/usr/bin/env python3
"""Trains configs/training/delays/motion_detection.yaml, then takes out ever more of the smallest weights, and prints accuracy against the
number of synapses that are left; draws docs/motion_pruning.svg with --picture. docs/delays.md has what it printed. Needs nothing but Python.

    python3 benchmarks/motion.py [--program build/release/bin/tripartite] [--threads 2] [--out results/motion_detection] [--picture FILE] [--set …]

A run that is already in the folder is not trained again.
"""
import argparse
import json
import math
import pathlib
import subprocess

CONFIG = pathlib.Path(__file__).resolve().parent.parent / "configs/training/delays/motion_detection.yaml"
PRUNED = (0, 0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99, 0.995, 0.998, 0.999, 0.9995)
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 560, 300, 60, 20, 20, 50


def run(arguments, folder, *overrides):
    assignments = [*arguments.set, f"experiment.threads={arguments.threads}", *overrides]
    subprocess.run([arguments.program, "run", CONFIG, "--out", folder] + [part for a in assignments for part in ("--set", a)], check=True, stdout=subprocess.DEVNULL)
    return json.loads((folder / "summary.json").read_text())


def draw(points, chance):
    low, high = math.floor(math.log10(points[-1][0])), math.ceil(math.log10(points[0][0]))
    x = lambda synapses: LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(synapses) - low) / (high - low)
    y = lambda accuracy: TOP + (HEIGHT - TOP - BOTTOM) * (1 - accuracy)
    text = lambda x, y, s, anchor="middle": f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="#57606a">{s}</text>'
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for tick in range(0, 101, 20):
        parts += [f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick / 100):.1f}" y2="{y(tick / 100):.1f}" stroke="#d8dee4"/>', text(LEFT - 8, y(tick / 100) + 4, f"{tick} %", "end")]
    parts += [text(x(10**power), HEIGHT - BOTTOM + 20, f"{10**power:,}".replace(",", "\u202f")) for power in range(low, high + 1)]
    parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(chance):.1f}" y2="{y(chance):.1f}" stroke="#9aa5b1" stroke-dasharray="4 3"/>')
    parts.append(f'<polyline points="{" ".join(f"{x(s):.1f},{y(a):.1f}" for s, a in points)}" fill="none" stroke="#1f6feb" stroke-width="2"/>')
    parts += [f'<circle cx="{x(s):.1f}" cy="{y(a):.1f}" r="3" fill="#1f6feb"/>' for s, a in points]
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "synapses that are left (dashed: accuracy of chance)"))
    return "\n".join([*parts, "</svg>\n"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/bin/tripartite")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", default="results/motion_detection")
    parser.add_argument("--picture")
    parser.add_argument("--set", action="append", default=[])
    arguments = parser.parse_args()
    out = pathlib.Path(arguments.out)
    if not (out / "checkpoint.h5").exists():
        run(arguments, out)
    trained = json.loads((out / "summary.json").read_text())
    weights, points = trained["parameters"] - 36, []  # 36 biases
    print("| synapses | share | accuracy |\n|---|---|---|")
    for share in PRUNED:
        summary = run(arguments, out / "pruned", "experiment.mode=evaluate", f"experiment.checkpoint={out / 'checkpoint.h5'}", f"experiment.prune={share}")
        points.append((weights - int(share * weights), summary["test_accuracy"]))
        print(f"| {points[-1][0]} | {100 * (1 - share):.4g} % | {100 * points[-1][1]:.1f} % |", flush=True)
    if arguments.picture:
        pathlib.Path(arguments.picture).write_text(draw(points, 1 / 36))


if __name__ == "__main__":
    main()
