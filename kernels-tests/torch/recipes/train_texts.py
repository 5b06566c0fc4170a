"""The RNN lab's presets in PyTorch, for the table of results; prints one line of JSON.

    python3 train_texts.py PRESET FOLDER [--seed N] [--epochs N] [--passes N] [--hold-out N]

FOLDER has MRPC's two files, for `char` input.txt, and for `scratch` and `pretrained` WikiText-2's test.txt and valid.txt
too. With --hold-out the last N training pairs are kept from training and scored in the place of the test pairs, so that
a recipe can be chosen without these.
"""
import argparse
import json
import math
import time

import torch
from torch import nn
from torch.nn import functional as F

from text_models import Bert, Characters, PairClassifier
from texts import MASK, SPECIALS, UNKNOWN, joined, mrpc, side_by_side, vocabulary, wikitext, windows

PAIRS = {
    'rnn': dict(kind='rnn'),
    'lstm': dict(kind='lstm'),
    'bilstm': dict(kind='lstm', bidirectional=True, pooling='max'),
    'bilstm-attention': dict(kind='lstm', bidirectional=True, attention=True, pooling='max'),
    'transformer': dict(kind='transformer', layers=2, pooling='mean'),
}
BERTS = ['scratch', 'pretrained']
BATCH, HALF, MASKED = 32, 26, 8

parser = argparse.ArgumentParser()
parser.add_argument('preset', choices=[*PAIRS, *BERTS, 'char'])
parser.add_argument('folder')
parser.add_argument('--seed', type=int, default=0)
parser.add_argument('--epochs', type=int)
parser.add_argument('--lr', type=float)
parser.add_argument('--dropout', type=float, default=0.3)
parser.add_argument('--passes', type=int, default=5)
parser.add_argument('--hold-out', type=int, default=0)
options = parser.parse_args()
torch.manual_seed(options.seed)
start = time.time()


def fit(model, train, test, epochs, lr, clip=0, decay=None, falling=True):
    """Logits on the test inputs after the last epoch."""
    (x, y), (x_test, _) = train, test
    parameters = [each for each in model.parameters() if each.requires_grad]
    total = epochs * math.ceil(len(x) / BATCH)
    if decay is None:
        optimizer = torch.optim.Adam(parameters, lr=lr)
    else:
        # Devlin et al. 2019: only matrices decay.
        matrices, others = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim <= 1]
        optimizer = torch.optim.AdamW([dict(params=matrices, weight_decay=decay), dict(params=others, weight_decay=0)], lr=lr)
    schedule = None
    if falling:
        # Up for a tenth of the steps, then down to 0.
        warm = max(1, round(total / 10))
        share = lambda step: step / warm if step < warm else max(0, (total - step) / (total - warm))
        schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, share)
    for _ in range(epochs):
        model.train()
        for batch in torch.randperm(len(x)).split(BATCH):
            logits = model(x[batch])
            loss = F.cross_entropy(logits.flatten(0, -2), y[batch].flatten())
            optimizer.zero_grad()
            loss.backward()
            if clip:
                nn.utils.clip_grad_norm_(parameters, clip)
            optimizer.step()
            if schedule:
                schedule.step()
    model.eval()
    with torch.no_grad():
        return torch.cat([model(part) for part in x_test.split(128)])


def pretrain(model, pairs, words, passes):
    """Masked-language-model pre-training; the mean loss of the last hundred steps."""
    per = len(pairs) // BATCH
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 1e-3, total_steps=per * passes, pct_start=0.1)
    losses = []
    for _ in range(passes):
        for batch in torch.randperm(len(pairs))[: per * BATCH].split(BATCH):
            x = pairs[batch].clone()
            length = x.shape[2]
            chances = torch.rand(BATCH, length).masked_fill(x[:, 0] < len(SPECIALS), -1)
            places = (torch.arange(BATCH)[:, None] * length + chances.topk(MASKED, 1).indices).flatten()
            ids = x[:, 0].flatten()
            hidden = ids[places].clone()
            fate = torch.rand(len(places))
            others = torch.where(fate < 0.9, torch.randint(len(SPECIALS), words, (len(places),)), hidden)
            ids[places] = torch.where(fate < 0.8, torch.tensor(MASK), others)
            x[:, 0] = ids.view(BATCH, length)
            loss = F.cross_entropy(model.guess(x, places), hidden)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1)
            optimizer.step()
            if schedule.last_epoch < per * passes - 1:
                schedule.step()
            losses.append(loss.item())
    return sum(losses[-100:]) / 100


