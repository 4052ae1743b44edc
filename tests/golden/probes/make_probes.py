"""Makes two small models, and what transformers says of them to every probe; README.md says how.

    python make_probes.py DATA

DATA is the folder that holds `corpora_nltk`, whose words are the vocabulary.
"""

import csv
import difflib
import io
import json
import re
import sys
import zipfile
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import torch
from transformers import (
    AutoModel,
    AutoTokenizer,
    BertConfig,
    BertForMaskedLM,
    BertForSequenceClassification,
    BertTokenizerFast,
)

HERE = Path(__file__).parent
MADE_UP = HERE / "data"
PRONOUNS = {"he", "him", "his", "himself", "she", "her", "hers", "herself"}
torch.set_num_threads(2)


# === The models ===


def randomised(model, seed, scale):
    """Weights far from 0, so that answers differ; half precision keeps the files small."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            drawn = scale * torch.randn(parameter.shape, generator=generator)
            norm = "LayerNorm.weight" in name
            parameter.copy_((1 + 0.1 * drawn if norm else drawn).half().float())
    model.tie_weights()
    return model.eval()


def vocabulary(data):
    """The most frequent words of the speeches, and pieces and letters for all others; ties by name."""
    counts = Counter()
    for name in ("state_union", "inaugural"):
        with zipfile.ZipFile(data / "corpora_nltk" / f"{name}.zip") as archive:
            for file in sorted(archive.namelist()):
                if file.endswith(".txt"):
                    counts.update(re.findall("[a-z]+", archive.read(file).decode("latin-1").lower()))

    def most(counter, number):
        return [key for key, _ in sorted(counter.items(), key=lambda item: (-item[1], item[0]))[:number]]

    words = [word for word in most(counts, 800) if len(word) > 1]
    begins, pieces = Counter(), Counter()
    for word, count in counts.items():
        for length in (2, 3, 4):
            begins[word[:length]] += count * length * (len(word) > length)
            for at in range(1, len(word) - length + 1):
                pieces["##" + word[at : at + length]] += count * length
    letters = [chr(code) for code in range(33, 127) if not chr(code).isupper()]
    tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]
    tokens += ["##" + letter for letter in letters if letter.isalnum()]
    tokens += words + most(begins, 150) + most(pieces, 350)
    return list(dict.fromkeys(tokens))


def make_models(data):
    words = vocabulary(data)
    shape = dict(
        vocab_size=len(words), hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
        intermediate_size=64, max_position_embeddings=256,
    )
    for name, model in [
        ("masked", randomised(BertForMaskedLM(BertConfig(**shape)), 3, 0.35)),
        ("classifier", randomised(BertForSequenceClassification(
            BertConfig(**shape, id2label={0: "fine", 1: "harmful"})), 5, 0.35)),
    ]:
        folder = HERE / name
        folder.mkdir(exist_ok=True)
        model.half().save_pretrained(folder)
        (folder / "generation_config.json").unlink(missing_ok=True)
        (folder / "vocab.txt").write_text("\n".join(words) + "\n", encoding="utf-8")


def tokenizer_of(folder):
    if (folder / "tokenizer.json").exists():
        return AutoTokenizer.from_pretrained(folder)
    return BertTokenizerFast(vocab_file=str(folder / "vocab.txt"))


# === How likely words are ===


class Masked:
    def __init__(self, folder):
        self.tokenizer = tokenizer_of(folder)
        self.model = BertForMaskedLM.from_pretrained(folder, torch_dtype=torch.float32).eval()

    def ask(self, queries):
        """`ln p` of the tokens at some positions of each text, each with that token alone masked."""
        rows = []
        for number, (ids, positions) in enumerate(queries):
            for nth, position in enumerate(positions):
                masked = list(ids)
                masked[position] = self.tokenizer.mask_token_id
                rows.append((masked, position, ids[position], number, nth))
        rows.sort(key=lambda row: len(row[0]))
        answers = [[0.0] * len(positions) for _, positions in queries]
        for start in range(0, len(rows), 256):
            batch = rows[start : start + 256]
            width = max(len(row[0]) for row in batch)
            ids = torch.tensor([row[0] + [0] * (width - len(row[0])) for row in batch])
            mask = torch.tensor([[1] * len(row[0]) + [0] * (width - len(row[0])) for row in batch])
            with torch.no_grad():
                hidden = self.model.bert(ids, attention_mask=mask).last_hidden_state
                hidden = hidden[range(len(batch)), [row[1] for row in batch]]
                logits = torch.log_softmax(self.model.cls(hidden), dim=-1)
            for row, values in zip(batch, logits):
                answers[row[3]][row[4]] = float(values[row[2]])
        return answers

    def means(self, texts):
        """The mean of `ln p` of the tokens within some ranges of characters of each text."""
        queries = []
        for text, ranges in texts:
            encoded = self.tokenizer(text, return_offsets_mapping=True)
            positions = [
                at for at, (low, high) in enumerate(encoded["offset_mapping"])
                if high > low and any(low < end and start < high for start, end in ranges)
            ]
            queries.append((encoded["input_ids"], positions))
        return [float(np.mean(values)) for values in self.ask(queries)]


def crows_pairs(masked, text):
    pairs = list(csv.DictReader(io.StringIO(text)))
    queries = []
    for pair in pairs:
        ids = [masked.tokenizer(pair[side])["input_ids"] for side in ("sent_more", "sent_less")]
        matcher = difflib.SequenceMatcher(None, *[[str(i) for i in side] for side in ids])
        equal = [[], []]
        for tag, i, i_end, j, j_end in matcher.get_opcodes():
            if tag == "equal":
                equal[0] += range(i, i_end)
                equal[1] += range(j, j_end)
        for side, positions in zip(ids, equal):
            queries.append((side, [at for at in positions if 0 < at < len(side) - 1]))
    sums = [round(sum(values), 3) for values in masked.ask(queries)]
    hits = defaultdict(list)
    for pair, more, less in zip(pairs, sums[::2], sums[1::2]):
        subsets = [{}, {"direction": pair["stereo_antistereo"]}, {"bias_type": pair["bias_type"]}]
        for subset in subsets:
            hits[json.dumps(subset)].append(more > less)
    return [record("crows-pairs", "stereotype_score", subset, values) for subset, values in hits.items()]


def stereoset(masked, text):
    data = json.loads(text)["data"]
    texts, keys = [], []
    for task in ("intrasentence", "intersentence"):
        for example in data[task]:
            by_label = {s["gold_label"]: s["sentence"] for s in example["sentences"]}
            for label in ("stereotype", "anti-stereotype", "unrelated"):
                sentence, context = by_label[label], example["context"]
                if task == "intersentence":
                    whole = f"{context} {sentence}"
                    texts.append((whole, [(len(context) + 1, len(whole))]))
                    continue
                blanks = context.count("BLANK")
                width = (len(sentence) - len(context) + 5 * blanks) // blanks
                ranges, at = [], 0
                for part in context.split("BLANK")[:-1]:
                    at += len(part)
                    ranges.append((at, at + width))
                    at += width
                texts.append((sentence, ranges))
            keys.append((task, example["bias_type"], example["target"]))
    scores = np.array(masked.means(texts)).reshape(-1, 3)
    subsets = defaultdict(lambda: defaultdict(list))
    for (task, bias, target), (stereo, other, unrelated) in zip(keys, scores):
        for subset in ({}, {"task": task}, {"task": task, "bias_type": bias}):
            subsets[json.dumps(subset)][target].append(
                (stereo > other, [stereo > unrelated, other > unrelated]))
    records = []
    for subset, targets in subsets.items():
        ss = float(np.mean([np.mean([s for s, _ in own]) for own in targets.values()]))
        lms = float(np.mean([np.mean([m for _, m in own]) for own in targets.values()]))
        values = {"language_model_score": lms, "stereotype_score": ss,
                  "idealized_cat": lms * min(ss, 1 - ss) / 0.5}
        records += [dict(probe="stereoset", measure=name, subset=json.loads(subset), value=value)
                    for name, value in values.items()]
    return records


def winobias(masked, folder):
    def parse(line):
        line = re.sub(r"^\s*\d+\s*", "", line.strip())
        text, ranges = "", []
        for part in re.split(r"(\[[^\]]*\])", line):
            if part.startswith("["):
                if part[1:-1].lower() in PRONOUNS:
                    ranges.append((len(text), len(text) + len(part) - 2))
                part = part[1:-1]
            text += part
        rest, at = [], 0
        for low, high in ranges:
            rest.append(text[at:low])
            at = high
        gender = {text[a:b].lower() in ("he", "him", "his", "himself") for a, b in ranges}
        return text, ranges, rest + [text[at:]], gender

    texts, kinds = [], []
    for kind in ("type1", "type2"):
        for part in ("dev", "test"):
            files = [folder / f"{side}_stereotyped_{kind}.txt.{part}" for side in ("pro", "anti")]
            if not files[0].exists():
                continue
            lines = [file.read_text(encoding="utf-8").splitlines() for file in files]
            for pro, anti in zip(*lines):
                pro, anti = parse(pro), parse(anti)
                fits = pro[2] == anti[2] and len(pro[3]) == len(anti[3]) == 1 and pro[3] != anti[3]
                if fits:
                    texts += [pro[:2], anti[:2]]
                    kinds.append((kind, "male" if True in pro[3] else "female"))
    means = masked.means(texts)
    hits, odds = defaultdict(list), defaultdict(list)
    for (kind, gender), pro, anti in zip(kinds, means[::2], means[1::2]):
        for subset in ({}, {"kind": kind}, {"stereotype": gender}):
            hits[json.dumps(subset)].append(pro > anti)
            odds[json.dumps(subset)].append(pro - anti)
    return [record("winobias", name, subset, values)
            for name, all_ in (("stereotype_score", hits), ("log_odds", odds))
            for subset, values in all_.items()]


# === Where sentences lie ===


def association(folder, files):
    tokenizer = tokenizer_of(folder)
    model = AutoModel.from_pretrained(folder, torch_dtype=torch.float32).eval()

    def directions(texts):
        vectors = []
        for text in texts:
            batch = tokenizer(text, return_tensors="pt", truncation=True,
                              max_length=model.config.max_position_embeddings)
            with torch.no_grad():
                vector = model(**batch).last_hidden_state[0].double().mean(0).numpy()
            vectors.append(vector / np.linalg.norm(vector))
        return np.array(vectors)

    records = []
    for file in files:
        test = json.loads(file.read_text(encoding="utf-8"))
        x, y, a, b = (directions(test[key]["examples"]) for key in ("targ1", "targ2", "attr1", "attr2"))
        sx, sy = ((side @ a.T).mean(1) - (side @ b.T).mean(1) for side in (x, y))
        size = float((sx.mean() - sy.mean()) / np.std(np.concatenate([sx, sy]), ddof=1))
        records.append(dict(probe="association", measure="effect_size",
                            subset={"test": file.name.removesuffix(".jsonl")}, value=size))
    return records


# === What it decides ===


def templates(folder, probe, rows):
    """Rows are texts with a label and their attributes."""
    tokenizer = tokenizer_of(folder)
    model = BertForSequenceClassification.from_pretrained(folder, torch_dtype=torch.float32).eval()
    decided = []
    for start in range(0, len(rows), 256):
        batch = tokenizer([row[0] for row in rows[start : start + 256]], return_tensors="pt",
                          padding=True, truncation=True, max_length=256)
        with torch.no_grad():
            decided += (torch.softmax(model(**batch).logits, -1)[:, 1] >= 0.5).tolist()
    rates = defaultdict(lambda: ([], [], []))
    for (_, label, attributes), found in zip(rows, decided):
        for subset in [{}, *({name: value} for name, value in attributes.items())]:
            accuracy, false, true = rates[json.dumps(subset)]
            accuracy.append(found == label)
            (true if label else false).append(found)
    names = ("accuracy", "false_positive_rate", "true_positive_rate")
    return [record(probe, name, subset, values) for subset, all_ in rates.items()
            for name, values in zip(names, all_) if values]


def hatecheck(folder, text):
    return templates(folder, "hatecheck", [
        (row["test_case"], row["label_gold"] == "hateful",
         {"target_ident": row["target_ident"] or "(none)", "functionality": row["functionality"]})
        for row in csv.DictReader(io.StringIO(text))
    ])


def identity_templates(folder, text):
    """By template alone: which term stands in a phrase is the business of the lexicon."""
    return templates(folder, "identity-templates", [
        (row["phrase"], row["toxicity"] == "toxic", {"template": row["template"]})
        for row in csv.DictReader(io.StringIO(text))
    ])


def record(probe, measure, subset, values):
    return dict(probe=probe, measure=measure, subset=json.loads(subset), value=float(np.mean(values)))


def read(path):
    return path.read_text(encoding="utf-8-sig")


def answers(paths):
    masked, classifier = Masked(HERE / "masked"), HERE / "classifier"
    tests = sorted(paths["association"].glob("*.jsonl"))
    return {
        "masked": crows_pairs(masked, read(paths["crows-pairs"]))
        + stereoset(masked, read(paths["stereoset"]))
        + winobias(masked, paths["winobias"])
        + association(HERE / "masked", tests),
        "classifier": hatecheck(classifier, read(paths["hatecheck"]))
        + identity_templates(classifier, read(paths["identity-templates"])),
    }


def write(name, values):
    lines = [f" {json.dumps(model)}: [\n  " + ",\n  ".join(map(json.dumps, records)) + "\n ]"
             for model, records in values.items()]
    (HERE / name).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def main(data):
    make_models(data)
    write("made_up.json", answers({
        "crows-pairs": MADE_UP / "crows-pairs/crows_pairs_anonymized.csv",
        "stereoset": MADE_UP / "stereoset/dev.json",
        "winobias": MADE_UP / "winobias",
        "association": MADE_UP / "seat-weat",
        "hatecheck": MADE_UP / "hatecheck/test_suite_cases.csv",
        "identity-templates": MADE_UP / "identity-templates/en_sentence_templates.csv",
    }))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
