"""Writes what PyTorch computes, for the tests to compare with.

    /usr/bin/python3 kernels-tests/torch/make_references.py

It needs PyTorch 1.13 or newer (Debian and Ubuntu: apt install python3-torch), on the CPU, and writes modules.json and
optimisers.json beside itself. Every number is drawn from a fixed seed and rounded to 8 significant digits before
PyTorch sees it, so that the file holds exactly what went in.
"""
import json
import math
import pathlib

import torch
from torch import nn
from torch.nn import functional as F

HERE = pathlib.Path(__file__).parent
STEPS = 30
BATCH = 16


def rounded(tensor):
    return [float(f"{x:.8g}") for x in tensor.detach().flatten().tolist()]


def dump(tensor):
    return {"shape": list(tensor.shape), "data": rounded(tensor)}


def draw(*shape, scale=1.0):
    return torch.tensor(rounded(torch.randn(shape) * scale)).reshape(shape)


def freeze(module):
    """Parameters as the file will hold them."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.tensor(rounded(parameter)).reshape(parameter.shape))
    return module


def state(module):
    return {key: dump(value) for key, value in module.state_dict().items()}


def run_module(name, module, x, loss_weights=True):
    """Output, and gradients of sum(output * weights)."""
    freeze(module)
    x.requires_grad_()
    y = module(x)
    weights = draw(*y.shape) if loss_weights else torch.ones(y.shape)
    (y * weights).sum().backward()
    return {
        "name": name,
        "state": state(module),
        "x": dump(x),
        "y": dump(y),
        "weights": dump(weights),
        "gradients": {"x": dump(x.grad), **{key: dump(p.grad) for key, p in module.named_parameters()}},
    }


def run_function(name, function, logits, *rest):
    logits.requires_grad_()
    y = function(logits, *rest)
    weights = draw(*y.shape)
    (y * weights).sum().backward()
    return {
        "name": name,
        "x": dump(logits),
        "rest": [dump(t) for t in rest],
        "y": dump(y),
        "weights": dump(weights),
        "gradient": dump(logits.grad),
    }


def modules():
    torch.manual_seed(1)
    return [
        run_module("linear", nn.Linear(5, 3), draw(4, 5)),
        run_module("linear without bias", nn.Linear(5, 3, bias=False), draw(4, 5)),
        run_module("linear over leading axes", nn.Linear(5, 3), draw(2, 3, 5)),
        run_module("linear of one vector", nn.Linear(5, 3), draw(5)),
        run_module("relu", nn.Sequential(nn.Linear(6, 7), nn.ReLU(), nn.Linear(7, 3)), draw(5, 6)),
        run_module("sigmoid", nn.Sequential(nn.Linear(6, 7), nn.Sigmoid(), nn.Linear(7, 3)), draw(5, 6)),
        run_module("tanh", nn.Sequential(nn.Linear(6, 7), nn.Tanh(), nn.Linear(7, 3)), draw(5, 6)),
        run_module(
            "flatten, nested",
            nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(12, 5), nn.Tanh()), nn.Linear(5, 2), nn.Softmax(1)),
            draw(3, 3, 2, 2),
        ),
    ]


def functions():
    torch.manual_seed(2)
    labels = torch.tensor([2, 0, 4, 4, 1, 3, 0], dtype=torch.int32)
    cross = lambda x, y: F.cross_entropy(x, y.long())
    return [
        run_function("softmax", lambda x: F.softmax(x, -1), draw(4, 7, scale=3)),
        run_function("softmax over axis 0", lambda x: F.softmax(x, 0), draw(4, 7, scale=3)),
        run_function("softmax over axis 1 of 3", lambda x: F.softmax(x, 1), draw(2, 5, 3, scale=3)),
        run_function("logSoftmax", lambda x: F.log_softmax(x, -1), draw(4, 7, scale=3)),
        run_function("logSoftmax over axis 0", lambda x: F.log_softmax(x, 0), draw(4, 7, scale=3)),
        run_function("logSoftmax of great numbers", lambda x: F.log_softmax(x, -1), draw(3, 5, scale=200)),
        run_function("crossEntropy", cross, draw(7, 5, scale=3), labels),
        run_function("crossEntropy of great logits", cross, draw(7, 5, scale=200), labels),
        run_function("mseLoss", F.mse_loss, draw(6, 3), draw(6, 3)),
    ]


def model():
    return nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 12), nn.Tanh(), nn.Linear(12, 4))


def regression():
    return nn.Sequential(nn.Linear(8, 16), nn.Sigmoid(), nn.Linear(16, 2))


# Name, optimiser as PyTorch and wgrad call it, PyTorch's options, model. wgrad's options follow from the names.
CONFIGURATIONS = [
    ("SGD", "SGD", {"lr": 0.1}, "classify"),
    ("SGD with momentum", "SGD", {"lr": 0.05, "momentum": 0.9}, "classify"),
    ("SGD with dampening", "SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.4}, "classify"),
    ("SGD with Nesterov momentum", "SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True}, "classify"),
    ("SGD with weight decay", "SGD", {"lr": 0.1, "weight_decay": 0.05}, "classify"),
    (
        "SGD with everything",
        "SGD",
        {"lr": 0.03, "momentum": 0.8, "weight_decay": 0.02, "nesterov": True},
        "regress",
    ),
    ("Adam", "Adam", {"lr": 0.01}, "classify"),
    ("Adam with other betas and eps", "Adam", {"lr": 0.02, "betas": [0.8, 0.95], "eps": 1e-4}, "classify"),
    ("Adam with weight decay", "Adam", {"lr": 0.01, "weight_decay": 0.1}, "regress"),
    ("AdamW", "AdamW", {"lr": 0.01}, "classify"),
    ("AdamW with weight decay", "AdamW", {"lr": 0.02, "weight_decay": 0.5}, "regress"),
    ("Adam with a falling learning rate", "Adam", {"lr": 0.02}, "classify"),
]

# The same, of which only the losses are kept. Beside PyTorch's options: groups (options of each layer), and what is
# done to the gradients: l1 (a penalty, here in the loss), clip_norm and clip_value.
FURTHER = [
    ("Adam with amsgrad", "Adam", {"lr": 0.03, "betas": [0.8, 0.9], "amsgrad": True}, "classify"),
    ("AdamW with amsgrad", "AdamW", {"lr": 0.03, "betas": [0.8, 0.9], "amsgrad": True, "weight_decay": 0.1}, "regress"),
    ("RMSprop", "RMSprop", {"lr": 0.003}, "classify"),
    ("RMSprop with momentum", "RMSprop", {"lr": 0.001, "alpha": 0.9, "momentum": 0.9}, "classify"),
    (
        "RMSprop with everything",
        "RMSprop",
        {"lr": 0.002, "alpha": 0.9, "eps": 1e-3, "momentum": 0.5, "centered": True, "weight_decay": 0.1},
        "regress",
    ),
    ("Adagrad", "Adagrad", {"lr": 0.05}, "classify"),
    (
        "Adagrad with everything",
        "Adagrad",
        {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.2, "eps": 1e-3, "weight_decay": 0.05},
        "regress",
    ),
    ("SGD uphill", "SGD", {"lr": 0.005, "momentum": 0.5, "weight_decay": 0.1, "maximize": True}, "classify"),
    ("SGD with an L1 penalty", "SGD", {"lr": 0.05, "momentum": 0.9, "l1": 0.003}, "classify"),
    (
        "SGD with groups",
        "SGD",
        {"lr": 0.05, "momentum": 0.9, "groups": [{"lr": 0.2, "momentum": 0}, {}, {"weight_decay": 0.1}]},
        "classify",
    ),
    ("Adam with groups", "Adam", {"lr": 0.02, "groups": [{"lr": 0.001}, {"betas": [0.5, 0.9]}]}, "regress"),
    ("SGD with clipped norm", "SGD", {"lr": 0.3, "momentum": 0.5, "clip_norm": 0.4}, "classify"),
    ("Adam with clipped norm", "Adam", {"lr": 0.02, "clip_norm": 0.2}, "regress"),
    ("SGD with clipped values", "SGD", {"lr": 0.3, "clip_value": 0.03}, "classify"),
]


def lr_at(name, options, step):
    return options["lr"] * 0.9**step if "falling" in name else options["lr"]


def trajectory(name, kind, options, task, start, data, keeps_end=True):
    network = model() if task == "classify" else regression()
    network.load_state_dict(start)
    own = dict(options)
    l1, clip_norm, clip_value, groups = [own.pop(key, None) for key in ("l1", "clip_norm", "clip_value", "groups")]
    parameters = list(network.parameters())
    if groups:
        parameters = [{"params": parameters[2 * i : 2 * i + 2], **group} for i, group in enumerate(groups)]
    optimizer = getattr(torch.optim, kind)(parameters, **own)
    losses, norms = [], []
    for step in range(STEPS):
        rows = slice(step % 4 * BATCH, (step % 4 + 1) * BATCH)
        x, target = data["x"][rows], data[task][rows]
        if not groups:
            optimizer.param_groups[0]["lr"] = lr_at(name, options, step)
        y = network(x)
        loss = F.cross_entropy(y, target.long()) if task == "classify" else F.mse_loss(y, target)
        optimizer.zero_grad()
        penalty = l1 * sum(parameter.abs().sum() for parameter in network.parameters()) if l1 else 0
        (loss + penalty).backward()
        if clip_norm:
            norms.append(rounded(nn.utils.clip_grad_norm_(network.parameters(), clip_norm))[0])
        if clip_value:
            nn.utils.clip_grad_value_(network.parameters(), clip_value)
        optimizer.step()
        losses.append(loss)
    return {
        "name": name,
        "optimizer": kind,
        "options": options,
        "task": task,
        "lr": [lr_at(name, options, step) for step in range(STEPS)] if keeps_end else None,
        "losses": [rounded(loss)[0] for loss in losses],
        "norms": norms,
        "end": state(network) if keeps_end else None,
    }


def optimisers():
    torch.manual_seed(3)
    x = draw(4 * BATCH, 8)
    teacher = nn.Sequential(nn.Linear(8, 10), nn.Tanh(), nn.Linear(10, 6))
    outputs = teacher(x) * 3
    data = {
        "x": x,
        "classify": outputs[:, :4].argmax(1).to(torch.int32),
        "regress": torch.tensor(rounded(outputs[:, 4:])).reshape(-1, 2),
    }
    starts = {"classify": freeze(model()).state_dict(), "regress": freeze(regression()).state_dict()}
    return {
        "batch": BATCH,
        "data": {key: dump(value) for key, value in data.items()},
        "start": {task: {key: dump(value) for key, value in start.items()} for task, start in starts.items()},
        "runs": [trajectory(*row, starts[row[3]], data) for row in CONFIGURATIONS]
        + [trajectory(*row, starts[row[3]], data, keeps_end=False) for row in FURTHER],
    }


def waves(phase, scale, *shape):
    """Numbers that the test makes by the same formula, so that the file need not hold them."""
    count = math.prod(shape)
    return torch.tensor([scale * math.sin(1.7 * i + 0.003 * i * i + phase) for i in range(count)]).reshape(shape)


def large():
    """The MNIST MLP at its real size, whose activations and gradients take other kernels and other memory."""
    sizes = [784, 256, 128, 10]
    network = nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    with torch.no_grad():
        for index, parameter in enumerate(network.parameters()):
            parameter.copy_(waves(index, 1 / math.sqrt(sizes[index // 2]), *parameter.shape))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    losses = []
    for step in range(6):
        x = waves(step, 1.0, 64, 784)
        labels = torch.arange(64) * (step + 3) % 10
        loss = F.cross_entropy(network(x), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(rounded(loss)[0])
    ends = {key: [rounded(value.sum())[0], rounded(value.abs().sum())[0]] for key, value in network.state_dict().items()}
    return {"losses": losses, "sums": ends}


def write(name, content):
    path = HERE / name
    path.write_text(json.dumps(content, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("modules.json", {"torch": torch.__version__, "modules": modules(), "functions": functions()})
    write("optimisers.json", {"torch": torch.__version__, **optimisers(), "large": large()})
