"""Draws the learning curves of runs as an SVG, from their summary.json; needs nothing but Python.

    python3 docs/learning_curve.py docs/learning_curve.svg results/seed1 results/seed2 results/seed3
"""
import json
import pathlib
import sys

WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 320, 60, 20, 20, 50
COLOURS = {"train": "#9aa5b1", "validation": "#1f6feb"}


def polyline(values, x, y, colour):
    points = " ".join(f"{x(i):.1f},{y(v):.1f}" for i, v in enumerate(values, 1))
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'


def text(x, y, content, anchor="middle", colour="#57606a"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{content}</text>'


def draw(runs):
    curves = [(key, [100 * e[f"{key}_accuracy"] for e in run["epochs"]]) for run in runs for key in COLOURS]
    epochs = max(len(values) for _, values in curves)
    low, high = min(min(v) for _, v in curves) // 2 * 2, max(max(v) for _, v in curves) // 2 * 2 + 2
    x = lambda i: LEFT + (WIDTH - LEFT - RIGHT) * (i - 1) / max(1, epochs - 1)
    y = lambda v: TOP + (HEIGHT - TOP - BOTTOM) * (high - v) / (high - low)
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">',
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    for tick in range(int(low), int(high) + 1, 2 if high - low <= 16 else 4):
        parts.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}" stroke="#eaeef2"/>')
        parts.append(text(LEFT - 8, y(tick) + 4, f"{tick} %", "end"))
    parts += [text(x(i), HEIGHT - BOTTOM + 18, i) for i in range(1, epochs + 1) if i == 1 or i % 5 == 0]
    parts.append(text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, "epoch"))
    parts += [polyline(values, x, y, COLOURS[key]) for key, values in curves]
    tests = ", ".join(f"{100 * run['test_accuracy']:.2f} %" for run in runs)
    legend = [("train", "training samples (augmented, with dropout)"), ("validation", "validation samples"), (None, f"test: {tests}")]
    for i, (key, label) in enumerate(legend):
        parts.append(text(WIDTH - RIGHT - 10, HEIGHT - BOTTOM - 56 + 20 * i, label, "end", COLOURS.get(key, "#24292f")))
    return "\n".join(parts + ["</svg>\n"])


if __name__ == "__main__":
    target, *folders = sys.argv[1:]
    pathlib.Path(target).write_text(draw([json.loads((pathlib.Path(f) / "summary.json").read_text()) for f in folders]))
