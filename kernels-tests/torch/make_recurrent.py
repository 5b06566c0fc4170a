"""Writes what PyTorch's recurrent layers compute, for the test to compare with.

    /usr/bin/python3 kernels-tests/torch/make_recurrent.py

It needs PyTorch 1.13 or newer on the CPU, and writes recurrent.json beside itself. Rows of different lengths are packed
with pack_padded_sequence and padded again.
"""
import json

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from make_references import HERE, draw, dump, freeze, state

STEPS = 5
LENGTHS = [3, 5, 1]

# What is varied: options of the layer, whether rows have lengths, whether there is an initial state.
VARIANTS = {
    "": ({}, 3, 4, False, False),
    "from a state": ({}, 2, 5, False, True),
    "without bias, in both directions": ({"bias": False, "bidirectional": True}, 2, 4, False, True),
    "of three lengths": ({"batch_first": True}, 3, 5, True, True),
    "in two layers": ({"num_layers": 2}, 2, 3, False, False),
    "in two layers, both directions, of three lengths": ({"num_layers": 2, "bidirectional": True}, 2, 3, True, True),
}
LAYERS = {
    "rnn": (nn.RNN, {}),
    "rnn with relu": (nn.RNN, {"nonlinearity": "relu"}),
    "gru": (nn.GRU, {}),
    "lstm": (nn.LSTM, {}),
}
CELLS = {
    "rnn cell": (nn.RNNCell, {}),
    "rnn cell with relu": (nn.RNNCell, {"nonlinearity": "relu"}),
    "gru cell": (nn.GRUCell, {}),
    "lstm cell": (nn.LSTMCell, {}),
}


def flat(result):
    """Tensors out of nested tuples."""
    return [result] if torch.is_tensor(result) else [tensor for part in result for tensor in flat(part)]


def results(name, module, options, x, states, forward):
    """Outputs, and gradients of the sum of all of them, each times weights of its own."""
    for tensor in (x, *states):
        tensor.requires_grad_()
    outputs = flat(forward(x, (tuple(states) if len(states) > 1 else states[0]) if states else None))
    weights = [draw(*y.shape) for y in outputs]
    sum((y * w).sum() for y, w in zip(outputs, weights)).backward()
    return {
        "name": name,
        "module": type(module).__name__,
        "sizes": [module.input_size, module.hidden_size],
        "options": options,
        "state": state(module),
        "x": dump(x),
        "states": [dump(tensor) for tensor in states],
        "outputs": [dump(y) for y in outputs],
        "weights": [dump(w) for w in weights],
        "gradients": {
            "x": dump(x.grad),
            **{f"state {at}": dump(tensor.grad) for at, tensor in enumerate(states)},
            **{key: dump(parameter.grad) for key, parameter in module.named_parameters()},
        },
    }


def layer(name, make, options, inputs, hidden, packed, stateful):
    module = freeze(make(inputs, hidden, **options))
    batch = len(LENGTHS)
    first = options.get("batch_first", False)
    x = draw(*((batch, STEPS) if first else (STEPS, batch)), inputs)
    rows = options.get("num_layers", 1) * (2 if options.get("bidirectional") else 1)
    count = (2 if make is nn.LSTM else 1) if stateful else 0

    def forward(x, given):
        if not packed:
            return module(x, given)
        y, last = module(pack_padded_sequence(x, LENGTHS, first, enforce_sorted=False), given)
        return pad_packed_sequence(y, first, total_length=STEPS)[0], last

    states = [draw(rows, batch, hidden) for _ in range(count)]
    return {**results(name, module, options, x, states, forward), "lengths": LENGTHS if packed else None}


def cell(name, make, options):
    module = freeze(make(3, 4, **options))
    states = [draw(2, 4) for _ in range(2 if make is nn.LSTMCell else 1)]
    return {**results(name, module, options, draw(2, 3), states, module), "lengths": None}


if __name__ == "__main__":
    torch.manual_seed(5)
    cases = [
        layer(f"{name} {variant}".strip(), make, {**options, **more}, *rest)
        for name, (make, options) in LAYERS.items()
        for variant, (more, *rest) in VARIANTS.items()
    ] + [cell(name, make, options) for name, (make, options) in CELLS.items()]
    path = HERE / "recurrent.json"
    path.write_text(json.dumps({"torch": torch.__version__, "cases": cases}, separators=(",", ":")) + "\n")
    print(f"{path}: {path.stat().st_size} bytes")