def scores(right, said):
    """Accuracy, F1 and Matthews' correlation."""
    count = lambda a, b: ((said == a) & (right == b)).sum().item()
    tp, fp, fn, tn = count(1, 1), count(1, 0), count(0, 1), count(0, 0)
    spread = math.sqrt((tp + fp) * (tp + fn)) * math.sqrt((tn + fp) * (tn + fn))
    mcc = (tp * tn - fp * fn) / spread if spread else 0
    return dict(testAccuracy=(tp + tn) / len(right), f1=2 * tp / (2 * tp + fp + fn), mcc=mcc)


def characters():
    with open(f'{options.folder}/input.txt', encoding='utf-8') as file:
        text = file.read()
    kept = int(len(text) * 0.9)
    numbers = vocabulary([text[:kept]], ['[UNK]'], 1, 1000)
    ids = torch.tensor([numbers.get(character, 0) for character in text])
    train, test = windows(ids[:kept], 64), windows(ids[kept:], 64)
    logits = fit(Characters(len(numbers)), train, test, options.epochs or 2, options.lr or 3e-3, clip=1, falling=False)
    return dict(validationLoss=F.cross_entropy(logits.flatten(0, 1), test[1].flatten()).item())


def paraphrases():
    first, second, labels = mrpc(options.folder, 'train')
    first_test, second_test, labels_test = mrpc(options.folder, 'test')
    if options.hold_out:
        kept = len(first) - options.hold_out
        first_test, second_test, labels_test = first[kept:], second[kept:], labels[kept:]
        first, second, labels = first[:kept], second[:kept], labels[:kept]
    bert, more = options.preset in BERTS, []
    if bert:
        more = [text for part in ('test', 'valid') for text in wikitext(f'{options.folder}/{part}.txt')]
    numbers = vocabulary([*first, *second, *more], SPECIALS, 4 if more else 2, 8000 if more else 12000)
    encoded = lambda texts: [[numbers.get(word, UNKNOWN) for word in text] for text in texts]
    pairs = joined if bert else side_by_side
    train = pairs(encoded(first), encoded(second)), labels
    test = pairs(encoded(first_test), encoded(second_test)), labels_test
    found = {}
    if bert:
        model = Bert(len(numbers))
        if options.preset == 'pretrained':
            unlabelled = list(zip(encoded(first), encoded(second)))
            for text in encoded(more):
                for at in range(0, len(text) - HALF - 4, 2 * HALF):
                    unlabelled.append((text[at : at + HALF], text[at + HALF : at + 2 * HALF]))
            found['pretrainingLoss'] = pretrain(model, joined(*zip(*unlabelled)), len(numbers), options.passes)
        recipe = dict(epochs=options.epochs or 5, lr=options.lr or 5e-4, clip=1, decay=0.01)
    else:
        model = PairClassifier(len(numbers), dropout=options.dropout, **PAIRS[options.preset])
        model.embedding.weight.requires_grad_(False)
        lr = options.lr or (5e-4 if options.preset == 'transformer' else 1e-3)
        recipe = dict(epochs=options.epochs or 4, lr=lr, clip=1 if options.preset == 'rnn' else 0)
    logits = fit(model, train, test, **recipe)
    return {**scores(labels_test, logits.argmax(1)), **found}


result = characters() if options.preset == 'char' else paraphrases()
seconds = round(time.time() - start)
print(json.dumps(dict(preset=options.preset, seed=options.seed, **result, seconds=seconds)))
