"""Opens the folder of a model of texts with transformers, and compares its outputs.

    python tests/peers/check_text_model.py MODEL_FOLDER PREDICTIONS.parquet TEXTS.csv TEXT_COLUMN

The predictions are those that the run wrote beside the model, and their `id` is the row in the
file of texts. Prints the largest difference of a score; above 1e-5 it ends with exit code 1.
"""

import json
import sys
from importlib.metadata import version
from pathlib import Path

import polars as pl
import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

ROWS = 256


def logits(folder, manifest, batch):
    if manifest["pooling"] == "cls":
        model, report = AutoModelForSequenceClassification.from_pretrained(
            folder, output_loading_info=True
        )
        assert not report["missing_keys"] and not report["unexpected_keys"], report
        return model.eval()(**batch).logits
    model = AutoModel.from_pretrained(folder).eval()
    hidden = model(**batch).last_hidden_state
    weight = batch["attention_mask"][:, :, None]
    mean = (hidden * weight).sum(1) / weight.sum(1)
    tensors = load_file(folder / "model.safetensors")
    name = "classifier.out_proj" if "classifier.out_proj.weight" in tensors else "classifier"
    return mean @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]


def main(folder, predictions, texts, column):
    folder = Path(folder)
    manifest = json.loads((folder / "model.json").read_text())
    rows = pl.read_parquet(predictions).filter(pl.col("split") == "test").head(ROWS)
    texts = pl.read_csv(texts)[column]
    tokenizer = AutoTokenizer.from_pretrained(folder)
    batch = tokenizer(
        [texts[row] for row in rows["id"]],
        padding=True, truncation=True, max_length=manifest["window"], return_tensors="pt",
    )
    batch.pop("token_type_ids", None)
    with torch.no_grad():
        scores = torch.sigmoid(logits(folder, manifest, batch)[:, 0].double()).numpy()
    difference = abs(scores - rows["score"].to_numpy()).max()
    print(
        f"transformers {version('transformers')}: {len(rows)} texts, "
        f"largest difference of a score {difference:.1e}"
    )
    return difference > 1e-5


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
