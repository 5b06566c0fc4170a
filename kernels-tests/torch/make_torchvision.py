"""Writes torchvision's models with random weights, images and the logits that they give, as safetensors.

    /usr/bin/python3 kernels-tests/torch/make_torchvision.py FOLDER

It needs torchvision 0.14 or newer (Debian and Ubuntu: apt install python3-torchvision), on the CPU. Running statistics
are those of random images, so that activations keep their size through all layers. compare-torchvision.ts runs it.
"""
import json
import pathlib
import struct
import sys

import torch
from torch import nn
from torchvision import models

SIZE = 64
BATCH = 2
MODELS = {
    "alexnet": lambda: models.alexnet(),
    "googlenet": lambda: models.googlenet(aux_logits=False, init_weights=False),
    "resnet18": lambda: models.resnet18(),
    "densenet121": lambda: models.densenet121(),
}
TYPES = {torch.float32: "F32", torch.int64: "I64"}


def save(path, tensors):
    header, offset = {}, 0
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {
            "dtype": TYPES[tensor.dtype],
            "shape": list(tensor.shape),
            "data_offsets": [offset, offset + size],
        }
        offset += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.contiguous().numpy().tobytes())


def randomise(network):
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    with torch.no_grad():
        network.train()(torch.randn(8, 3, SIZE, SIZE))
    return network.eval()


if __name__ == "__main__":
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[1])
    for seed, (name, make) in enumerate(MODELS.items()):
        torch.manual_seed(seed)
        network = randomise(make())
        x = torch.randn(BATCH, 3, SIZE, SIZE)
        with torch.no_grad():
            logits = network(x)
        save(folder / f"{name}.safetensors", network.state_dict())
        save(folder / f"{name}-example.safetensors", {"x": x, "logits": logits})
        print(f"{name}: {sum(p.numel() for p in network.parameters())} parameters")
