"""Make the Parquet files that ship with the project, from the PyPI package `fairness` 0.1.8.

    python -m venv venv
    venv/bin/pip install -r datasets/requirements.txt
    venv/bin/python datasets/make.py             # writes datasets/*/*.parquet
    venv/bin/python datasets/make.py --measure   # prints the measured lines of the cards

The same package and the same version of pyarrow give the same bytes: no clock, no random step,
rows in the order of the source. Afterwards every file is compared with the SHA-256 in its card.
"""

import argparse
import csv
import hashlib
import io
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

HERE = Path(__file__).resolve().parent
PACKAGE = "fairness==0.1.8"
PACKAGE_SHA256 = "7f21cf0943f2a6fef7f7597eb99461bd4b2f7a26fe9810964675496cde6992e1"

Row = dict[str, str]
Columns = dict[str, list[str | int | None]]

ADULT_NUMBERS = [
    "age",
    "fnlwgt",
    "education-num",
    "capital-gain",
    "capital-loss",
    "hours-per-week",
]

# The names of the source on the left, ours on the right, in our order. `personal_status` is
# decoded into two columns.
GERMAN_NUMBERS = {
    "age": "age",
    "month": "duration_months",
    "credit_amount": "credit_amount",
    "investment_as_income_percentage": "installment_rate",
    "residence_since": "residence_since",
    "number_of_credits": "existing_credits",
    "people_liable_for": "dependants",
}
GERMAN_TEXTS = {
    "status": "checking_account",
    "credit_history": "credit_history",
    "purpose": "purpose",
    "savings": "savings",
    "employment": "employed_since",
    "other_debtors": "other_debtors",
    "property": "property",
    "installment_plans": "other_installment_plans",
    "housing": "housing",
    "skill_level": "job",
    "telephone": "telephone",
    "foreign_worker": "foreign_worker",
}
# After the code table that comes with the data (`german.txt`).
GERMAN_CODES = {
    "A11": "below 0 DM",
    "A12": "0 to 200 DM",
    "A13": "200 DM or more, or salary for a year",
    "A14": "no checking account",
    "A30": "no credits, or all paid back duly",
    "A31": "all credits at this bank paid back duly",
    "A32": "existing credits paid back duly till now",
    "A33": "delay in paying off in the past",
    "A34": "critical account, or credits at other banks",
    "A40": "car (new)",
    "A41": "car (used)",
    "A42": "furniture or equipment",
    "A43": "radio or television",
    "A44": "domestic appliances",
    "A45": "repairs",
    "A46": "education",
    "A48": "retraining",
    "A49": "business",
    "A410": "other",
    "A61": "below 100 DM",
    "A62": "100 to 500 DM",
    "A63": "500 to 1000 DM",
    "A64": "1000 DM or more",
    "A65": "unknown, or no savings account",
    "A71": "unemployed",
    "A72": "less than 1 year",
    "A73": "1 to 4 years",
    "A74": "4 to 7 years",
    "A75": "7 years or more",
    "A101": "none",
    "A102": "co-applicant",
    "A103": "guarantor",
    "A121": "real estate",
    "A122": "building society savings or life insurance",
    "A123": "car or other",
    "A124": "unknown, or no property",
    "A141": "bank",
    "A142": "stores",
    "A143": "none",
    "A151": "rent",
    "A152": "own",
    "A153": "for free",
    "A171": "unemployed, or unskilled and not resident",
    "A172": "unskilled, resident",
    "A173": "skilled employee or official",
    "A174": "management, self-employed or highly qualified",
    "A191": "no",
    "A192": "yes",
    "A201": "yes",
    "A202": "no",
}
GERMAN_PERSONAL_STATUS = {
    "A91": ("male", "divorced or separated"),
    "A92": ("female", "divorced, separated or married"),
    "A93": ("male", "single"),
    "A94": ("male", "married or widowed"),
    "A95": ("female", "single"),
}
GERMAN_CREDIT = {"1": "good", "2": "bad"}

# Everything else in the source names people, is a date that finds them again, or was written down
# after the outcome; the card lists it.
COMPAS_NUMBERS = [
    "age",
    "juv_fel_count",
    "juv_misd_count",
    "juv_other_count",
    "priors_count",
    "days_b_screening_arrest",
]
COMPAS_SCORES = ["decile_score", "v_decile_score"]


def adult(source: zipfile.ZipFile) -> Columns:
    """The train part of Adult: trimmed, `?` as a missing value, the label named `income`."""
    columns: Columns = {}
    for name, texts in by_column(read_csv(source, "adult.csv")).items():
        trimmed = [text.strip() for text in texts]
        if name in ADULT_NUMBERS:
            columns[name] = [int(text) for text in trimmed]
        else:
            name = "income" if name == "income-per-year" else name
            columns[name] = [None if text == "?" else text for text in trimmed]
    return columns


