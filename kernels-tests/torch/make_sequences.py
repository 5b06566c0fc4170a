"""Writes what 20 training steps of sequence models give in PyTorch, for the tests to compare with.

    /usr/bin/python3 kernels-tests/torch/make_sequences.py

It needs PyTorch 1.13 or newer (Debian and Ubuntu: apt install python3-torch), on the CPU, and writes sequences.json
beside itself: losses, and of each parameter at the end the sum and the sum of magnitudes. Both sides make weights by the
formula of make_references.py, numbered by the parameters' sorted names, and ids by a formula of their own.
"""
import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from make_references import rounded, waves, write

STEPS = 20
BATCH, LENGTH, VOCABULARY, WIDTH = 6, 9, 23, 8
LOWEST = -3e38


class Names(nn.Module):
    def __init__(self, /, **parts):
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)


class Recurrent(Names):
    def __init__(self, cell):
        super().__init__(cell=cell)

    def forward(self, x, there):
        packed = pack_padded_sequence(x, there.sum(1), batch_first=True, enforce_sorted=False)
        states, last = self.cell(packed)
        h = last[0] if isinstance(last, tuple) else last
        directions = 2 if self.cell.bidirectional else 1
        last = h[-directions:].transpose(0, 1).reshape(len(x), -1)
        return pad_packed_sequence(states, batch_first=True, total_length=LENGTH)[0], last


class Transformer(Names):
    def __init__(self):
        layer = nn.TransformerEncoderLayer(WIDTH, 2, 4 * WIDTH, 0.0, batch_first=True, norm_first=True)
        super().__init__(positions=nn.Embedding(LENGTH, WIDTH), encoder=nn.TransformerEncoder(layer, 2))

    def forward(self, x, there):
        return self.encoder(x + self.positions.weight, src_key_padding_mask=~there), None


def swapped(x):
    return x.view(len(x) // 2, 2, *x.shape[1:]).flip(1).reshape(x.shape)


class Pairs(nn.Module):
    def __init__(self, encoder, size, pooling, attention=False):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH, padding_idx=0)
        self.encoder, self.pooling = encoder, pooling
        if attention:
            self.cross = Names(compare=nn.Linear(4 * size, WIDTH))
            size = WIDTH
        self.hidden = nn.Linear(4 * size, WIDTH)
        self.output = nn.Linear(WIDTH, 2)

    def forward(self, pairs):
        ids = pairs.flatten(0, 1)
        there = ids != 0
        own, last = self.encoder(self.embedding(ids), there)
        if hasattr(self, "cross"):
            scores = own @ swapped(own).transpose(1, 2) / math.sqrt(own.shape[2])
            other = scores.masked_fill(~swapped(there)[:, None], LOWEST).softmax(-1) @ swapped(own)
            own = F.relu(self.cross.compare(torch.cat([own, other, (own - other).abs(), own * other], 2)))
        if self.pooling == "max":
            vectors = own.masked_fill(~there[..., None], LOWEST).amax(1)
        elif self.pooling == "mean":
            vectors = (own * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        else:
            vectors = last
        u, v = vectors.view(len(pairs), 2, -1).unbind(1)
        return self.output(F.relu(self.hidden(torch.cat([u, v, (u - v).abs(), u * v], 1))))


class Language(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, WIDTH)
        self.cell = nn.LSTM(WIDTH, WIDTH, 2, batch_first=True)
        self.output = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, ids):
        return self.output(self.cell(self.embedding(ids))[0]).flatten(0, 1)


def ids_of(step, rows):
    """Ids from 1 to VOCABULARY - 1, and behind the length of each row 0."""
    ids = torch.tensor([[1 + (7 * i + 3 * j * j + 5 * step) % (VOCABULARY - 1) for j in range(LENGTH)] for i in range(rows)])
    lengths = torch.tensor([1 + (4 * i + step) % LENGTH for i in range(rows)])
    return ids, ids * (torch.arange(LENGTH) < lengths[:, None])


def trajectory(network, make_batch):
    with torch.no_grad():
        for index, (name, parameter) in enumerate(sorted(network.named_parameters())):
            if "norm" in name:
                continue
            parameter.copy_(waves(index, 0.4, *parameter.shape))
            if name == "embedding.weight" and network.embedding.padding_idx == 0:
                parameter[0] = 0
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    losses = []
    for step in range(STEPS):
        x, labels = make_batch(step % 5)
        loss = F.cross_entropy(network(x), labels.flatten())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        losses.append(rounded(loss)[0])
    sums = {name: [rounded(v.sum())[0], rounded(v.abs().sum())[0]] for name, v in network.named_parameters()}
    return {"losses": losses, "sums": sums}


def pairs(step):
    return ids_of(step, 2 * BATCH)[1].view(BATCH, 2, LENGTH), torch.arange(BATCH) * (step + 1) % 3 % 2


def windows(step):
    ids = ids_of(step, BATCH)[0]
    return ids, ids.roll(-1, 1)


if __name__ == "__main__":
    torch.set_num_threads(1)
    both = dict(batch_first=True, bidirectional=True)
    write(
        "sequences.json",
        {
            "torch": torch.__version__,
            "rnn": trajectory(Pairs(Recurrent(nn.RNN(WIDTH, WIDTH, batch_first=True)), WIDTH, "last"), pairs),
            "bilstm": trajectory(Pairs(Recurrent(nn.LSTM(WIDTH, WIDTH, 2, **both)), 2 * WIDTH, "max"), pairs),
            "bilstm-last": trajectory(Pairs(Recurrent(nn.LSTM(WIDTH, WIDTH, **both)), 2 * WIDTH, "last"), pairs),
            "bilstm-attention": trajectory(Pairs(Recurrent(nn.LSTM(WIDTH, WIDTH, **both)), 2 * WIDTH, "max", True), pairs),
            "transformer": trajectory(Pairs(Transformer(), WIDTH, "mean"), pairs),
            "language": trajectory(Language(), windows),
        },
    )
