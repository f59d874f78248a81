"""Writes this folder: a BertForSequenceClassification with random weights under Hugging Face's names, and what it says
of some texts, computed here by the formulas of its documentation in float64. Needs numpy: python3 golden.py"""

import json
import math
import struct

import numpy as np

LABELS = ["world", "sports", "science"]
LAYERS, HIDDEN, HEADS, INNER, EPS = 3, 16, 4, 32, 1e-12
WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + ["w%d" % i for i in range(40)]
TEXTS = [
    ("w1", None),
    ("w3 w3 w39 w0 w7 w12 w5", None),
    ("w8 unknown w9", None),
    ("w10 w11 w12", "w20 w21"),
    (" ".join("w%d" % (7 * i % 40) for i in range(30)), None),
]

random = np.random.default_rng(20260)
weights = {}


def tensor(name, *shape, mean=0.0):
    weights[name] = (mean + 0.3 * random.standard_normal(shape)).astype(np.float32)


def linear(name, out, into):
    tensor(name + ".weight", out, into)
    tensor(name + ".bias", out)


def norm(name):
    tensor(name + ".weight", HIDDEN, mean=1.0)
    tensor(name + ".bias", HIDDEN)


tensor("bert.embeddings.word_embeddings.weight", len(WORDS), HIDDEN)
tensor("bert.embeddings.position_embeddings.weight", 48, HIDDEN)
tensor("bert.embeddings.token_type_embeddings.weight", 2, HIDDEN)
norm("bert.embeddings.LayerNorm")
for i in range(LAYERS):
    layer = "bert.encoder.layer.%d." % i
    for part in ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"]:
        linear(layer + part, HIDDEN, HIDDEN)
    norm(layer + "attention.output.LayerNorm")
    linear(layer + "intermediate.dense", INNER, HIDDEN)
    linear(layer + "output.dense", HIDDEN, INNER)
    norm(layer + "output.LayerNorm")
linear("bert.pooler.dense", HIDDEN, HIDDEN)
linear("classifier", len(LABELS), HIDDEN)


def w(name):
    return weights[name].astype(np.float64)


def apply_linear(name, x):
    return x @ w(name + ".weight").T + w(name + ".bias")


def apply_norm(name, x):
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPS) * w(name + ".weight") + w(name + ".bias")


def gelu(x):
    return x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2)))


def logits(ids, types):
    e = "bert.embeddings."
    x = w(e + "word_embeddings.weight")[ids] + w(e + "token_type_embeddings.weight")[types]
    x = apply_norm(e + "LayerNorm", x + w(e + "position_embeddings.weight")[: len(ids)])
    d = HIDDEN // HEADS
    for i in range(LAYERS):
        layer = "bert.encoder.layer.%d." % i
        q, k, v = [apply_linear(layer + "attention.self." + part, x) for part in ["query", "key", "value"]]
        heads = []
        for h in range(HEADS):
            of = slice(h * d, (h + 1) * d)
            scores = q[:, of] @ k[:, of].T / math.sqrt(d)
            p = np.exp(scores - scores.max(-1, keepdims=True))
            heads.append(p / p.sum(-1, keepdims=True) @ v[:, of])
        attended = apply_linear(layer + "attention.output.dense", np.concatenate(heads, -1))
        x = apply_norm(layer + "attention.output.LayerNorm", attended + x)
        inner = gelu(apply_linear(layer + "intermediate.dense", x))
        x = apply_norm(layer + "output.LayerNorm", apply_linear(layer + "output.dense", inner) + x)
    pooled = np.tanh(apply_linear("bert.pooler.dense", x[0]))
    return apply_linear("classifier", pooled)


def encode(text, pair):
    def words(of):
        return [WORDS.index(word) if word in WORDS else 1 for word in of.split()]

    ids = [2] + words(text) + [3]
    types = [0] * len(ids)
    if pair is not None:
        ids += words(pair) + [3]
        types += [1] * (len(ids) - len(types))
    return ids, types


def save(file):
    header, data, at = {}, b"", 0
    for name, values in weights.items():
        raw = values.tobytes()
        header[name] = {"dtype": "F32", "shape": list(values.shape), "data_offsets": [at, at + len(raw)]}
        data += raw
        at += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(file, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text + data)


save("model.safetensors")
with open("vocab.txt", "w") as out:
    out.write("\n".join(WORDS) + "\n")
with open("config.json", "w") as out:
    json.dump(
        {
            "architectures": ["BertForSequenceClassification"],
            "model_type": "bert",
            "vocab_size": len(WORDS),
            "hidden_size": HIDDEN,
            "num_hidden_layers": LAYERS,
            "num_attention_heads": HEADS,
            "intermediate_size": INNER,
            "hidden_act": "gelu",
            "max_position_embeddings": 48,
            "type_vocab_size": 2,
            "layer_norm_eps": EPS,
            "problem_type": "single_label_classification",
            "id2label": {str(i): label for i, label in enumerate(LABELS)},
            "label2id": {label: i for i, label in enumerate(LABELS)},
        },
        out,
        indent=1,
    )
    out.write("\n")
rows = []
for text, pair in TEXTS:
    ids, types = encode(text, pair)
    rows.append({"text": text, "pair": pair, "input_ids": ids, "logits": [round(v, 7) for v in logits(ids, types)]})
with open("expected.json", "w") as out:
    out.write("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
