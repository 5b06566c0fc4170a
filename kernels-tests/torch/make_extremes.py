"""Writes what PyTorch computes at extreme values, for the test to compare with.

    /usr/bin/python3 kernels-tests/torch/make_extremes.py

It needs PyTorch 1.13 or newer on the CPU, and writes extremes.json beside itself. Numbers have 9 digits, which give a
float32 back exactly; JSON has no NaN, infinity or -0, so these are strings. Gradients are those of the sum.
"""
import itertools
import json
import math
import pathlib

import torch
from torch.nn import functional as F

# -2 and 3 are there for pow and remainder: an even and an odd whole number.
POINTS = [0.0, -0.0, 1e30, -1e30, 1e-30, -1e-30, 88, -88, 89, -89, math.inf, -math.inf, math.nan]
POINTS += [1, -1, 0.5, -0.5, 20, -20, 1e4]
GRID = [0.0, -0.0, 1, -1, 0.5, -2, 3, 1e4, 1e30, -1e30, 1e-30, math.inf, -math.inf, math.nan]

# By our names, as the table of names has them.
UNARY = {
    **{
        name: getattr(torch, name)
        for name in "neg abs sign floor ceil round trunc frac reciprocal exp exp2 expm1 log log1p log2 log10 sqrt rsqrt "
        "square erf erfc sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh".split()
    },
    "nanToNum": torch.nan_to_num,
    "clamp": lambda x: torch.clamp(x, -0.5, 20),
    "F.relu": F.relu,
    "F.relu6": F.relu6,
    "F.leakyRelu": F.leaky_relu,
    "F.prelu": lambda x: F.prelu(x, torch.tensor([0.25])),
    "F.elu": F.elu,
    "F.selu": F.selu,
    "F.celu": lambda x: F.celu(x, 2),
    "F.gelu": F.gelu,
    "F.gelu of tanh": lambda x: F.gelu(x, approximate="tanh"),
    "F.silu": F.silu,
    "F.mish": F.mish,
    "F.softplus": F.softplus,
    "F.softplus of beta": lambda x: F.softplus(x, beta=2, threshold=5),
    "F.softsign": F.softsign,
    "F.sigmoid": torch.sigmoid,
    "F.logSigmoid": F.logsigmoid,
    "F.tanh": torch.tanh,
    "F.tanhshrink": F.tanhshrink,
    "F.hardtanh": F.hardtanh,
    "F.hardsigmoid": F.hardsigmoid,
    "F.hardswish": F.hardswish,
    "F.hardshrink": F.hardshrink,
    "F.softshrink": F.softshrink,
    "F.threshold": lambda x: F.threshold(x, 0.1, -3),
}
BINARY = {
    "pow": torch.pow,
    "atan2": torch.atan2,
    "hypot": torch.hypot,
    "remainder": torch.remainder,
    "fmod": torch.fmod,
    "floorDivide": lambda a, b: torch.div(a, b, rounding_mode="floor"),
    "maximum": torch.maximum,
    "minimum": torch.minimum,
    "div": torch.div,
    "F.glu": lambda a, b: F.glu(torch.stack([a, b], 1)).flatten(),
}
TRUTHS = {name: getattr(torch, name) for name in "eq ne lt le gt ge".split()} | {
    "logicalAnd": torch.logical_and,
    "logicalOr": torch.logical_or,
    "logicalXor": torch.logical_xor,
}
TESTS = {"logicalNot": torch.logical_not, "isNan": torch.isnan, "isInf": torch.isinf, "isFinite": torch.isfinite}


def number(value):
    if not math.isfinite(value):
        return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}[str(value)]
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else 0
    return float(f"{value:.9g}")


def dump(tensor):
    return [number(value) for value in tensor.detach().flatten().tolist()]


def differentiated(name, function, inputs):
    leaves = [torch.tensor(values, requires_grad=True) for values in inputs]
    y = function(*leaves)
    gradients = torch.autograd.grad(y.sum(), leaves, allow_unused=True) if y.requires_grad else [None] * len(leaves)
    gradients = [torch.zeros(len(inputs[0])) if each is None else each for each in gradients]
    return {"name": name, "y": dump(y), "gradients": [dump(each) for each in gradients]}


def truths(name, function, inputs):
    values = function(*(torch.tensor(values) for values in inputs)).int()
    return {"name": name, "y": "".join(str(value) for value in values.tolist())}


if __name__ == "__main__":
    torch.set_num_threads(1)
    points = [[float(value) for value in POINTS]]
    pairs = [list(values) for values in zip(*itertools.product(map(float, GRID), repeat=2))]
    content = {
        "torch": torch.__version__,
        "points": [dump(torch.tensor(values)) for values in points],
        "pairs": [dump(torch.tensor(values)) for values in pairs],
        "unary": [differentiated(name, function, points) for name, function in UNARY.items()],
        "binary": [differentiated(name, function, pairs) for name, function in BINARY.items()],
        "tests": [truths(name, function, points) for name, function in TESTS.items()],
        "comparisons": [truths(name, function, pairs) for name, function in TRUTHS.items()],
    }
    path = pathlib.Path(__file__).parent / "extremes.json"
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")
