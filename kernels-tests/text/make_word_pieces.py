"""Writes what Hugging Face's tokenizers make of awkward texts, for the tests to compare with.

    python3 kernels-tests/text/make_word_pieces.py

It needs the package `tokenizers` (pip install tokenizers; 0.23.2 wrote what is kept) and writes word-pieces.json beside
itself: a small vocabulary, and of each text its pieces, uncased and cased; of pairs ids and types, cut to a length.
"""
import json
import pathlib

import tokenizers
from tokenizers import BertWordPieceTokenizer

WORDS = """the a an of and to in was he she it un ##aff ##able ##ly run ##ning runs walk ##ed ##s ##ing jump do don not
    cafe caf ##e naive na ##ive co ##oper ##ate ub ##er str ##asse 1 2 5 ##5 ##0 20 ##00 $ . , ! ? ' " - _ @ # % & ( ) [ ] / : ;
    ~ ` ^ | < > = + * { } \\ s t ll re wor ##ld world hello Hello HELLO H ##ello Cafe Café café é ##é
    中 国 人 日 本 に ほ ん ##ほ ##ん i ##i İ ı ß ss Ω ω ά α — … “ ” ’ 。 、 € £ ° ² ½ ﬁ fi ##fi""".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + list(dict.fromkeys(WORDS))

TEXTS = [
    "The man was unaffable, and running.",
    "HELLO   hello\tHello\nworld",
    "",
    "   ",
    "don't he'll it's",
    "café Café CAFÉ naïve coöperate über Straße",
    "cafe\u0301 decomposed",
    "中国人walked日本 にほん",
    "$2.50 20% #1 a@a a_a (a) [a] {a} <a> a/a a\\a a|a ~a `a ^a a=a+a*a",
    "“the” — he… ’s",
    "the\u00a0world\u2003the\u3000world",
    "he\u0000\ufffd\u200b\u00adllo wo\u0007rld",
    "zero\u200djoiner \u202ewalk",
    "emoji 😀 the",
    "a" * 100,
    "a" * 101,
    "i" * 100,
    "i" * 101,
    "İi ıI ß Ω Ά ﬁ ² ½ € £ °",
    "。、the。",
    "[CLSX the [ SEP ]",
]

PAIRS = [
    ["the world", "hello world"],
    ["the man was running and he walks", "hello"],
    ["hello", "the man was running and he walks in the world"],
    ["", ""],
]
LENGTH = 12


def tokenizer(lowercase):
    return BertWordPieceTokenizer(
        {token: index for index, token in enumerate(VOCABULARY)}, lowercase=lowercase, strip_accents=lowercase
    )


def pair(first, second):
    pieces = tokenizer(True)
    pieces.enable_truncation(LENGTH)
    pieces.enable_padding(length=LENGTH)
    encoding = pieces.encode(first, second)
    return {"first": first, "second": second, "ids": encoding.ids, "types": encoding.type_ids}


if __name__ == "__main__":
    texts = [
        {
            "text": text,
            "uncased": tokenizer(True).encode(text, add_special_tokens=False).tokens,
            "cased": tokenizer(False).encode(text, add_special_tokens=False).tokens,
        }
        for text in TEXTS
    ]
    out = {
        "tokenizers": tokenizers.__version__,
        "vocabulary": VOCABULARY,
        "length": LENGTH,
        "texts": texts,
        "pairs": [pair(*each) for each in PAIRS],
    }
    path = pathlib.Path(__file__).with_name("word-pieces.json")
    path.write_text(json.dumps(out, ensure_ascii=True, indent=None, separators=(",", ":")) + "\n")
