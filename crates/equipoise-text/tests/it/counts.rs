//! The reports that people read.

use equipoise_text::{AugmentStrategy, IdentityAnnotation, Lexicon, NameSwap, Swapper, augment};

const CORPUS: [&str; 4] = [
    "The chairman thanked his wife and her brother.",
    "Mr Smith said that it was his.",
    "It rained.",
    "Mary met a Muslim woman from Nigeria, an old Nigerian lady.",
];

#[test]
fn identities_are_counted() {
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    let counts = IdentityAnnotation::of(&lexicon, CORPUS).counts();
    let female = counts.get("gender", "female").unwrap();
    assert_eq!((female.documents, female.occurrences), (2, 4));
    insta::assert_snapshot!(counts.to_string());
}

#[test]
fn swaps_are_reported() {
    let swapper = Swapper::builtin("en-gender", NameSwap::Swapped).unwrap();
    let augmented = augment(&CORPUS, &swapper, AugmentStrategy::KeepBoth, 0).unwrap();
    insta::assert_snapshot!(augmented.report.to_string());
}
