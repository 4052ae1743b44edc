"""Makes the golden numbers of the encoders of texts; README.md says what and how."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import (
    AutoConfig,
    AutoModel,
    AutoModelForMaskedLM,
    AutoModelForSequenceClassification,
    AutoTokenizer,
)

HERE = Path(__file__).parent
SHAPE = dict(
    vocab_size=24, hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=12,
    max_position_embeddings=14, pad_token_id=0,
)
SMALL = {
    "bert": SHAPE,
    "distilbert": dict(
        vocab_size=24, dim=8, n_layers=2, n_heads=2, hidden_dim=12, max_position_embeddings=14,
        pad_token_id=0, activation="relu",
    ),
    "roberta": SHAPE | dict(pad_token_id=1, layer_norm_eps=1e-5, type_vocab_size=1),
    "xlm-roberta": SHAPE | dict(pad_token_id=1, layer_norm_eps=1e-5, type_vocab_size=1,
                                hidden_act="gelu_new"),
    "minilm": SHAPE | dict(num_hidden_layers=3, num_attention_heads=4),
}
TEXTS = [[2, 7, 9, 11, 23, 4, 3], [2, 5, 3], [2, 8, 8, 21, 3]]

SENTENCES = [
    "The committee approved the loan on Monday.",
    "She is a surgeon, and he is a nurse.",
    "I am a proud transgender woman!",
    "Why do people say that about immigrants?",
    "Patients over 65 waited 12.5 hours longer.",
    "",
    "no",
    "Café naïve façade Ångström",
    "E-mail me at someone@example.org, please.",
    "他们 went to 北京 in 2019",
    "The quick brown fox jumps over the lazy dog",
    "Sentence\twith\nodd   white space ",
    "UPPER lower MiXeD",
    "antidisestablishmentarianism",
    "emoji 😀 and symbols ± ≤ ∞",
    "The court finds for the plaintiff; costs follow.",
    "don't, won't, can't",
    "a [MASK] in the middle",
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen",
    "Deaf people deserve better subtitles.",
]


def padded(texts, pad):
    width = max(len(text) for text in texts)
    ids = [text + [pad] * (width - len(text)) for text in texts]
    mask = [[1] * len(text) + [0] * (width - len(text)) for text in texts]
    return torch.tensor(ids), torch.tensor(mask)


def randomise(model):
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for _, parameter in sorted(model.named_parameters()):
            parameter.copy_(0.4 * torch.randn(parameter.shape, generator=generator))
    model.tie_weights()
    return model.eval()


def rows(hidden, mask):
    return [row[: int(length)].flatten().tolist() for row, length in zip(hidden, mask.sum(1))]


def write(folder, model, values, safe=True):
    folder.mkdir(parents=True, exist_ok=True)
    model.save_pretrained(folder, safe_serialization=safe)
    (folder / "generation_config.json").unlink(missing_ok=True)
    (folder / "expected.json").write_text(json.dumps({"texts": TEXTS} | values) + "\n")


def small():
    for name, shape in SMALL.items():
        kind = "bert" if name == "minilm" else name
        config = AutoConfig.for_model(kind, **shape)
        ids, mask = padded(TEXTS, config.pad_token_id)
        with torch.no_grad():
            if name == "minilm":
                model = randomise(AutoModel.from_config(config))
                hidden = model(ids, attention_mask=mask).last_hidden_state
                weight = mask[:, :, None]
                mean = (hidden * weight).sum(1) / weight.sum(1)
                write(HERE / name / "encoder", model,
                      {"hidden": rows(hidden, mask), "mean": mean.flatten().tolist()})
                continue
            masked = randomise(AutoModelForMaskedLM.from_config(config))
            logits = masked(ids, attention_mask=mask).logits
            values = {"token_logits": rows(logits, mask)}
            write(HERE / name / "masked-language", masked, values)
            if name == "bert":
                write(HERE / name / "pickled", masked, values, safe=False)
            config.num_labels = 3
            model = randomise(AutoModelForSequenceClassification.from_config(config))
            output = model(ids, attention_mask=mask, output_hidden_states=True)
            write(HERE / name / "classification", model, {
                "hidden": rows(output.hidden_states[-1], mask),
                "logits": output.logits.flatten().tolist(),
            })


def minilm(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    batch = tokenizer(SENTENCES, padding=True, truncation=True, return_tensors="pt")
    with torch.no_grad():
        hidden = model(**batch).last_hidden_state
    mask = batch["attention_mask"].bool()
    ids = [row[keep].tolist() for row, keep in zip(batch["input_ids"], mask)]
    name = "all-MiniLM-L6-v2"
    (HERE / f"{name}.json").write_text(
        json.dumps({"sentences": SENTENCES, "ids": ids}, ensure_ascii=False, indent=1) + "\n"
    )
    save_file({"hidden": hidden[mask][:, ::8].contiguous()}, HERE / f"{name}.safetensors")


if __name__ == "__main__":
    if sys.argv[1:] == ["small"]:
        small()
    elif sys.argv[1:2] == ["minilm"] and len(sys.argv) == 3:
        minilm(sys.argv[2])
    else:
        sys.exit(__doc__)
