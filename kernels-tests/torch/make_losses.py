"""Writes the losses that PyTorch computes, and their gradients, for the test to compare with.

    /usr/bin/python3 kernels-tests/torch/make_losses.py

It needs PyTorch 1.13 or newer on the CPU, and writes losses.json beside itself, with numbers as in extremes.json. The
options are ours: names in camelCase, factors of classes and elements as lists.
"""
import itertools
import json
import math
import pathlib
import re

import torch
from torch.nn import functional as F

from make_extremes import dump

INF, NAN = math.inf, math.nan

LOGITS = [
    [0.3, -1.2, 2.0, 0.7],
    [1e4, -1e4, 0.0, 1.0],
    [88.0, 89.0, -88.0, -89.0],
    [1e-30, 0.0, -0.0, 1e-30],
    [30.0, 30.0, 30.0, -30.0],
]
MASKED = [[-INF, 0.5, 1.0, 2.0], [3.0, -INF, -INF, 1.0]]
BROKEN = [[0.0, 1.0, NAN, 2.0], [0.0, INF, 1.0, 2.0], [1.0, 0.0, 0.5, -1.0]]
LABELS = [2, 1, 0, 3, 3]
SPATIAL = [[[0.1, -5.0], [100.0, 2.0], [1.0, -100.0]], [[1e4, 0.0], [0.5, 0.5], [-2.0, 1e-30]]]
WEIGHT = [0.5, 2.0, 0.0, 1.5]
POINTS = [0.0, -0.0, 1e30, -1e30, 1e-30, 88, -88, 89, -89, INF, -INF, NAN, 1, -1, 0.5, -0.5, 20, -20, 1e4, -1e4]
TARGETS = [0.0, 1.0, 0.25]
REDUCTIONS = ["none", "mean", "sum"]

OPS = {
    "crossEntropy": F.cross_entropy,
    "nllLoss": F.nll_loss,
    "mseLoss": F.mse_loss,
    "l1Loss": F.l1_loss,
    "smoothL1Loss": F.smooth_l1_loss,
    "huberLoss": F.huber_loss,
    "binaryCrossEntropy": F.binary_cross_entropy,
    "binaryCrossEntropyWithLogits": F.binary_cross_entropy_with_logits,
    "klDiv": F.kl_div,
    "hingeEmbeddingLoss": F.hinge_embedding_loss,
    "softMarginLoss": F.soft_margin_loss,
    "poissonNllLoss": F.poisson_nll_loss,
}


