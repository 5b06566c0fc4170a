"""Writes what PyTorch's attention and transformer layers compute, for the test to compare with.

    /usr/bin/python3 kernels-tests/torch/make_attention.py

It needs PyTorch 1.13 or newer on the CPU, and writes attention.json beside itself: outputs, and gradients of
sum(output * weights) by the inputs and the parameters; and the losses of 20 steps of a small classifier. Inputs and
weights are the waves of make_references.py, which the test makes itself; masks are formulas that both sides have.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F

from make_references import dump, rounded, waves, write

STEPS = 20


def padding(batch, keys):
    """True where a key is padding; the first batch has none."""
    return torch.tensor([[n > 0 and j >= keys - n for j in range(keys)] for n in range(batch)])


def pairs(queries, keys):
    """True where a query may not attend; every query may to some."""
    return torch.tensor([[(3 * i + 5 * j) % 4 == 1 and j != i for j in range(keys)] for i in range(queries)])


def bias(*shape):
    return waves(0.7, 2.0, *shape)


def causal(size):
    return torch.ones(size, size).triu(1).bool()


def sdpa(q, k, v, mask=None):
    """As torch.nn.functional.scaled_dot_product_attention, which 1.13 has not."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, float("-inf")) if mask.dtype == torch.bool else scores + mask
    return F.softmax(scores, -1) @ v


class Sdpa(nn.Module):
    def forward(self, q, k, v, mask=None):
        return sdpa(q, k, v, mask)


class Multihead(nn.MultiheadAttention):
    """The output and the weights side by side."""

    def forward(self, q, k, v, **masks):
        y, weights = super().forward(q, k, v, **masks)
        return torch.cat([y.flatten(), weights.flatten()])


def cases():
    four = [(2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 4)]
    rows = [(2, 5, 12)] * 3
    cross = [(2, 5, 12), (2, 7, 12), (2, 7, 12)]
    layer = dict(dim_feedforward=20, dropout=0.0, batch_first=True)
    # name, module, shapes of the inputs, masks; an input of the same shape as the first is it where `same` is set
    return [
        ("sdpa", Sdpa(), four, {}, False),
        ("sdpa with a mask", Sdpa(), four, {"mask": ~pairs(5, 7)}, False),
        ("sdpa with a bias", Sdpa(), four, {"mask": bias(5, 7)}, False),
        ("sdpa causal", Sdpa(), [(2, 3, 9, 8)] * 3, {"mask": ~causal(9)}, False),
        ("self-attention", Multihead(12, 3, batch_first=True), rows, {}, True),
        ("self-attention, length first", Multihead(12, 2), [(5, 2, 12)] * 3, {"key_padding_mask": padding(2, 5)}, True),
        ("self-attention without bias", Multihead(12, 3, bias=False, batch_first=True), rows, {"attn_mask": pairs(5, 5)}, True),
        (
            "attention to others",
            Multihead(12, 3, batch_first=True),
            cross,
            {"key_padding_mask": padding(2, 7), "attn_mask": pairs(5, 7)},
            False,
        ),
        (
            "attention to others with a bias, by head",
            Multihead(12, 3, batch_first=True),
            cross,
            {"attn_mask": bias(6, 5, 7), "average_attn_weights": False},
            False,
        ),
        ("encoder layer", nn.TransformerEncoderLayer(12, 3, **layer), rows[:1], {"src_key_padding_mask": padding(2, 5)}, False),
        (
            "encoder layer, norm first, gelu",
            nn.TransformerEncoderLayer(12, 3, activation="gelu", norm_first=True, **layer),
            rows[:1],
            {"src_mask": causal(5)},
            False,
        ),
        (
            "decoder layer",
            nn.TransformerDecoderLayer(12, 3, **layer),
            cross[:2],
            {"tgt_mask": causal(5), "memory_key_padding_mask": padding(2, 7)},
            False,
        ),
        (
            "decoder layer, norm first",
            nn.TransformerDecoderLayer(12, 2, norm_first=True, **layer),
            cross[:2],
            {"tgt_key_padding_mask": padding(2, 5)},
            False,
        ),
        (
            "encoder",
            nn.TransformerEncoder(nn.TransformerEncoderLayer(12, 3, **layer), 2, nn.LayerNorm(12)),
            rows[:1],
            {"mask": causal(5)},
            False,
        ),
        (
            "decoder",
            nn.TransformerDecoder(nn.TransformerDecoderLayer(12, 3, **layer), 2),
            cross[:2],
            {"tgt_mask": causal(5)},
            False,
        ),
    ]


def fill(module):
    """Waves of the usual size in place of what is drawn; what scales stays near 1."""
    with torch.no_grad():
        for index, (key, parameter) in enumerate(module.named_parameters()):
            scales = "norm" in key and key.endswith("weight")
            parameter.copy_(waves(index, 0.3, *parameter.shape) + (1 if scales else 0))


def run(name, module, shapes, masks, same):
    fill(module)
    inputs = [waves(index + 0.25, 1.0, *shape).requires_grad_() for index, shape in enumerate(shapes)]
    y = module(*([inputs[0]] * len(inputs) if same else inputs), **masks)
    (y * waves(0.5, 1.0, *y.shape)).sum().backward()
    return {
        "name": name,
        "keys": list(module.state_dict().keys()),
        "y": dump(y),
        "inputs": [dump(x.grad) for x in inputs if x.grad is not None],
        "gradients": {key: dump(p.grad) for key, p in module.named_parameters()},
    }


class Classifier(nn.Module):
    """Embedded ids, two encoder layers, the mean over what is no padding, a linear layer."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(23, 16, padding_idx=0)
        layer = nn.TransformerEncoderLayer(16, 4, dim_feedforward=32, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.head = nn.Linear(16, 3)

    def forward(self, ids):
        ignored = ids == 0
        x = self.encoder(self.embedding(ids) * 4, src_key_padding_mask=ignored)
        kept = (~ignored).float().unsqueeze(-1)
        return self.head((x * kept).sum(1) / kept.sum(1))


def ids_of(step):
    return torch.tensor([[(i * 7 + j * 5 + step * 3) % 22 + 1 if j < 9 - i % 4 else 0 for j in range(9)] for i in range(8)])


def trajectory():
    network = Classifier()
    fill(network)
    with torch.no_grad():
        network.embedding.weight[0] = 0
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    losses = []
    for step in range(STEPS):
        labels = torch.tensor([(i * 2 + step) % 3 for i in range(8)])
        loss = F.cross_entropy(network(ids_of(step % 4)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(rounded(loss)[0])
    return losses


if __name__ == "__main__":
    torch.set_num_threads(1)
    write("attention.json", {"torch": torch.__version__, "layers": [run(*case) for case in cases()], "losses": trajectory()})
