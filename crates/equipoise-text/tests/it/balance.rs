//! As many documents of each group.

use equipoise_text::{BalanceMode, IdentityAnnotation, Lexicon, balance_factors, draw_by_factor};
use proptest::prelude::*;

fn groups<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<Vec<usize>> {
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    IdentityAnnotation::of(&lexicon, texts)
        .named_of("gender")
        .unwrap()
}

fn women_and_men(women: usize, men: usize) -> Vec<Vec<usize>> {
    groups(std::iter::repeat_n("A woman.", women).chain(std::iter::repeat_n("A man.", men)))
}

proptest! {
    #[test]
    fn full_balance_gives_groups_the_same_weight(women in 1usize..40, men in 1usize..40) {
        let named = women_and_men(women, men);
        for (mode, expected) in [
            (BalanceMode::Remove, women.min(men)),
            (BalanceMode::Repeat, women.max(men)),
        ] {
            let factors = balance_factors(&named, mode, 1.0).unwrap();
            let (first, second) = factors.split_at(women);
            for sum in [first.iter().sum::<f64>(), second.iter().sum()] {
                prop_assert!((sum - expected as f64).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn no_strength_changes_nothing(women in 0usize..9, men in 0usize..9, seed in any::<u64>()) {
        let factors = balance_factors(&women_and_men(women, men), BalanceMode::Repeat, 0.0).unwrap();
        let drawn = draw_by_factor(&factors, seed).unwrap();
        prop_assert_eq!(drawn, (0..women + men).collect::<Vec<_>>());
    }

    #[test]
    fn each_document_comes_as_often_as_its_factor_but_for_one(
        factors in proptest::collection::vec(0.0f64..4.0, 0..30),
        seed in any::<u64>(),
    ) {
        let drawn = draw_by_factor(&factors, seed).unwrap();
        for (row, factor) in factors.iter().enumerate() {
            let times = drawn.iter().filter(|&&other| other == row).count() as f64;
            // Both are whole numbers.
            prop_assert!((-0.5..1.5).contains(&(times - factor.floor())));
        }
    }
}

#[test]
fn a_text_of_several_groups_has_their_mean_factor() {
    let named = groups(["A man.", "A man.", "A man.", "A man and a woman.", "Rain."]);
    let factors = balance_factors(&named, BalanceMode::Remove, 1.0).unwrap();
    assert_eq!(factors, [0.25, 0.25, 0.25, 0.625, 1.0]);
    let factors = balance_factors(&named, BalanceMode::Repeat, 1.0).unwrap();
    assert_eq!(factors, [1.0, 1.0, 1.0, 2.5, 1.0]);
}

#[test]
fn the_drawn_documents_are_about_as_many_as_the_factors_say() {
    let factors = vec![0.25; 4000];
    let drawn = draw_by_factor(&factors, 11).unwrap();
    assert!((900..1100).contains(&drawn.len()), "{}", drawn.len());
    assert_eq!(drawn, draw_by_factor(&factors, 11).unwrap());
}

#[test]
fn a_factor_that_is_no_number_of_times_is_an_error() {
    for factor in [-0.5, f64::NAN, f64::INFINITY] {
        let error = draw_by_factor(&[factor], 0).unwrap_err().to_string();
        assert!(error.starts_with("the factor of a document is "), "{error}");
    }
}
