"""Opens two folders of a model of texts with transformers, and compares what they compute.

    python tests/peers/compare_text_models.py ORIGINAL SAVED

Prints the largest differences of hidden states and, where both have the head, of logits; above
1e-5, or where a weight is missing or too many, it ends with exit code 1.
"""

import sys
from importlib.metadata import version

import torch
from transformers import AutoConfig, AutoModel, AutoModelForSequenceClassification


def load(kind, folder):
    model, report = kind.from_pretrained(folder, output_loading_info=True)
    return model.eval(), report["missing_keys"], report["unexpected_keys"]


def main(original, saved):
    config = AutoConfig.from_pretrained(saved)
    generator = torch.Generator().manual_seed(1)
    ids = torch.randint(5, config.vocab_size, (8, 10), generator=generator)
    mask = torch.ones_like(ids)
    for row in range(8):
        mask[row, 10 - row :] = 0
    keep = mask.bool()
    bad = False
    kinds = [AutoModel]
    if AutoConfig.from_pretrained(original).architectures == config.architectures:
        kinds.append(AutoModelForSequenceClassification)
    for kind in kinds:
        (left, _, _), (right, missing, unexpected) = load(kind, original), load(kind, saved)
        missing = [name for name in missing if "pooler" not in name]
        if kind is AutoModel:
            unexpected = [name for name in unexpected if "classifier" not in name]
        with torch.no_grad():
            left, right = (model(ids, attention_mask=mask)[0] for model in (left, right))
        if kind is AutoModel:
            left, right = left[keep], right[keep]
        difference = (left - right).abs().max().item()
        print(
            f"transformers {version('transformers')}, {kind.__name__}: largest difference "
            f"{difference:.1e} over {left.numel()} numbers, missing {missing}, "
            f"unexpected {unexpected}"
        )
        bad |= difference > 1e-5 or bool(missing) or bool(unexpected)
    return bad


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
