"""Write the README of every data set, and the table in datasets/README.md, from the cards.

    python datasets/render_cards.py           # writes
    python datasets/render_cards.py --check   # exits with 1 when a file is not up to date

Needs Python 3.11 and nothing else. `card.toml` is the source; the READMEs are for people.
"""

import argparse
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
OVERVIEW = HERE / "README.md"
TABLE_START = "<!-- The table is written by render_cards.py. -->"
TABLE_END = "<!-- End of the table. -->"


def percent(part: int, whole: int) -> str:
    return f"{part / whole:.1%}"


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def bullets(texts: list[str]) -> str:
    return "\n".join(f"* {text}" for text in texts)


def groups(card: dict) -> str:
    rows = []
    for group in card["groups"]:
        for value in group["values"]:
            name = f"`{value['value']}`"
            if "means" in value:
                name += f" ({value['means']})"
            rate = percent(value["positives"], value["count"])
            rows.append([f"`{group['column']}`", name, f"{value['count']:,}", rate])
    return table(["attribute", "group", "rows", "base rate"], rows)


def files(card: dict) -> str:
    parts = []
    if "shipped" in card:
        shipped = card["shipped"]
        parts.append(
            f"* Here: `{shipped['file']}`, {card['rows']:,} rows, {shipped['bytes']:,} bytes, "
            f"SHA-256 `{shipped['sha256']}`"
        )
    original = card["original"]
    parts.append(
        f"* Original: <{original['address']}>, {original['bytes']:,} bytes, "
        f"SHA-256 `{original['sha256']}`. {original['format']} "
        f"`equipoise data get {card['name']}` downloads {'all' if 'beside' in original else 'it'}."
    )
    parts += [
        f"* Beside it: `{file['file']}`, {file['bytes']:,} bytes, SHA-256 `{file['sha256']}`"
        for file in original.get("beside", [])
    ]
    return "\n".join(parts)


def facts(card: dict) -> str:
    lines = [
        f"Domain: {card['domain']}",
        f"Licence: {card['licence']}",
        f"Rows: {card['rows']:,}",
    ]
    if "label" in card:
        label = card["label"]
        lines.append(
            f"Label: `{label['column']}`: {label['meaning']}. Positive is `{label['positive']}` "
            f"({label['positives']:,} rows, {percent(label['positives'], card['rows'])})"
        )
    if "probe" in card:
        lines.append(f"Asked by: `equipoise probe --probe {card['probe']}`")
    else:
        excluded = ", ".join(f"`{name}`" for name in card["exclude"])
        lines.append(
            f"No feature should be made of: {excluded or 'nothing but the label and the groups'}"
        )
    return bullets(lines)


def readme(card: dict) -> str:
    sections = [
        "<!-- Written by render_cards.py from card.toml: change that file. -->",
        f"# {card['title']}",
        card["summary"],
        facts(card),
    ]
    if card["groups"]:
        sections += [
            "## Groups",
            "The base rate is the share of rows with the positive label.",
            groups(card),
        ]
    sections += [
        "## Known harms",
        bullets(card["harms"]),
        "## Limits",
        bullets(card["limits"]),
        "## How the file was made",
        card["made"],
    ]
    if "columns" in card:
        rows = [[f"`{column['name']}`", column["meaning"]] for column in card["columns"]]
        sections += ["## Columns", table(["column", "meaning"], rows)]
    sections += ["## Files", files(card), "## Citation", card["citation"] + "."]
    return "\n\n".join(sections) + "\n"


def predicts(card: dict) -> str:
    if "label" not in card:
        return "nothing: a probe"
    label = card["label"]
    rate = percent(label["positives"], card["rows"])
    return f"`{label['column']}` = `{label['positive']}` ({rate})"


def overview(cards: list[dict]) -> str:
    rows = []
    for card in cards:
        attributes = ", ".join(f"`{group['column']}`" for group in card["groups"])
        rows.append(
            [
                f"[{card['name']}]({card['name']}/README.md)",
                card["title"],
                card["domain"],
                f"{card['rows']:,}",
                predicts(card),
                attributes or "none",
                "here" if "shipped" in card else "`data get`",
            ]
        )
    head = ["name", "title", "domain", "rows", "positive label (base rate)", "groups", "file"]
    before, rest = OVERVIEW.read_text(encoding="utf-8").split(TABLE_START)
    _, after = rest.split(TABLE_END)
    return f"{before}{TABLE_START}\n\n{table(head, rows)}\n\n{TABLE_END}{after}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="write nothing")
    arguments = parser.parse_args()

    cards = [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(HERE.glob("*/card.toml"))
    ]
    cards.sort(key=lambda card: ("shipped" not in card, card["name"]))
    texts = {HERE / card["name"] / "README.md": readme(card) for card in cards}
    texts[OVERVIEW] = overview(cards)

    stale = [
        path
        for path, text in texts.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    for path in stale:
        if arguments.check:
            print(f"{path.relative_to(HERE)} is not up to date", file=sys.stderr)
        else:
            path.write_text(texts[path], encoding="utf-8")
    if arguments.check and stale:
        sys.exit("run: python datasets/render_cards.py")


if __name__ == "__main__":
    main()