def german(source: zipfile.ZipFile) -> Columns:
    """German credit with readable names and decoded categories."""
    texts = by_column(read_csv(source, "german.csv"))
    status = [GERMAN_PERSONAL_STATUS[code] for code in texts["personal_status"]]
    columns: Columns = {
        "sex": [sex for sex, _ in status],
        "personal_status": [marital for _, marital in status],
    }
    for theirs, ours in GERMAN_NUMBERS.items():
        columns[ours] = [int(text) for text in texts[theirs]]
    for theirs, ours in GERMAN_TEXTS.items():
        columns[ours] = [GERMAN_CODES[code] for code in texts[theirs]]
    columns["credit"] = [GERMAN_CREDIT[code] for code in texts["credit"]]
    return columns


def compas(source: zipfile.ZipFile) -> Columns:
    """COMPAS after ProPublica's filter, without names, dates and what was known only later."""
    rows = [row for row in read_csv(source, "propublica-recidivism.csv") if kept_by_propublica(row)]
    texts = by_column(rows)
    columns: Columns = {name: texts[name] for name in ["sex", "race", "age_cat"]}
    for name in COMPAS_NUMBERS:
        columns[name] = [int(text) for text in texts[name]]
    columns["c_charge_degree"] = texts["c_charge_degree"]
    columns["c_charge_desc"] = [text or None for text in texts["c_charge_desc"]]
    for name in COMPAS_SCORES:
        columns[name] = [int(text) for text in texts[name]]
    columns["two_year_recid"] = [{"0": "no", "1": "yes"}[text] for text in texts["two_year_recid"]]
    return columns


def kept_by_propublica(row: Row) -> bool:
    """The filter of ProPublica's analysis of 2016.

    The charge must be at most 30 days from the screening, the record must say whether there was a
    new offence, the charge must be one that can lead to jail, and there must be a score.
    """
    days = row["days_b_screening_arrest"]
    return (
        days != ""
        and -30 <= int(days) <= 30
        and row["is_recid"] != "-1"
        and row["c_charge_degree"] != "O"
        and row["score_text"] != "N/A"
    )


MAKERS: dict[str, Callable[[zipfile.ZipFile], Columns]] = {
    "adult": adult,
    "compas": compas,
    "german": german,
}


def read_csv(source: zipfile.ZipFile, name: str) -> list[Row]:
    """The rows of a file of the package. Of two columns of one name the last one counts: in the
    COMPAS file the two columns `decile_score` are equal, and so are the two `priors_count`."""
    text = source.read(f"fairness/data/raw/{name}").decode("utf-8")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def by_column(rows: list[Row]) -> dict[str, list[str]]:
    """The columns of rows that all have the same names."""
    return {name: [row[name] for row in rows] for name in rows[0]}


def write_parquet(columns: Columns, path: Path) -> None:
    """One row group, zstd, no metadata of pandas or Arrow: the bytes depend on the rows alone."""
    pq.write_table(
        pa.table(columns),
        path,
        compression="zstd",
        compression_level=19,
        row_group_size=1 << 20,
        store_schema=False,
    )


def fetch_package(folder: Path) -> Path:
    """The wheel, downloaded by pip without what it depends on, its checksum checked."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    subprocess.run([*command, "--only-binary", ":all:", "--dest", str(folder), PACKAGE], check=True)
    (wheel,) = folder.glob("*.whl")
    found = sha256(wheel)
    if found != PACKAGE_SHA256:
        sys.exit(f"{wheel.name} has SHA-256 {found}, expected {PACKAGE_SHA256}")
    return wheel


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_card(name: str) -> dict:
    return tomllib.loads((HERE / name / "card.toml").read_text(encoding="utf-8"))


def differences(name: str, path: Path) -> list[str]:
    """What a card says of its file, against the file."""
    shipped = read_card(name)["shipped"]
    found = {"bytes": path.stat().st_size, "sha256": sha256(path)}
    return [
        f"{name}: the card says {key} = {shipped[key]}, the file has {value}"
        for key, value in found.items()
        if shipped[key] != value
    ]


def measure(name: str, columns: Columns, path: Path) -> str:
    """The lines of a card that can be counted, as TOML."""
    card = read_card(name)
    label = columns[card["label"]["column"]]
    positive = [value == card["label"]["positive"] for value in label]
    lines = [f"# {name}", f"rows = {len(label)}", f"bytes = {path.stat().st_size}"]
    lines += [f'sha256 = "{sha256(path)}"', f"positives = {sum(positive)}"]
    for group in card["groups"]:
        values = columns[group["column"]]
        lines.append(f"# {group['column']}")
        for value in sorted({value for value in values if value is not None}):
            members = [is_positive for found, is_positive in zip(values, positive) if found == value]
            counts = f"count = {len(members)}, positives = {sum(members)}"
            lines.append(f'  {{ value = "{value}", {counts} }},')
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help=f"the wheel of {PACKAGE}, instead of pip")
    parser.add_argument("--measure", action="store_true", help="print what the cards should say")
    arguments = parser.parse_args()

    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        wheel = arguments.wheel or fetch_package(Path(folder))
        with zipfile.ZipFile(wheel) as source:
            for name, make in MAKERS.items():
                columns = make(source)
                path = HERE / name / f"{name}.parquet"
                write_parquet(columns, path)
                if arguments.measure:
                    print(measure(name, columns, path))
                else:
                    wrong += differences(name, path)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
