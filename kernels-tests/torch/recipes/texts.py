"""The data of the RNN lab's presets, read and encoded as src/text and demos/rnn do it."""
import re
import unicodedata
from collections import Counter

import torch

PAD, UNKNOWN, CLS, SEP, MASK = range(5)
SPECIALS = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]']
WORD = re.compile(r"<[^\W\d_]+>|['’](?:s|re|ve|ll|d|m)(?![^\W_])|\d+(?:[.,:]\d+)*|\w+(?:['’]t)?|\S")


def words(sentence):
    return WORD.findall(unicodedata.normalize('NFC', sentence).lower())


def mrpc(folder, part):
    """Words of the first sentences and of the second, and labels."""
    with open(f'{folder}/msr_paraphrase_{part}.txt', encoding='utf-8-sig') as file:
        rows = [line.split('\t') for line in file.read().split('\n')[1:] if line]
    labels = torch.tensor([int(row[0]) for row in rows])
    return [words(row[3]) for row in rows], [words(row[4]) for row in rows], labels


def wikitext(file):
    """Paragraphs with their unknown words as [UNK]."""
    with open(file, encoding='utf-8') as text:
        lines = [line for line in text if len(line.strip()) > 40 and not line.startswith(' =')]
    plain = [re.sub(r' @([,.])@ ', r'\1', line.replace(' @-@ ', '-')) for line in lines]
    return [['[UNK]' if word == '<unk>' else word for word in words(line)] for line in plain]


def vocabulary(texts, specials, least, most):
    """Numbers of the words that are there at least `least` times, the most frequent first."""
    counts = Counter(word for text in texts for word in text if word not in specials)
    often = sorted((word for word in counts if counts[word] >= least), key=lambda word: (-counts[word], word))
    return {word: number for number, word in enumerate([*specials, *often[: most - len(specials)]])}


def side_by_side(first, second, length=40):
    """[pairs, 2, length]: a sentence a row, cut and padded."""
    ids = torch.zeros(len(first), 2, length, dtype=torch.long)
    for at, pair in enumerate(zip(first, second)):
        for row, sentence in enumerate(pair):
            ids[at, row, : len(sentence[:length])] = torch.tensor(sentence[:length])
    return ids


def joined(first, second, length=56):
    """[pairs, 2, length]: ids of [CLS] first [SEP] second [SEP], and which of the two a place is in."""
    ids = torch.zeros(len(first), 2, length, dtype=torch.long)
    for at, (one, other) in enumerate(zip(first, second)):
        m, n = len(one), len(other)
        while m + n + 3 > length:
            if m > n:
                m -= 1
            else:
                n -= 1
        row = [CLS, *one[:m], SEP, *other[:n], SEP]
        ids[at, 0, : len(row)] = torch.tensor(row)
        ids[at, 1, m + 2 : m + n + 3] = 1
    return ids


def windows(ids, length):
    """[windows, length] of characters, and each one's next."""
    count = (len(ids) - 1) // length
    return ids[: count * length].view(count, length), ids[1 : count * length + 1].view(count, length)
