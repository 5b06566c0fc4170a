"""The MLP lab's preset `augmented` in PyTorch, for the table of results.

    python3 mnist.py FOLDER [--epochs N] [--dropout P] [--seed N] [--hold-out N] [--scaled]

FOLDER has MNIST's four IDX files, as .gz. With --hold-out the last N training digits are kept from training and scored
beside the test digits, so that a recipe can be chosen without these; with --scaled pixels go from 0 to 1 instead of being
standardised.
"""
import argparse
import gzip
import math
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument('folder')
parser.add_argument('--epochs', type=int, default=30)
parser.add_argument('--dropout', type=float, default=0.1)
parser.add_argument('--lr', type=float, default=2e-3)
parser.add_argument('--batch', type=int, default=128)
parser.add_argument('--seed', type=int, default=0)
parser.add_argument('--hold-out', type=int, default=0)
parser.add_argument('--scaled', action='store_true')
options = parser.parse_args()
torch.manual_seed(options.seed)

SIDE, SIGMA, ALPHA = 28, 5.0, 34.0


def idx(name, header):
    return np.frombuffer(gzip.open(f'{options.folder}/{name}.gz').read(), np.uint8, offset=header)


def part(name):
    pixels = torch.tensor(idx(f'{name}-images-idx3-ubyte', 16).reshape(-1, 1, SIDE, SIDE) / 255, dtype=torch.float32)
    labels = torch.tensor(idx(f'{name}-labels-idx1-ubyte', 8).astype(np.int64))
    return (pixels if options.scaled else (pixels - 0.1307) / 0.3081), labels


def blur():
    at = torch.arange(SIDE, dtype=torch.float32)
    distance = at[:, None] - at
    weights = torch.exp(-distance**2 / (2 * SIGMA**2)) * (distance.abs() <= 4 * SIGMA)
    reach = int(4 * SIGMA)
    return weights / sum(math.exp(-(k**2) / (2 * SIGMA**2)) for k in range(-reach, reach + 1))


def deform(x, smooth):
    """Rotation, scale, shear, shift and an elastic field, as demos/mlp/deform.ts has them."""
    n = len(x)
    random = torch.rand(n, 6) * 2 - 1
    angle = random[:, 0] * math.radians(12)
    sine, cosine = angle.sin(), angle.cos()
    scale_x, scale_y, skew = 1 + 0.12 * random[:, 1], 1 + 0.12 * random[:, 2], 0.12 * random[:, 3]
    shift = random[:, 4:] * 1.5 * 2 / SIDE
    rows = [
        torch.stack([cosine * scale_x, (cosine * skew - sine) * scale_y, shift[:, 0]], 1),
        torch.stack([sine * scale_x, (sine * skew + cosine) * scale_y, shift[:, 1]], 1),
    ]
    grid = F.affine_grid(torch.stack(rows, 1), list(x.shape), align_corners=False)
    field = smooth @ (torch.rand(2 * n, SIDE, SIDE) * 2 - 1) @ smooth.T * ALPHA * 2 / SIDE
    grid = grid + field.reshape(n, 2, SIDE, SIDE).permute(0, 2, 3, 1)
    return F.grid_sample(x, grid, padding_mode='border', align_corners=False)


def accuracy(model, x, y):
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(1) == y).float().mean().item()


images, labels = part('train')
test = part('t10k')
kept = len(images) - options.hold_out
held = images[kept:], labels[kept:]
images, labels = images[:kept], labels[:kept]

layers = [nn.Flatten()]
for inputs in (SIDE * SIDE, 512):
    layers += [nn.Linear(inputs, 512), nn.ReLU(), nn.Dropout(options.dropout)]
model = nn.Sequential(*layers, nn.Linear(512, 10))
optimizer = torch.optim.Adam(model.parameters(), lr=options.lr)
steps = math.ceil(kept / options.batch)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, total_steps=steps * options.epochs)
smooth = blur()
start = time.time()
for epoch in range(1, options.epochs + 1):
    model.train()
    order = torch.randperm(kept)
    total = 0.0
    for batch in order.split(options.batch):
        loss = F.cross_entropy(model(deform(images[batch], smooth)), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if schedule.last_epoch < steps * options.epochs - 1:
            schedule.step()
        total += loss.item() * len(batch)
    scores = [f'held out {accuracy(model, *held):.4f}'] if options.hold_out else []
    scores += [f'test {accuracy(model, *test):.4f}', f'{time.time() - start:.0f} s']
    print(f'epoch {epoch}', f'loss {total / kept:.4f}', *scores, flush=True)
