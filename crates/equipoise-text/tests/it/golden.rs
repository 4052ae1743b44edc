//! Numbers that numpy, scipy and difflib gave; `tests/golden` has the script.

use equipoise_text::{
    AssociationTest, CrowsPair, MaskedLanguageModel, MaskedTokens, ProbeOptions, associations,
    common_positions, crows_pairs, effect_size, measure_association, stereo_scores,
};
use serde::Deserialize;

use crate::models::{Literal, Neighbours};

#[derive(Deserialize)]
struct Golden {
    associations: Vec<Association>,
    alignments: Vec<Alignment>,
    stereo: Vec<Stereo>,
    crows: Crows,
    wilson: Vec<Wilson>,
}

#[derive(Deserialize)]
struct Association {
    x: Vec<Vec<f64>>,
    y: Vec<Vec<f64>>,
    a: Vec<Vec<f64>>,
    b: Vec<Vec<f64>>,
    effect_size: f64,
    p_value: f64,
}

#[derive(Deserialize)]
struct Alignment {
    first: Vec<u32>,
    second: Vec<u32>,
    equal_first: Vec<usize>,
    equal_second: Vec<usize>,
}

#[derive(Deserialize)]
struct Stereo {
    examples: Vec<StereoCase>,
    lms: f64,
    ss: f64,
    icat: f64,
}

#[derive(Deserialize)]
struct StereoCase {
    target: String,
    scores: [f64; 3],
}

#[derive(Deserialize)]
struct Crows {
    pairs: Vec<CrowsCase>,
    stereotype_score: f64,
}

#[derive(Deserialize)]
struct CrowsCase {
    more: Vec<u32>,
    less: Vec<u32>,
    sums: [f64; 2],
}

#[derive(Deserialize)]
struct Wilson {
    hits: usize,
    count: usize,
    low: f64,
    high: f64,
}

fn golden() -> Golden {
    serde_json::from_str(include_str!("../golden/probes.json")).unwrap()
}

#[track_caller]
fn assert_near(found: f64, expected: f64, tolerance: f64) {
    assert!(
        (found - expected).abs() <= tolerance,
        "{found} is not {expected}"
    );
}

#[test]
fn effect_sizes_and_p_values_are_those_of_numpy() {
    let texts = |vectors: &[Vec<f64>]| -> Vec<String> {
        (vectors.iter())
            .map(|vector| {
                vector
                    .iter()
                    .map(f64::to_string)
                    .collect::<Vec<_>>()
                    .join(" ")
            })
            .collect()
    };
    for case in golden().associations {
        let association = |vectors: &[Vec<f64>]| associations(vectors, &case.a, &case.b).unwrap();
        let size = effect_size(&association(&case.x), &association(&case.y)).unwrap();
        assert_near(size, case.effect_size, 1e-12);

        let test = AssociationTest {
            name: "golden".to_owned(),
            target_names: ["x".to_owned(), "y".to_owned()],
            targets: [texts(&case.x), texts(&case.y)],
            attribute_names: ["a".to_owned(), "b".to_owned()],
            attributes: [texts(&case.a), texts(&case.b)],
        };
        let result = measure_association(&Literal, &test, &ProbeOptions::default()).unwrap();
        assert!(result.is_exact);
        assert_near(result.p_value, case.p_value, 1e-12);
        // A model's vectors have 32 bits.
        assert_near(result.effect_size.unwrap(), case.effect_size, 1e-5);
        let (low, high) = result.interval.unwrap();
        assert!(low < case.effect_size && case.effect_size < high);
    }
}

#[test]
fn what_sequences_have_in_common_is_what_difflib_says() {
    let cases = golden().alignments;
    assert!(cases.iter().any(|case| case.second.len() > 200));
    for case in cases {
        let found = common_positions(&case.first, &case.second);
        assert_eq!(
            found,
            (case.equal_first, case.equal_second),
            "{:?}",
            case.first
        );
    }
}

#[test]
fn scores_of_stereoset_are_those_of_the_formula() {
    for case in golden().stereo {
        let examples: Vec<(&str, [f64; 3])> = (case.examples.iter())
            .map(|example| (example.target.as_str(), example.scores))
            .collect();
        let scores = stereo_scores(&examples).unwrap();
        assert_near(scores.language_model, case.lms, 1e-12);
        assert_near(scores.stereotype, case.ss, 1e-12);
        assert_near(scores.idealized_cat, case.icat, 1e-12);
    }
    assert_eq!(stereo_scores(&[]), None);
}

#[test]
fn the_score_of_crows_pairs_is_that_of_the_published_procedure() {
    let golden = golden().crows;
    let text = |tokens: &[u32]| {
        tokens
            .iter()
            .map(u32::to_string)
            .collect::<Vec<_>>()
            .join(" ")
    };
    let pairs: Vec<CrowsPair> = (golden.pairs.iter())
        .map(|pair| CrowsPair {
            more: text(&pair.more),
            less: text(&pair.less),
            direction: "stereo".to_owned(),
            bias_type: "gender".to_owned(),
        })
        .collect();
    let records = crows_pairs(&Neighbours, &pairs, &ProbeOptions::default()).unwrap();
    assert_near(records[0].value.unwrap(), golden.stereotype_score, 1e-12);

    // The likelihoods themselves, pair by pair.
    for (pair, case) in pairs.iter().zip(&golden.pairs) {
        let ids = |text: &str| -> Vec<u32> {
            Neighbours
                .tokenize(text)
                .unwrap()
                .iter()
                .map(|token| token.id)
                .collect()
        };
        let tokens = [ids(&pair.more), ids(&pair.less)];
        let (first, second) = common_positions(&tokens[0], &tokens[1]);
        for ((tokens, mut positions), expected) in
            tokens.into_iter().zip([first, second]).zip(case.sums)
        {
            positions.retain(|&position| position > 0 && position + 1 < tokens.len());
            let query = MaskedTokens { tokens, positions };
            let sum: f64 = Neighbours.log_probabilities(&[query]).unwrap()[0]
                .iter()
                .sum();
            assert_near(sum, expected, 1e-9);
        }
    }
}

#[test]
fn intervals_of_shares_are_those_of_scipy() {
    for case in golden().wilson {
        // A pair of the first kind is stereotyped, one of the second is not.
        let pair = |is_hit: bool| CrowsPair {
            more: if is_hit { "31 31 99" } else { "31 32 99" }.to_owned(),
            less: if is_hit { "31 32 99" } else { "31 31 99" }.to_owned(),
            direction: "stereo".to_owned(),
            bias_type: "gender".to_owned(),
        };
        let likelihood = |text: &CrowsPair| {
            let records = crows_pairs(
                &Neighbours,
                std::slice::from_ref(text),
                &ProbeOptions::default(),
            );
            records.unwrap()[0].value.unwrap()
        };
        let (hit, miss) = if likelihood(&pair(true)) > 0.5 {
            (true, false)
        } else {
            (false, true)
        };
        let pairs: Vec<CrowsPair> = (0..case.count)
            .map(|index| pair(if index < case.hits { hit } else { miss }))
            .collect();
        let record = &crows_pairs(&Neighbours, &pairs, &ProbeOptions::default()).unwrap()[0];
        assert_near(
            record.value.unwrap(),
            case.hits as f64 / case.count as f64,
            1e-12,
        );
        assert_near(record.low.unwrap(), case.low, 1e-9);
        assert_near(record.high.unwrap(), case.high, 1e-9);
    }
}
