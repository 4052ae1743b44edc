"""Draws a balanced part of the identity templates of Dixon et al. 2018.

    python datasets/make_identity_templates.py en_sentence_templates.csv identity-templates.csv

The original has one row for each name, adjective and identity; names tell nothing, so two are
drawn for each adjective and identity, and every identity gets the same sentences, as many toxic
as not. Columns: `text`, `label`, `identity` and `adjective`, which says what belongs together in
a split. The file may be compressed (`.gz`). Needs Python alone.
"""

import csv
import gzip
import random
import sys

# How the originals go: who or what, then the adjective, then the identity.
FORMS = {"name_adj": " is a ", "being_adj": "being ", "you_are_adj": "You are a "}


def parts(row):
    """The beginning, the adjective and the identity of a sentence."""
    before, form, rest = row["phrase"].partition(FORMS[row["template"]])
    adjective, _, identity = rest.partition(" ")
    return before + form, adjective, identity


def main(source, target):
    opened = gzip.open if source.endswith(".gz") else open
    with opened(source, "rt", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["template"] == "name_adj"]
    labels, names, identities = {}, set(), set()
    for row in rows:
        name, adjective, identity = parts(row)
        labels[adjective] = row["toxicity"]
        names.add(name)
        identities.add(identity)
    names = sorted(names)
    draw = random.Random(1)
    with open(target, "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["text", "label", "identity", "adjective"])
        for adjective in sorted(labels):
            beginnings = draw.sample(names, 2)
            for beginning in beginnings:
                for identity in sorted(identities):
                    text = f"{beginning}{adjective} {identity}"
                    out.writerow([text, labels[adjective], identity, adjective])
    print(f"{len(labels)} adjectives, {len(identities)} identities, {2 * len(labels) * len(identities)} rows")


if __name__ == "__main__":
    main(*sys.argv[1:])
