//! The published files, where they are: the environment variable `EQUIPOISE_DATA` names the folder
//! that has them.

use std::{collections::BTreeSet, io::Read, path::PathBuf};

use equipoise_text::{
    AugmentStrategy, IdentityAnnotation, Lexicon, NameSwap, ProbeModel, ProbeOptions, ProbeSpec,
    StereoTask, Swapper, augment, crows_pairs, read_association_test, read_crows_pairs,
    read_hatecheck, read_identity_templates, read_stereoset, stereoset,
};

use crate::models::{Neighbours, Words};

const OPTIONS: ProbeOptions = ProbeOptions {
    confidence: 0.95,
    resamples: 20,
    permutations: 20,
    seed: 0,
};

/// The path of published data, or `None` with a message where they are not there.
#[expect(clippy::print_stderr, reason = "a test that is skipped says so")]
fn data(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("EQUIPOISE_DATA").map(|folder| PathBuf::from(folder).join(name));
    let found = path.filter(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: `{name}` is not there; EQUIPOISE_DATA names the folder that has it");
    }
    found
}

/// The bytes of a file, unpacked where it is packed.
fn bytes(name: &str) -> Option<Vec<u8>> {
    let path = data(name)?;
    let packed = fs_err::read(&path).unwrap();
    if path.extension().is_none_or(|extension| extension != "gz") {
        return Some(packed);
    }
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    Some(unpacked)
}

#[test]
fn crows_pairs_is_read() {
    let Some(bytes) = bytes("crows_pairs/crows_pairs_anonymized.csv") else {
        return;
    };
    let pairs = read_crows_pairs(&bytes, "crows").unwrap();
    assert_eq!(pairs.len(), 1508);
    let stereo = pairs
        .iter()
        .filter(|pair| pair.direction == "stereo")
        .count();
    assert_eq!(stereo, 1290);
    let types: BTreeSet<&str> = pairs.iter().map(|pair| pair.bias_type.as_str()).collect();
    assert_eq!(types.len(), 9);
    let records = crows_pairs(&Neighbours, &pairs, &OPTIONS).unwrap();
    // All, two directions and nine types, with two measures each.
    assert_eq!(records.len(), 2 * (1 + 2 + 9));
    assert_eq!(records[0].count, 1508);
}

#[test]
fn stereoset_is_read() {
    let Some(bytes) = bytes("stereoset/dev.json.gz") else {
        return;
    };
    let examples = read_stereoset(&bytes, "stereoset").unwrap();
    let of = |task| {
        examples
            .iter()
            .filter(|example| example.task == task)
            .count()
    };
    assert_eq!(
        (of(StereoTask::Intrasentence), of(StereoTask::Intersentence)),
        (2106, 2123)
    );
    let records = stereoset(&Neighbours, &examples, &OPTIONS).unwrap();
    assert_eq!(records.len(), 3 * (1 + 2 + 8));
    assert!(records.iter().all(|record| record.value.is_some()));
}

#[test]
fn every_association_test_is_read() {
    let Some(folder) = data("seat_weat") else {
        return;
    };
    let mut count = 0;
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path
            .extension()
            .is_some_and(|extension| extension == "jsonl")
        {
            let place = path.display().to_string();
            read_association_test(&fs_err::read(&path).unwrap(), "test", &place).unwrap();
            count += 1;
        }
    }
    assert_eq!(count, 46);
}

#[test]
fn winobias_is_read() {
    let Some(folder) = data("winobias") else {
        return;
    };
    let model = ProbeModel {
        masked: Some(&Neighbours),
        ..ProbeModel::default()
    };
    let records = ProbeSpec::by_name("winobias")
        .unwrap()
        .run(&model, &folder, &OPTIONS)
        .unwrap();
    let unpaired = records
        .iter()
        .find(|record| record.measure == "unpaired")
        .unwrap();
    assert_eq!(unpaired.count, 4 * 396);
    // Lines whose two sentences differ by mistake.
    assert_eq!(unpaired.value, Some(21.0));
}

#[test]
fn templates_are_read_with_their_groups() {
    if let Some(bytes) = bytes("hatecheck/test_suite_cases.csv") {
        let suite = read_hatecheck(&bytes, "hatecheck").unwrap();
        assert_eq!(suite.texts.len(), 3728);
        let attributes = suite.groups.schema().attributes();
        assert_eq!(
            (attributes[0].values().len(), attributes[1].values().len()),
            (8, 29)
        );
    }
    if let Some(bytes) = bytes("madlibs_toxicity/en_sentence_templates.csv.gz") {
        let lexicon = Lexicon::builtin(&["en"]).unwrap();
        let suite = read_identity_templates(&bytes, &lexicon, "templates").unwrap();
        assert_eq!(suite.texts.len(), 76_564);
        let terms = suite.groups.schema().attributes()[0].values();
        // The fifty terms of the templates, and the sentences about occupations.
        assert_eq!(terms.len(), 51, "{terms:?}");
    }
}

#[test]
fn the_targets_of_hatecheck_are_in_the_lexicon() {
    let Some(path) = data("hatecheck/test_suite_cases.csv") else {
        return;
    };
    let suite = read_hatecheck(&fs_err::read(&path).unwrap(), "hatecheck").unwrap();
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    for target in suite.groups.schema().attributes()[0].values() {
        assert_eq!(
            lexicon.mentions(target).is_empty(),
            target == "(none)",
            "{target}"
        );
    }
    let model = ProbeModel {
        classifier: Some(&Words(&["hate"])),
        ..ProbeModel::default()
    };
    let records = ProbeSpec::by_name("hatecheck")
        .unwrap()
        .run(&model, &path, &OPTIONS)
        .unwrap();
    assert!(records.len() > 100);
}

/// Sentences with a profession and a pronoun whose gender the data say.
#[test]
fn the_gender_of_pronouns_is_found_and_swapped() {
    let Some(bytes) = bytes("bug_gender/gold_BUG.csv") else {
        return;
    };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let texts: Vec<&str> = rows.iter().map(|row| &row[2]).collect();
    let genders: Vec<String> = rows.iter().map(|row| row[8].to_lowercase()).collect();
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    let annotation = IdentityAnnotation::of(&lexicon, &texts);
    let names = |annotation: &IdentityAnnotation, row: usize, gender: &str| {
        (annotation.named(row).iter())
            .any(|(identity, _)| annotation.identities()[*identity].value == gender)
    };
    let swapper = Swapper::builtin("en-gender", NameSwap::Swapped).unwrap();
    let swapped = augment(&texts, &swapper, AugmentStrategy::SwapAll, 0).unwrap();
    let after = IdentityAnnotation::of(&lexicon, swapped.texts.iter().map(|text| &text.text));
    for (row, gender) in genders.iter().enumerate() {
        let other = if gender == "male" { "female" } else { "male" };
        assert!(names(&annotation, row, gender), "{}", texts[row]);
        assert!(names(&after, row, other), "{}", swapped.texts[row].text);
    }
}
