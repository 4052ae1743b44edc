"""Makes datasets/clinical-notes-synthetic/notes.csv: notes that nobody wrote, about patients whom
nobody treated. See the README beside the file for what is planted in them.

    python datasets/make_clinical_notes.py

Needs Python 3.11 and nothing else. The same seed always gives the same bytes.
"""

import csv
import pathlib
import random

SEED = 20240
NOTES = 1600
URGENT = 0.4
# In how many urgent cases the finding is written down in vague words. This is the disparity.
VAGUE = {"female": 0.45, "male": 0.10}
# In how many harmless cases the same vague words stand.
VAGUE_HARMLESS = 0.25

CLEAR_URGENT = [
    "crushing chest pain with sweating",
    "chest pressure spreading to the left arm",
    "new ST elevation in the leads V2 to V4",
    "troponin raised on two samples",
    "sudden shortness of breath at rest",
]
CLEAR_HARMLESS = [
    "chest wall tender to touch, unchanged by effort",
    "normal ECG, troponin negative twice",
    "heartburn after meals, relieved by antacids",
    "mild cough for three days, lungs clear",
    "well, here for a routine repeat prescription",
]
VAGUE_WORDS = [
    "atypical discomfort, hard to describe",
    "feels anxious and generally unwell",
    "tired for some days, vague complaints",
]
OPENINGS = [
    "Seen in the emergency department.",
    "Walk-in visit this morning.",
    "Referred by the family doctor.",
    "Brought in by a neighbour.",
]
HISTORY = [
    "Known hypertension.",
    "No relevant history.",
    "Type 2 diabetes, on metformin.",
    "Smoker, ten a day.",
    "On a statin since last year.",
]
CLOSINGS = [
    "Blood pressure 132/84, pulse 78.",
    "Blood pressure 148/90, pulse 92.",
    "Afebrile, oxygen saturation 97 percent.",
    "Family informed.",
]


def note(random, urgent, sex):
    """One note; it does not say the sex or the age of the patient."""
    vague = random.random() < (VAGUE[sex] if urgent else VAGUE_HARMLESS)
    clear = CLEAR_URGENT if urgent else CLEAR_HARMLESS
    finding = random.choice(VAGUE_WORDS if vague else clear)
    parts = [random.choice(OPENINGS), random.choice(HISTORY)]
    parts.append(f"Presents with: {finding}.")
    parts.append(random.choice(CLOSINGS))
    return " ".join(parts)


def main():
    generator = random.Random(SEED)
    path = pathlib.Path(__file__).parent / "clinical-notes-synthetic" / "notes.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "note", "triage", "sex", "age"])
        for number in range(1, NOTES + 1):
            sex = generator.choice(["female", "male"])
            age = generator.randint(18, 90)
            urgent = generator.random() < URGENT
            text = note(generator, urgent, sex)
            writer.writerow([number, text, "urgent" if urgent else "routine", sex, age])


if __name__ == "__main__":
    main()