def classes():
    for reduction in REDUCTIONS:
        for options in (
            {},
            {"weight": WEIGHT},
            {"ignoreIndex": 3},
            {"weight": WEIGHT, "ignoreIndex": 1},
        ):
            options = {**options, "reduction": reduction}
            yield "crossEntropy", "", LOGITS, LABELS, options
            yield "crossEntropy", "smoothed", LOGITS, LABELS, {**options, "labelSmoothing": 0.1}
            logs = torch.tensor(LOGITS).log_softmax(1).tolist()
            yield "nllLoss", "", logs, LABELS, options
        yield "crossEntropy", "of masked logits", MASKED, [1, 3], {"reduction": reduction}
        yield "crossEntropy", "of a masked label", MASKED, [0, 3], {"reduction": reduction}
        yield "crossEntropy", "of NaN and infinity", BROKEN, [0, 1, 2], {"reduction": reduction}
        yield "crossEntropy", "over pixels", SPATIAL, [[0, 1], [2, 0]], {"reduction": reduction, "weight": WEIGHT[:3]}
        yield "crossEntropy", "of nothing but ignored", LOGITS[:2], [1, 1], {"reduction": reduction, "ignoreIndex": 1}
        wanted = [[0.1, 0.2, 0.3, 0.4], [1.0, 0.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
        for smoothing in (0, 0.2):
            options = {"reduction": reduction, "labelSmoothing": smoothing, "weight": WEIGHT}
            yield "crossEntropy", "of probabilities", LOGITS[:3], wanted, options


def elements():
    x, t = map(list, zip(*itertools.product(map(float, POINTS), TARGETS)))
    signs = [1.0 if i % 2 else -1.0 for i in range(len(POINTS))]
    finite = [i for i, value in enumerate(x) if abs(value) <= 1e4]
    some, some_t = [x[i] for i in finite], [t[i] for i in finite]
    differences = [float(value) for value in POINTS]
    zeros = [0.0] * len(differences)
    chances, wanted = map(list, zip(*itertools.product([0.0, 1.0, 0.5, 1e-30, 1e-7, 0.999999], TARGETS)))
    logs, shares = map(list, zip(*itertools.product([0.0, -1.0, -1e4, -88.0, -INF, 0.5], [0.0, 1.0, 0.5, 1e-30])))
    yield "binaryCrossEntropyWithLogits", "at extremes", x, t, {"reduction": "none"}
    for options in ({}, {"posWeight": [3.0]}):
        for reduction in REDUCTIONS:
            yield "binaryCrossEntropyWithLogits", "", some, some_t, {**options, "reduction": reduction}
        yield "binaryCrossEntropyWithLogits", "of weights", some[:3], some_t[:3], {**options, "weight": [0.5, 0.0, 2.0]}
    for reduction in REDUCTIONS:
        yield "binaryCrossEntropy", "", chances, wanted, {"reduction": reduction}
    for reduction in [*REDUCTIONS, "batchmean"]:
        yield "klDiv", "", logs[:16], shares[:16], {"reduction": reduction}
    yield "klDiv", "of certainty", logs[16:], shares[16:], {"reduction": "none"}
    log_targets = [-INF if value == 0 else math.log(value) for value in shares]
    yield "klDiv", "of logarithms", logs, log_targets, {"reduction": "none", "logTarget": True}
    for name, options in (
        ("mseLoss", {}),
        ("l1Loss", {}),
        ("smoothL1Loss", {}),
        ("smoothL1Loss", {"beta": 0.5}),
        ("smoothL1Loss", {"beta": 0}),
        ("huberLoss", {}),
        ("huberLoss", {"delta": 20}),
    ):
        yield name, "", differences, zeros, {**options, "reduction": "none"}
        yield name, "", some, some_t, {**options, "reduction": "mean"}
        yield name, "", some, some_t, {**options, "reduction": "sum"}
    for name in ("hingeEmbeddingLoss", "softMarginLoss"):
        yield name, "", differences, signs, {"reduction": "none"}
    for log_input in (True, False):
        yield "poissonNllLoss", "", differences, [2.0] * len(POINTS), {"reduction": "none", "logInput": log_input}


def case(op, what, x, target, options):
    x = torch.tensor(x, requires_grad=True)
    target = torch.tensor(target)
    theirs = {re.sub("[A-Z]", lambda m: "_" + m[0].lower(), key): value for key, value in options.items()}
    theirs = {key: torch.tensor(value) if isinstance(value, list) else value for key, value in theirs.items()}
    y = OPS[op](x, target, **theirs)
    (gradient,) = torch.autograd.grad(y.sum(), [x])
    shown = ", ".join(f"{key} {value}" for key, value in options.items())
    return {
        "name": " ".join(part for part in (op, what, f"with {shown}" if shown else "") if part),
        "op": op,
        "options": options,
        "labels": not target.is_floating_point(),
        "shapes": [list(x.shape), list(target.shape)],
        "inputs": [dump(x), dump(target)],
        "y": dump(y),
        "gradients": [dump(gradient)],
    }


if __name__ == "__main__":
    torch.set_num_threads(1)
    cases = [case(*row) for row in itertools.chain(classes(), elements())]
    path = pathlib.Path(__file__).parent / "losses.json"
    path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes, {len(cases)} losses")
