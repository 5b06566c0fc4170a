"""The models of the RNN lab's presets in PyTorch, as src/models has them."""
import math

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

LOWEST = -3e38


class PairClassifier(nn.Module):
    """Two sentences encoded alike and compared as u, v, |u - v|, u * v."""

    def __init__(self, vocabulary, kind, dropout, bidirectional=False, attention=False, pooling='last', layers=1):
        super().__init__()
        width, hidden, length = 64, 64, 40
        self.kind, self.pooling, self.ways = kind, pooling, 2 if bidirectional else 1
        self.embedding, self.dropout = nn.Embedding(vocabulary, width, padding_idx=0), nn.Dropout(dropout)
        if kind == 'transformer':
            self.positions = nn.Embedding(length, width)
            self.encoder = nn.ModuleList(
                nn.TransformerEncoderLayer(width, 4, 4 * width, dropout, batch_first=True, norm_first=True)
                for _ in range(layers)
            )
            size = width
        else:
            recurrent = {'rnn': nn.RNN, 'lstm': nn.LSTM}[kind]
            self.encoder = recurrent(width, hidden, layers, batch_first=True, bidirectional=bidirectional)
            size = hidden * self.ways
        self.compare = nn.Linear(4 * size, hidden) if attention else None
        self.scale = size**-0.5
        if attention:
            size = hidden
        self.hidden, self.output = nn.Linear(4 * size, hidden), nn.Linear(hidden, 2)

    def encode(self, ids, there):
        """[sentences, length, size], and the last states of recurrent encoders."""
        x = self.dropout(self.embedding(ids))
        if self.kind == 'transformer':
            x = self.dropout(x + self.positions.weight[: ids.shape[1]])
            for layer in self.encoder:
                x = layer(x, src_key_padding_mask=~there)
            return x, None
        packed = pack_padded_sequence(x, there.sum(1), batch_first=True, enforce_sorted=False)
        out, state = self.encoder(packed)
        state = state[0] if isinstance(state, tuple) else state
        last = state[-self.ways :].permute(1, 0, 2).reshape(len(ids), -1)
        return pad_packed_sequence(out, batch_first=True, total_length=ids.shape[1])[0], last

    def attend(self, x, there):
        """Each word beside what it finds in the other sentence."""
        swap = lambda each: each.view(-1, 2, *each.shape[1:]).flip(1).reshape(each.shape)
        other = swap(x)
        scores = (x @ other.transpose(1, 2)) * self.scale
        found = scores.masked_fill(~swap(there)[:, None], LOWEST).softmax(-1) @ other
        return F.relu(self.compare(torch.cat([x, found, (x - found).abs(), x * found], 2)))

    def forward(self, pairs):
        ids = pairs.flatten(0, 1)
        there = ids != 0
        x, last = self.encode(ids, there)
        if self.compare:
            x = self.attend(x, there)
        if self.pooling == 'last':
            pooled = last
        elif self.pooling == 'max':
            pooled = x.masked_fill(~there[..., None], LOWEST).amax(1)
        else:
            pooled = (x * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        u, v = pooled.view(len(pairs), 2, -1).unbind(1)
        features = torch.cat([u, v, (u - v).abs(), u * v], 1)
        return self.output(self.dropout(F.relu(self.hidden(self.dropout(features)))))


class BertLayer(nn.Module):
    def __init__(self, width, heads, dropout):
        super().__init__()
        self.query, self.key, self.value, self.out = (nn.Linear(width, width) for _ in range(4))
        self.inner, self.outer = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norms = nn.ModuleList(nn.LayerNorm(width, eps=1e-12) for _ in range(2))
        self.heads, self.dropout = heads, nn.Dropout(dropout)

    def forward(self, x, there):
        split = lambda y: y.view(*y.shape[:2], self.heads, -1).transpose(1, 2)
        scores = split(self.query(x)) @ split(self.key(x)).transpose(2, 3) / math.sqrt(x.shape[2] / self.heads)
        weights = self.dropout(scores.masked_fill(~there[:, None, None], LOWEST).softmax(-1))
        mixed = (weights @ split(self.value(x))).transpose(1, 2).reshape(x.shape)
        x = self.norms[0](self.dropout(self.out(mixed)) + x)
        return self.norms[1](self.dropout(self.outer(F.gelu(self.inner(x)))) + x)


class Bert(nn.Module):
    """Devlin et al. 2019, small: classification of pairs, and the words behind [MASK]."""

    def __init__(self, vocabulary, width=64, layers=2, heads=4, length=56, dropout=0.1):
        super().__init__()
        self.words = nn.Embedding(vocabulary, width, padding_idx=0)
        self.positions, self.types = nn.Embedding(length, width), nn.Embedding(2, width)
        self.norm, self.dropout = nn.LayerNorm(width, eps=1e-12), nn.Dropout(dropout)
        self.layers = nn.ModuleList(BertLayer(width, heads, dropout) for _ in range(layers))
        self.pooler, self.classifier = nn.Linear(width, width), nn.Linear(width, 2)
        self.transform, self.transform_norm = nn.Linear(width, width), nn.LayerNorm(width, eps=1e-12)
        self.bias = nn.Parameter(torch.zeros(vocabulary))
        for module in self.modules():
            if isinstance(module, (nn.Linear, nn.Embedding)):
                nn.init.normal_(module.weight, 0, 0.02)
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        nn.init.zeros_(self.words.weight[0].detach())

    def states(self, pairs):
        ids, types = pairs.unbind(1)
        x = self.words(ids) + self.positions.weight[: ids.shape[1]] + self.types(types)
        x = self.dropout(self.norm(x))
        for layer in self.layers:
            x = layer(x, ids != 0)
        return x

    def forward(self, pairs):
        return self.classifier(self.dropout(torch.tanh(self.pooler(self.states(pairs)[:, 0]))))

    def guess(self, pairs, places):
        """Scores of all words at places of the flattened batch."""
        x = self.transform_norm(F.gelu(self.transform(self.states(pairs).flatten(0, 1)[places])))
        return F.linear(x, self.words.weight, self.bias)


class Characters(nn.Module):
    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 64)
        self.lstm = nn.LSTM(64, 128, batch_first=True)
        self.output = nn.Linear(128, vocabulary)

    def forward(self, ids):
        return self.output(self.lstm(self.embedding(ids))[0])
