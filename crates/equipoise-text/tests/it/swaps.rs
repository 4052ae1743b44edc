//! Words in each other's place.

use std::sync::LazyLock;

use equipoise_text::{
    AugmentStrategy, Error, NameSwap, SWAPS, SwapFile, SwapSpec, Swapper, augment,
};
use proptest::prelude::*;
use rstest::rstest;

static ENGLISH: LazyLock<Swapper> =
    LazyLock::new(|| Swapper::builtin("en-gender", NameSwap::Swapped).unwrap());

fn swap(text: &str) -> String {
    ENGLISH.swap(text).text
}

#[rstest]
#[case("He saw her.", "She saw him.")]
#[case("HE SAID HIS NAME.", "SHE SAID HER NAME.")]
#[case("The book is his, not hers.", "The book is hers, not his.")]
#[case("She gave her a book.", "He gave him a book.")]
#[case(
    "Her father told her that she won.",
    "His mother told him that he won."
)]
#[case(
    "her well-meaning friend, his much younger wife",
    "his well-meaning friend, her much younger husband"
)]
#[case("I love her much, let her go", "I love him much, let him go")]
#[case("I saw him with his son.", "I saw her with her daughter.")]
#[case("His is better.", "Hers is better.")]
#[case("Mr. and Mrs. Smith", "Ms. and Mr. Smith")]
#[case("James, MARY and james", "Mary, JAMES and james")]
#[case("The mother-in-law's father", "The father-in-law's mother")]
#[case("Thank God for the gods", "Thank God for the goddesses")]
#[case("woman\u{2019}s work; Mankind", "man\u{2019}s work; Mankind")]
#[case("", "")]
fn english_gender_is_swapped(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(swap(text), expected);
}

#[rstest]
#[case("他和她的妻子", "她和他的丈夫")]
#[case("其他男人", "其他女人")]
#[case("男女平等", "男女平等")]
fn chinese_gender_is_swapped(#[case] text: &str, #[case] expected: &str) {
    let swapper = Swapper::builtin("zh-gender", NameSwap::Swapped).unwrap();
    assert_eq!(swapper.swap(text).text, expected);
}

#[test]
fn names_can_stay() {
    let swapper = Swapper::builtin("en-gender", NameSwap::Kept).unwrap();
    assert_eq!(swapper.swap("John saw her.").text, "John saw him.");
}

/// A word of the list in one of the cases that are kept.
fn in_some_case(word: &str, case: u8) -> String {
    let mut letters = word.chars();
    match (case % 3, letters.next()) {
        (1, Some(first)) => first.to_uppercase().chain(letters).collect(),
        (2, _) => word.to_uppercase(),
        _ => word.to_owned(),
    }
}

proptest! {
    #[test]
    fn to_swap_twice_gives_the_text_back(
        words in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>(), any::<u8>()), 0..30),
        between in prop::sample::select(vec![" ", ", ", " and ", "\n", "; the "]),
    ) {
        let file = SwapSpec::by_name("en-gender").unwrap().file().unwrap();
        let swapper = &*ENGLISH;
        let exact = file.exact_pairs.len() + file.names.len();
        let pairs: Vec<&[String; 2]> =
            file.exact_pairs.iter().chain(&file.names).chain(&file.pairs).collect();
        let text = (words.iter())
            .map(|(index, second, case)| {
                let index = index.index(pairs.len());
                let word = &pairs[index][usize::from(*second)];
                // Words whose case matters are found as written and in capitals.
                let case = if index < exact { case & 2 } else { *case };
                in_some_case(word, case)
            })
            .collect::<Vec<_>>()
            .join(between);
        let once = swapper.swap(&text);
        prop_assert_eq!(once.replacements, words.len());
        prop_assert_eq!(swapper.swap(&once.text).text, text);
    }

    #[test]
    fn what_is_no_word_of_the_list_stays(text in "[a-dA-D0-9 .,\u{e9}\u{4e00}-\u{4e08}]{0,200}") {
        // No word of the list has these letters alone but `dad`.
        prop_assume!(!text.to_lowercase().contains("dad"));
        let swapped = swap(&text);
        prop_assert_eq!(swapped, text);
    }

    #[test]
    fn the_same_seed_gives_the_same_corpus(seed in any::<u64>(), probability in 0.0..=1.0) {
        let swapper = Swapper::builtin("zh-gender", NameSwap::Swapped).unwrap();
        let corpus = ["他", "她", "雨", "他们"].repeat(5);
        let strategy = AugmentStrategy::SwapSome { probability };
        let first = augment(&corpus, &swapper, strategy, seed).unwrap();
        prop_assert_eq!(&first, &augment(&corpus, &swapper, strategy, seed).unwrap());
        prop_assert_eq!(first.texts.len(), corpus.len());
    }
}

