//! Fewer documents of the groups that have most.

use equipoise_text::{IdentityAnnotation, Lexicon, balance_weights, keep_by_weight};
use proptest::prelude::*;

fn annotated(women: usize, men: usize) -> IdentityAnnotation {
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    let texts = std::iter::repeat_n("A woman.", women).chain(std::iter::repeat_n("A man.", men));
    IdentityAnnotation::of(&lexicon, texts)
}

proptest! {
    #[test]
    fn full_balance_gives_groups_the_same_weight(women in 1usize..40, men in 1usize..40) {
        let weights = balance_weights(&annotated(women, men), "gender", 1.0).unwrap();
        let (first, second) = weights.split_at(women);
        let (first, second): (f64, f64) = (first.iter().sum(), second.iter().sum());
        prop_assert!((first - second).abs() < 1e-9);
        prop_assert!(weights.iter().all(|weight| *weight > 0.0 && *weight <= 1.0));
    }

    #[test]
    fn no_strength_keeps_everything(women in 0usize..9, men in 0usize..9, seed in any::<u64>()) {
        let weights = balance_weights(&annotated(women, men), "gender", 0.0).unwrap();
        let kept = keep_by_weight(&weights, seed).unwrap();
        prop_assert_eq!(kept, (0..women + men).collect::<Vec<_>>());
    }
}

#[test]
fn a_text_of_several_groups_has_their_mean_weight() {
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    let texts = ["A man.", "A man.", "A man.", "A man and a woman.", "Rain."];
    let annotation = IdentityAnnotation::of(&lexicon, texts);
    let weights = balance_weights(&annotation, "gender", 1.0).unwrap();
    assert_eq!(weights, [0.25, 0.25, 0.25, 0.625, 1.0]);
}

#[test]
fn the_kept_rows_are_about_as_many_as_the_weights_say() {
    let weights = vec![0.25; 4000];
    let kept = keep_by_weight(&weights, 11).unwrap();
    assert!((900..1100).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept, keep_by_weight(&weights, 11).unwrap());
}
