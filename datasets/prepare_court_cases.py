"""From the file of court cases that others publish to the one that configs/text-court.toml reads.

    python datasets/prepare_court_cases.py justice.csv datasets/justice-scotus/cases.csv

`justice.csv` (or `justice.csv.gz`) is that of
https://github.com/Sonakshi-Dinesh/Legal-Judgement-Prediction- (facts from Oyez, CC BY-NC 4.0). Cases
without an outcome are left out and counted, the tags in the facts are taken out, and the kind of
the first party is read off its name. That reading is rough: who is neither a government nor an
organisation by the words below is called a person.

Needs Python 3.11 and nothing else.
"""

import csv
import gzip
import html
import pathlib
import re
import sys

GOVERNMENT = re.compile(
    r"\b(United States|U\.S\.|State of|City of|County|Commonwealth|Commissioner|Secretary|Attorney "
    r"General|Department|Board|Bureau|Agency|Administration|Commission|Warden|Sheriff|Director|"
    r"District|Superintendent|Government|Governor|Alabama|Alaska|Arizona|Arkansas|California|Colorado|"
    r"Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|"
    r"Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|"
    r"Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|"
    r"Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|"
    r"Virginia|Washington|West Virginia|Wisconsin|Wyoming)\b"
)
ORGANISATION = re.compile(
    r"\b(Inc|Co|Corp|Corporation|Company|LLC|L\.L\.C|LLP|Ltd|L\.P|Bank|Union|Association|Assn|"
    r"University|College|School|Church|Hospital|Railroad|Railway|Airlines|Insurance|Foundation|Society|"
    r"Committee|Council|Party|Club|League|Tribe|Nation|Workers|Industries|Group|Trust|International)\b"
)


def kind(name):
    """`government`, `organisation` or `person`."""
    if ORGANISATION.search(name):
        return "organisation"
    return "government" if GOVERNMENT.search(name) else "person"


def main():
    source, target = map(pathlib.Path, sys.argv[1:3])
    opened = gzip.open if source.suffix == ".gz" else open
    with opened(source, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kept = [row for row in rows if row["first_party_winner"]]
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "facts", "winner", "issue_area", "first_party_kind"])
        for row in kept:
            facts = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", row["facts"])).split())
            winner = "first party" if row["first_party_winner"] == "TRUE" else "second party"
            writer.writerow(
                [row["name"], facts, winner, row["issue_area"], kind(row["first_party"])]
            )
    print(f"{len(kept)} cases; {len(rows) - len(kept)} without an outcome are left out")


if __name__ == "__main__":
    main()
