"""Lays out the texts of `configs/pretrain-text.toml` as files of plain text.

    EQUIPOISE_DATA=... python datasets/lay_out_corpora.py corpora

`EQUIPOISE_DATA` has `corpora_nltk/*.zip`, as https://github.com/nltk/nltk_data packs them, and
`wikitext2_valid_test/valid.txt.gz`, of the language models of https://github.com/pytorch/examples.
What is written does not ship: each corpus has a licence of its own.

    train/*.txt              English texts to learn from, one document between two blank lines
    wikitext-2-valid.txt     the validation part of WikiText-2 (CC BY-SA 3.0)
"""

import gzip
import os
import re
import sys
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path


def decoded(data: bytes) -> str:
    """Older files are not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def paragraphs(text: str) -> list[str]:
    return re.split(r"\n\s*\n", text.replace("\r\n", "\n"))


def whole(text: str) -> list[str]:
    return [text]


def scenes(text: str) -> list[str]:
    """The speeches of each scene of a play, without their speakers."""
    return [
        "\n".join("".join(line.itertext()) for line in scene.iter("LINE"))
        for scene in ElementTree.fromstring(text).iter("SCENE")
    ]


# Corpus, files in it, and how a file is cut into documents.
CORPORA = [
    ("movie_reviews", r"\.txt$", whole),
    ("sentence_polarity", r"\.(pos|neg)$", str.splitlines),
    ("state_union", r"\.txt$", paragraphs),
    ("inaugural", r"\.txt$", paragraphs),
    ("genesis", r"/english-.*\.txt$", paragraphs),
    ("shakespeare", r"\.xml$", scenes),
]


def write(path: Path, documents: list[str]) -> None:
    # No blank line within a document: it would end there.
    lines = (re.sub(r"\s*\n\s*", "\n", document.strip()) for document in documents)
    kept = [document for document in lines if document]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n\n".join(kept) + "\n", encoding="utf-8")
    words = sum(len(document.split()) for document in kept)
    print(f"{path}: {len(kept)} documents, {words} words")


def main(data: Path, out: Path) -> None:
    for name, files, cut in CORPORA:
        documents = []
        with zipfile.ZipFile(data / "corpora_nltk" / f"{name}.zip") as archive:
            for member in sorted(archive.namelist()):
                if re.search(files, member) and not member.endswith("README.txt"):
                    documents += cut(decoded(archive.read(member)))
        write(out / "train" / f"{name}.txt", documents)
    with gzip.open(data / "wikitext2_valid_test" / "valid.txt.gz") as file:
        # What the vocabulary of WikiText lacks is no word to guess.
        text = file.read().decode("utf-8").replace("<unk>", "[UNK]")
    write(out / "wikitext-2-valid.txt", paragraphs(text))


if __name__ == "__main__":
    if len(sys.argv) != 2 or "EQUIPOISE_DATA" not in os.environ:
        sys.exit(__doc__)
    main(Path(os.environ["EQUIPOISE_DATA"]), Path(sys.argv[1]))
