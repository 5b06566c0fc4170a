"""Writes a small random BERT with Hugging Face's keys, and what it gives in PyTorch, for the tests to compare with.

    /usr/bin/python3 kernels-tests/torch/make_bert.py

It needs PyTorch 1.13 or newer (Debian and Ubuntu: apt install python3-torch), on the CPU, and writes beside itself:
bert.safetensors, the weights under the keys of an old checkpoint (gamma and beta, position_ids, a head that is not
used), and bert-classes.json and bert-masked.json, the logits, loss and gradients of the two heads that are.
"""
import json
import math
import struct

import torch
from torch import nn
from torch.nn import functional as F

from make_references import HERE, write

VOCABULARY, WIDTH, WIDE, HEADS, LAYERS, LENGTH = 101, 32, 72, 4, 2, 13


class Names(nn.Module):
    """A module of named parts."""

    def __init__(self, /, **parts):
        super().__init__()
        for name, part in parts.items():
            self.add_module(name, part)


def normed(**parts):
    return Names(**parts, LayerNorm=nn.LayerNorm(WIDTH, eps=1e-12))


def layer():
    linear = lambda: nn.Linear(WIDTH, WIDTH)
    return Names(
        attention=Names(self=Names(query=linear(), key=linear(), value=linear()), output=normed(dense=linear())),
        intermediate=Names(dense=nn.Linear(WIDTH, WIDE)),
        output=normed(dense=nn.Linear(WIDE, WIDTH)),
    )


class Bert(nn.Module):
    def __init__(self):
        super().__init__()
        self.bert = Names(
            embeddings=normed(
                word_embeddings=nn.Embedding(VOCABULARY, WIDTH, padding_idx=0),
                position_embeddings=nn.Embedding(16, WIDTH),
                token_type_embeddings=nn.Embedding(2, WIDTH),
            ),
            encoder=Names(layer=nn.ModuleList(layer() for _ in range(LAYERS))),
            pooler=Names(dense=nn.Linear(WIDTH, WIDTH)),
        )
        self.classifier = nn.Linear(WIDTH, 3)
        predictions = Names(transform=normed(dense=nn.Linear(WIDTH, WIDTH)))
        predictions.bias = nn.Parameter(torch.zeros(VOCABULARY))
        self.cls = Names(predictions=predictions)

    def states(self, ids, types, mask):
        e = self.bert.embeddings
        length = ids.shape[1]
        x = e.word_embeddings(ids) + e.position_embeddings.weight[:length] + e.token_type_embeddings(types)
        x = e.LayerNorm(x)
        hidden = (1.0 - mask.float())[:, None, None, :] * -1e9
        split = lambda y: y.view(*y.shape[:2], HEADS, -1).transpose(1, 2)
        for each in self.bert.encoder.layer:
            own = each.attention.self
            scores = split(own.query(x)) @ split(own.key(x)).transpose(2, 3) / math.sqrt(WIDTH / HEADS)
            mixed = (scores + hidden).softmax(-1) @ split(own.value(x))
            attended = each.attention.output.dense(mixed.transpose(1, 2).reshape(x.shape))
            x = each.attention.output.LayerNorm(attended + x)
            wide = F.gelu(each.intermediate.dense(x))
            x = each.output.LayerNorm(each.output.dense(wide) + x)
        return x

    def classes(self, *inputs):
        return self.classifier(torch.tanh(self.bert.pooler.dense(self.states(*inputs)[:, 0])))

    def words(self, *inputs):
        head = self.cls.predictions
        x = head.transform.LayerNorm(F.gelu(head.transform.dense(self.states(*inputs))))
        return F.linear(x, self.bert.embeddings.word_embeddings.weight, head.bias)


def plain(tensor):
    return {"shape": list(tensor.shape), "data": [float(f"{x:.6g}") for x in tensor.detach().flatten().tolist()]}


def save(state, path):
    """A safetensors file; integers as I64."""
    header, body = {}, b""
    for key, value in state.items():
        data = value.detach().contiguous().numpy().tobytes()
        kind = "I64" if value.dtype == torch.int64 else "F32"
        header[key] = {"dtype": kind, "shape": list(value.shape), "data_offsets": [len(body), len(body) + len(data)]}
        body += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + body)


def old(key):
    return key.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta")


def reference(model, logits, loss, inputs):
    model.zero_grad(set_to_none=True)
    loss.backward()
    ids, types, mask = (each.tolist() for each in inputs)
    gradients = {key: plain(p.grad) for key, p in model.named_parameters() if p.grad is not None}
    return {"ids": ids, "types": types, "mask": mask, "logits": plain(logits), "loss": loss.item(), "gradients": gradients}


if __name__ == "__main__":
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model = Bert()
    for key, parameter in model.named_parameters():
        offset = 1.0 if key.endswith("LayerNorm.weight") else 0.0
        nn.init.normal_(parameter, offset, 0.15)
    state = {old(key): value for key, value in model.state_dict().items()}
    state["bert.embeddings.position_ids"] = torch.arange(16)[None]
    state["cls.predictions.decoder.weight"] = state["bert.embeddings.word_embeddings.weight"]
    state["cls.seq_relationship.weight"] = torch.zeros(2, WIDTH)
    save(state, HERE / "bert.safetensors")

    ids = torch.randint(5, VOCABULARY, (4, LENGTH))
    lengths = torch.tensor([LENGTH, 9, 1, 5])
    mask = (torch.arange(LENGTH) < lengths[:, None]).long()
    ids *= mask
    types = (torch.arange(LENGTH) >= lengths[:, None] // 2).long() * mask
    inputs = (ids, types, mask)

    logits = model.classes(*inputs)
    labels = torch.tensor([0, 2, 1, 2])
    write("bert-classes.json", {**reference(model, logits, F.cross_entropy(logits, labels), inputs), "labels": labels.tolist()})

    positions = torch.tensor([0, 3, 12, 14, 20, 26, 39, 43])
    labels = torch.randint(5, VOCABULARY, (len(positions),))
    logits = model.words(*inputs)
    loss = F.cross_entropy(logits.flatten(0, 1)[positions], labels)
    masked = reference(model, logits.flatten(0, 1)[positions], loss, inputs)
    write("bert-masked.json", {**masked, "labels": labels.tolist(), "positions": positions.tolist()})
