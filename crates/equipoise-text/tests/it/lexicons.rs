//! What the lexicons find.

use equipoise_text::{IdentityAnnotation, LEXICONS, Lexicon, SeveralPolicy};
use rstest::rstest;

fn named(languages: &[&str], text: &str) -> Vec<String> {
    let lexicon = Lexicon::builtin(languages).unwrap();
    (lexicon.mentions(text).iter())
        .flat_map(|mention| mention.identities.iter())
        .map(|&identity| {
            let identity = &lexicon.identities()[identity];
            format!("{}: {}", identity.attribute, identity.value)
        })
        .collect()
}

#[rstest]
#[case("Women's rights, and a WOMAN.", &["gender: female", "gender: female"])]
#[case("a gay man", &["sexual orientation: homosexual", "gender: male"])]
#[case("African Americans", &["race or ethnicity: black", "nationality: american"])]
#[case("The White House said so", &[])]
#[case("a white house painter who is black", &["race or ethnicity: black"])]
#[case("He is 30 years old, she is older", &["gender: male", "gender: female", "age: old"])]
#[case("Polish shoes; I polish shoes", &["nationality: polish"])]
#[case("manage the menu of Germany's theatre", &[])]
#[case("a visually\nimpaired teenager", &["disability: sight", "age: young"])]
#[case("LGBTQ+ people", &["sexual orientation: lgbtq"])]
fn english_identities_are_found(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(named(&["en"], text), expected, "{text}");
}

#[rstest]
#[case("她是一位穆斯林女性", &["gender: female", "religion: muslim", "gender: female"])]
#[case("其他明白人", &[])]
#[case("黑人和白人老人", &["race or ethnicity: black", "race or ethnicity: white", "age: old"])]
#[case("吉他手他", &["gender: male"])]
#[case("LGBT与同性戀者", &["sexual orientation: lgbtq", "sexual orientation: homosexual"])]
fn chinese_identities_are_found_without_spaces(#[case] text: &str, #[case] expected: &[&str]) {
    assert_eq!(named(&["zh"], text), expected, "{text}");
}

#[test]
fn languages_go_together() {
    assert_eq!(
        named(&["en", "zh"], "women 和男人"),
        ["gender: female", "gender: male"]
    );
    let lexicon = Lexicon::builtin(&["en", "zh"]).unwrap();
    // `female` of both languages is one identity.
    let gender = lexicon.identities_of("gender");
    assert_eq!(gender.len(), 5);
}

#[test]
fn every_lexicon_has_the_seven_attributes() {
    let mut expected = vec![
        "age",
        "disability",
        "gender",
        "nationality",
        "race or ethnicity",
        "religion",
        "sexual orientation",
    ];
    expected.sort_unstable();
    for spec in LEXICONS {
        let lexicon = Lexicon::builtin(&[spec.name]).unwrap();
        let mut names = lexicon.attribute_names();
        names.sort_unstable();
        assert_eq!(names, expected, "{}", spec.name);
        assert_eq!(lexicon.attributes().unwrap().len(), 7);
        assert_eq!(spec.file().unwrap().language, spec.name);
    }
}

#[test]
fn every_term_of_every_lexicon_is_found_alone() {
    for spec in LEXICONS {
        let lexicon = Lexicon::builtin(&[spec.name]).unwrap();
        let file = spec.file().unwrap();
        for entry in &file.identities {
            for term in entry.terms.iter().chain(&entry.exact) {
                let mentions = lexicon.mentions(term);
                assert_eq!(mentions.len(), 1, "{term}");
                assert_eq!(mentions[0].range, 0..term.len(), "{term}");
                let identities = mentions[0].identities.iter();
                assert!(
                    identities.clone().any(|&identity| {
                        let identity = &lexicon.identities()[identity];
                        identity.attribute == entry.attribute && identity.value == entry.value
                    }),
                    "{term}"
                );
            }
        }
        for phrase in &file.not_identities {
            assert_eq!(lexicon.mentions(phrase), [], "{phrase}");
        }
    }
}

const TEXTS: [&str; 5] = [
    "It rained.",
    "She and her sister met him.",
    "Christians, Muslims and Jews",
    "A woman.",
    "Muslims met a Muslim man and a Christian.",
];

fn value(
    annotation: &IdentityAnnotation,
    several: SeveralPolicy,
    attribute: &str,
    row: usize,
) -> String {
    let groups = annotation.groups(&[attribute], several).unwrap();
    let code = groups.row(row)[0] as usize;
    groups.schema().attributes()[0].values()[code].clone()
}

#[test]
fn a_policy_says_what_becomes_of_several_identities() {
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    let annotation = IdentityAnnotation::of(&lexicon, TEXTS);
    let gender = |policy, row| value(&annotation, policy, "gender", row);
    assert_eq!(gender(SeveralPolicy::OwnGroup, 0), "(none)");
    assert_eq!(gender(SeveralPolicy::OwnGroup, 1), "(several)");
    assert_eq!(gender(SeveralPolicy::First, 1), "female");
    assert_eq!(gender(SeveralPolicy::MostFrequent, 1), "female");
    let religion = |policy, row| value(&annotation, policy, "religion", row);
    assert_eq!(religion(SeveralPolicy::First, 2), "christian");
    assert_eq!(religion(SeveralPolicy::MostFrequent, 2), "christian");
    assert_eq!(religion(SeveralPolicy::MostFrequent, 4), "muslim");
    let error = annotation
        .groups(&["religion"], SeveralPolicy::Error)
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "text 2 names several values of `religion`: christian, muslim, jewish"
    );
}

#[test]
fn memberships_overlap_or_are_shares() {
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    let annotation = IdentityAnnotation::of(&lexicon, TEXTS);
    let indicators = annotation.indicators("religion").unwrap();
    let christian = &indicators[0];
    assert_eq!(christian.schema().attributes()[0].name(), "christian");
    assert_eq!(christian.codes(0), [0, 0, 1, 0, 1]);
    let (attribute, shares) = annotation.shares("religion").unwrap();
    assert_eq!(
        attribute.values().last().map(String::as_str),
        Some("(none)")
    );
    for row in 0..TEXTS.len() {
        let sum: f64 = shares.iter().map(|column| column[row]).sum();
        assert!((sum - 1.0).abs() < 1e-12);
    }
    assert!((shares[1][4] - 2.0 / 3.0).abs() < 1e-12);
}
