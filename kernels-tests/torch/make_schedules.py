"""Writes the learning rates of PyTorch's schedules, for the test to compare with.

    /usr/bin/python3 kernels-tests/torch/make_schedules.py
"""
import json
import math
import pathlib

import torch
from torch.optim import lr_scheduler as s

STEPS = 24
METRICS = [1 / (1 + i) if i < 6 else 0.2 + 0.01 * math.sin(i) for i in range(STEPS)]

# Name, PyTorch's schedules by function of the optimiser, one upon the other.
SCHEDULES = [
    ("StepLR", lambda o: [s.StepLR(o, 5, gamma=0.5)]),
    ("MultiStepLR", lambda o: [s.MultiStepLR(o, [3, 8, 8, 20], gamma=0.3)]),
    ("ExponentialLR", lambda o: [s.ExponentialLR(o, 0.9)]),
    ("LambdaLR", lambda o: [s.LambdaLR(o, lambda t: 1 / (1 + t))]),
    ("LambdaLR of each group", lambda o: [s.LambdaLR(o, [lambda t: 0.9**t, lambda t: 2 + t])]),
    ("LinearLR", lambda o: [s.LinearLR(o)]),
    ("LinearLR downwards", lambda o: [s.LinearLR(o, start_factor=1.0, end_factor=0.1, total_iters=9)]),
    ("ConstantLR", lambda o: [s.ConstantLR(o, factor=0.25, total_iters=4)]),
    ("CosineAnnealingLR", lambda o: [s.CosineAnnealingLR(o, 10, eta_min=0.01)]),
    ("CosineAnnealingWarmRestarts", lambda o: [s.CosineAnnealingWarmRestarts(o, 4, T_mult=2, eta_min=0.001)]),
    ("OneCycleLR", lambda o: [s.OneCycleLR(o, 0.5, total_steps=STEPS)]),
    (
        "OneCycleLR, linear in three phases",
        lambda o: [s.OneCycleLR(o, [0.5, 0.2], total_steps=STEPS, anneal_strategy="linear", three_phase=True, pct_start=0.4)],
    ),
    ("ReduceLROnPlateau", lambda o: [s.ReduceLROnPlateau(o, factor=0.5, patience=2, cooldown=1, min_lr=0.01)]),
    (
        "ReduceLROnPlateau of a difference, upwards",
        lambda o: [s.ReduceLROnPlateau(o, mode="max", patience=1, threshold=0.02, threshold_mode="abs")],
    ),
    (
        "SequentialLR",
        lambda o: [
            s.SequentialLR(
                o,
                [s.LinearLR(o, total_iters=4), s.CosineAnnealingLR(o, 8), s.ConstantLR(o, total_iters=3), s.StepLR(o, 2)],
                [4, 12, 17],
            )
        ],
    ),
    ("LinearLR upon ExponentialLR", lambda o: [s.LinearLR(o, total_iters=6), s.ExponentialLR(o, 0.8)]),
    ("CosineAnnealingLR upon StepLR", lambda o: [s.CosineAnnealingLR(o, 12), s.StepLR(o, 7)]),
]


def sequence(make):
    parameters = [torch.nn.Parameter(torch.zeros(1)) for _ in range(2)]
    groups = [{"params": [parameters[0]]}, {"params": [parameters[1]], "lr": 0.04}]
    optimizer = torch.optim.SGD(groups, lr=0.1, momentum=0.9)
    schedules = make(optimizer)
    rows = []
    for step in range(STEPS):
        rows.append([[group["lr"], group["momentum"]] for group in optimizer.param_groups])
        optimizer.step()
        for schedule in schedules:
            schedule.step(METRICS[step]) if isinstance(schedule, s.ReduceLROnPlateau) else schedule.step()
    return rows


if __name__ == "__main__":
    runs = [{"name": name, "rows": sequence(make)} for name, make in SCHEDULES]
    content = {"torch": torch.__version__, "metrics": METRICS, "runs": runs}
    text = json.dumps(content, separators=(",", ":"))
    path = pathlib.Path(__file__).parent / "schedules.json"
    rounded = json.loads(text, parse_float=lambda x: float(f"{float(x):.9g}"))
    path.write_text(json.dumps(rounded, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")