#[test]
fn strategies_keep_or_replace() {
    let swapper = Swapper::builtin("en-gender", NameSwap::Swapped).unwrap();
    let corpus = ["He left.", "It rained.", "She came."];
    let texts = |strategy| -> Vec<(String, usize, bool)> {
        (augment(&corpus, &swapper, strategy, 3)
            .unwrap()
            .texts
            .into_iter())
        .map(|text| (text.text, text.source, text.swapped))
        .collect()
    };
    let row = |text: &str, source, swapped| (text.to_owned(), source, swapped);
    assert_eq!(
        texts(AugmentStrategy::SwapAll),
        [
            row("She left.", 0, true),
            row("It rained.", 1, false),
            row("He came.", 2, true)
        ]
    );
    assert_eq!(
        texts(AugmentStrategy::KeepBoth),
        [
            row("He left.", 0, false),
            row("She left.", 0, true),
            row("It rained.", 1, false),
            row("She came.", 2, false),
            row("He came.", 2, true),
        ]
    );
    let never = AugmentStrategy::SwapSome { probability: 0.0 };
    let always = AugmentStrategy::SwapSome { probability: 1.0 };
    assert!(texts(never).iter().all(|(_, _, swapped)| !swapped));
    assert_eq!(texts(always), texts(AugmentStrategy::SwapAll));
}

#[test]
fn keeping_both_balances_the_words_of_each_pair() {
    let swapper = Swapper::builtin("en-gender", NameSwap::Swapped).unwrap();
    let corpus = ["He and he.", "A king.", "She."];
    let report = augment(&corpus, &swapper, AugmentStrategy::KeepBoth, 0)
        .unwrap()
        .report;
    let after = |word: &str| {
        report
            .words
            .iter()
            .find(|count| count.word == word)
            .map(|count| count.after)
    };
    assert_eq!(after("he"), after("she"));
    assert_eq!(after("king"), after("queen"));
}

#[test]
fn a_word_with_two_partners_is_an_error() {
    let pair = |first: &str, second: &str| [first.to_owned(), second.to_owned()];
    let file = |pairs| SwapFile {
        pairs,
        ..SwapFile::default()
    };
    let error = |pairs| match Swapper::from_file(&file(pairs), NameSwap::Kept) {
        Err(error @ (Error::Term { .. } | Error::Empty { .. })) => error.to_string(),
        other => format!("{other:?}"),
    };
    assert_eq!(
        error(vec![pair("he", "she"), pair("He", "they")]),
        "`pairs`: the term `He` is listed twice, so that what becomes of it is not clear"
    );
    assert_eq!(
        error(vec![pair("he", "HE")]),
        "`pairs`: the term `he` is its own partner"
    );
    assert_eq!(
        error(vec![pair("he", " ")]),
        "`pairs`: the term ` ` is empty"
    );
    assert_eq!(error(vec![]), "the list of pairs has no words");
}

#[test]
fn every_list_can_be_used() {
    for spec in SWAPS {
        let file = spec.file().unwrap();
        assert_eq!(spec.name, format!("{}-{}", file.language, file.name));
        let swapper = Swapper::from_file(&file, NameSwap::Swapped).unwrap();
        for [first, second] in file
            .pairs
            .iter()
            .chain(&file.exact_pairs)
            .chain(&file.names)
        {
            assert_eq!(&swapper.swap(first).text, second);
            assert_eq!(&swapper.swap(second).text, first);
        }
        for [from, to] in file.one_way.iter().chain(&file.exact_one_way) {
            assert_eq!(&swapper.swap(from).text, to);
        }
        for phrase in &file.unchanged {
            assert_eq!(&swapper.swap(phrase).text, phrase);
        }
    }
}
