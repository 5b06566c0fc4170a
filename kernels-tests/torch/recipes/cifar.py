"""The CNN lab's presets `six-conv`, `lenet` and `tutorial` in PyTorch, for the table of results.

    python3 cifar.py FOLDER [--preset NAME] [--width N] [--epochs N] [--lr X] [--batch N] [--dropout P] [--crop N] [--seed N] [--hold-out N]

FOLDER has CIFAR-10's binary batches. With --hold-out the last N training images are kept from training and scored in the
place of the test images, so that a recipe can be chosen without these.
"""
import argparse
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

parser = argparse.ArgumentParser()
parser.add_argument('folder')
parser.add_argument('--preset', choices=['six-conv', 'lenet', 'tutorial'], default='six-conv')
parser.add_argument('--width', type=int, default=12)
parser.add_argument('--epochs', type=int)
parser.add_argument('--lr', type=float)
parser.add_argument('--batch', type=int)
parser.add_argument('--dropout', type=float, default=0.0)
parser.add_argument('--crop', type=int, default=1)
parser.add_argument('--hold-out', type=int, default=0)
parser.add_argument('--seed', type=int, default=0)
options = parser.parse_args()
recipes = {'six-conv': (4, 0.01, 64), 'lenet': (5, 0.01, 32), 'tutorial': (2, 0.001, 4)}
for name, value in zip(('epochs', 'lr', 'batch'), recipes[options.preset]):
    setattr(options, name, getattr(options, name) or value)
torch.manual_seed(options.seed)


def load(*names):
    records = np.concatenate([np.fromfile(f'{options.folder}/{name}.bin', np.uint8) for name in names])
    records = records.reshape(-1, 1 + 3 * 32 * 32)
    images = torch.from_numpy(records[:, 1:].reshape(-1, 3, 32, 32).copy())
    return images, torch.from_numpy(records[:, 0].astype(np.int64))


def normalize(x):
    return x.float() / 127.5 - 1


def vary(x):
    """Each image mirrored or not, and a window of it with a border of zeros, as demos/cnn/recipe.ts has them."""
    padded = F.pad(x, (options.crop,) * 4)
    tops, lefts = torch.randint(0, 2 * options.crop + 1, (2, len(x))).tolist()
    moved = torch.stack([image[:, t : t + 32, l : l + 32] for image, t, l in zip(padded, tops, lefts)])
    mirrored = torch.rand(len(x)) < 0.5
    moved[mirrored] = moved[mirrored].flip(3)
    return moved


def convolution(inputs, outputs):
    return [nn.Conv2d(inputs, outputs, 3, padding=1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()]


images, labels = load(*(f'data_batch_{number}' for number in range(1, 6)))
test_images, test_labels = load('test_batch')
if options.hold_out:
    kept = len(images) - options.hold_out
    test_images, test_labels = images[kept:], labels[kept:]
    images, labels = images[:kept], labels[:kept]
total_steps = options.epochs * -(-len(images) // options.batch)
if options.preset == 'six-conv':
    layers, channels = [], 3
    for width in (options.width, 2 * options.width, 4 * options.width):
        layers += [*convolution(channels, width), *convolution(width, width), nn.MaxPool2d(2)]
        channels = width
    model = nn.Sequential(*layers, nn.Flatten(), nn.Dropout(options.dropout), nn.Linear(channels * 16, 10))
    optimizer = torch.optim.Adam(model.parameters(), lr=options.lr)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, options.lr, total_steps=total_steps)
else:
    features = [nn.Conv2d(3, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)]
    sizes = [nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)]
    model = nn.Sequential(*features, nn.Flatten(), *sizes)
    optimizer = torch.optim.SGD(model.parameters(), lr=options.lr, momentum=0.9)
    schedule, vary = None, lambda x: x
start = time.time()
for epoch in range(1, options.epochs + 1):
    model.train()
    total = 0.0
    for batch in torch.randperm(len(images)).split(options.batch):
        loss = F.cross_entropy(model(normalize(vary(images[batch]))), labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if schedule and schedule.last_epoch < total_steps - 1:
            schedule.step()
        total += loss.item() * len(batch)
    model.eval()
    with torch.no_grad():
        right = sum(
            (model(normalize(x)).argmax(1) == y).sum().item()
            for x, y in zip(test_images.split(500), test_labels.split(500))
        )
    print(f'epoch {epoch}', f'loss {total / len(images):.4f}', f'test {right / len(test_images):.4f}', f'{time.time() - start:.0f} s', flush=True)
