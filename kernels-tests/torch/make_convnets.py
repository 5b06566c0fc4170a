"""Writes what 20 training steps of convolutional networks give in PyTorch, for the tests to compare with.

    /usr/bin/python3 kernels-tests/torch/make_convnets.py

It needs PyTorch 1.13 or newer (Debian and Ubuntu: apt install python3-torch), on the CPU, and writes convnets.json
beside itself: losses, and of each parameter and buffer at the end the sum and the sum of magnitudes. Both sides make
weights and images by the formula of make_references.py.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

from make_references import rounded, waves, write

STEPS = 20
BATCH = 8


class LeNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc3(F.relu(self.fc2(x)))


class Block(nn.Module):
    def __init__(self, channels, width, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.stride, self.added = stride, (width - channels) // 2

    def forward(self, x):
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.stride > 1:
            x = F.pad(x[:, :, :: self.stride, :: self.stride], (0, 0, 0, 0, self.added, self.added))
        return F.relu(y + x)


class ResNet(nn.Module):
    """8 layers, 8 and 16 channels, with the shortcuts that He et al. have for CIFAR."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 8, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(8)
        self.layer1 = nn.Sequential(Block(8, 8, 1))
        self.layer2 = nn.Sequential(Block(8, 16, 2))
        self.fc = nn.Linear(16, 10)

    def forward(self, x):
        x = self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x)))))
        return self.fc(F.adaptive_avg_pool2d(x, 1).flatten(1))


def trajectory(network, size, optimizer):
    with torch.no_grad():
        for index, parameter in enumerate(network.parameters()):
            if parameter.ndim > 1:
                fan_in = parameter[0].numel()
                parameter.copy_(waves(index, math.sqrt(2 / fan_in), *parameter.shape))
            elif parameter.eq(1).all():
                continue
            else:
                parameter.zero_()
    optimizer = optimizer(network.parameters())
    losses = []
    for step in range(STEPS):
        x = waves(step % 4, 1.0, BATCH, 3, size, size)
        labels = torch.arange(BATCH) * (step % 4 + 3) % 10
        loss = F.cross_entropy(network(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(rounded(loss)[0])
    sums = {key: [rounded(v.sum())[0], rounded(v.abs().sum())[0]] for key, v in network.state_dict().items()}
    return {"losses": losses, "sums": sums}


if __name__ == "__main__":
    torch.set_num_threads(1)
    write(
        "convnets.json",
        {
            "torch": torch.__version__,
            "lenet": trajectory(LeNet(), 32, lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9)),
            "resnet": trajectory(ResNet(), 12, lambda p: torch.optim.Adam(p, lr=1e-3)),
        },
    )
