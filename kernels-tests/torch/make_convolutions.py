"""Writes what PyTorch's convolution layers compute, for the test to compare with.

    /usr/bin/python3 kernels-tests/torch/make_convolutions.py

It needs PyTorch 1.13 or newer on the CPU, and writes convolutions.json beside itself, in the form of modules.json.
"""
import json

import torch
from torch import nn

from make_references import HERE, draw, run_module

CASES = {
    "conv2d": (lambda: nn.Conv2d(3, 6, 5), (2, 3, 9, 8)),
    "conv2d without bias": (lambda: nn.Conv2d(2, 5, 3, padding=1, bias=False), (2, 2, 5, 6)),
    "conv2d with strides": (lambda: nn.Conv2d(3, 4, (3, 2), stride=(2, 3), padding=(1, 2)), (1, 3, 8, 9)),
    "conv2d, dilated": (lambda: nn.Conv2d(2, 3, 3, dilation=(2, 3), padding="same"), (1, 2, 7, 8)),
    "conv2d in groups": (lambda: nn.Conv2d(4, 6, 3, groups=2), (2, 4, 5, 5)),
    "conv2d, depthwise": (lambda: nn.Conv2d(4, 8, 3, groups=4, padding=1), (1, 4, 5, 5)),
    "conv2d of one element": (lambda: nn.Conv2d(5, 7, 1), (2, 5, 3, 4)),
    "conv2d of one element with strides": (lambda: nn.Conv2d(5, 7, 1, stride=2), (2, 5, 5, 4)),
    "conv2d, mirrored": (lambda: nn.Conv2d(2, 3, 3, padding=2, padding_mode="reflect"), (2, 2, 5, 6)),
    "conv2d, repeated": (lambda: nn.Conv2d(2, 3, 3, padding=(2, 1), stride=2, padding_mode="replicate"), (1, 2, 6, 5)),
    "conv2d, around": (lambda: nn.Conv2d(2, 3, (3, 4), padding="same", padding_mode="circular"), (1, 2, 5, 6)),
    "conv1d, around": (lambda: nn.Conv1d(2, 3, 4, padding=3, padding_mode="circular"), (2, 2, 7)),
    "conv2d of one image": (lambda: nn.Conv2d(3, 4, 3), (3, 6, 5)),
    "conv1d": (lambda: nn.Conv1d(3, 5, 4, stride=2, padding=3, dilation=2), (2, 3, 14)),
    "conv1d in groups": (lambda: nn.Conv1d(4, 4, 3, groups=4, padding="same"), (1, 4, 9)),
    "convTranspose2d": (lambda: nn.ConvTranspose2d(4, 3, 3), (2, 4, 4, 5)),
    "convTranspose2d with strides": (
        lambda: nn.ConvTranspose2d(4, 6, 4, stride=(2, 3), padding=1, output_padding=(1, 2), groups=2),
        (1, 4, 4, 3),
    ),
    "convTranspose2d, dilated": (lambda: nn.ConvTranspose2d(2, 3, 3, stride=2, dilation=2, padding=2), (1, 2, 4, 4)),
    "two layers": (lambda: nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU(), nn.Conv2d(6, 4, 3, stride=2)), (2, 3, 9, 9)),
}

if __name__ == "__main__":
    torch.manual_seed(3)
    modules = [run_module(name, make(), draw(*shape)) for name, (make, shape) in CASES.items()]
    path = HERE / "convolutions.json"
    path.write_text(json.dumps({"torch": torch.__version__, "modules": modules}, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")
