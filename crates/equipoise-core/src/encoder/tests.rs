//! What is fitted, encoded and read, column by column.

use super::*;

fn number(name: &str, values: Vec<Option<f64>>) -> Column {
    Column {
        name: name.to_owned(),
        values: ColumnValues::Number(values),
    }
}

#[test]
fn missing_numbers_get_an_indicator_when_training_had_some() {
    let table = Table::new(vec![number("x", vec![Some(1.0), None, Some(3.0)])]).unwrap();
    let encoder = FeatureEncoder::fit(&table, &[0, 1, 2], &["x"]).unwrap();
    let encoded = encoder.encode(&table).unwrap();
    assert_eq!(encoded.numeric, [-1.0, 0.0, 0.0, 1.0, 1.0, 0.0]);
    assert!(encoded.imputed.is_empty());
}

#[test]
fn only_the_rows_given_are_fitted_on() {
    let table = Table::new(vec![number("x", vec![Some(0.0), Some(2.0), Some(1e9)])]).unwrap();
    let encoder = FeatureEncoder::fit(&table, &[0, 1], &["x"]).unwrap();
    assert_eq!(
        encoder.features(),
        [FeatureSpec::Number {
            column: "x".to_owned(),
            mean: 1.0,
            deviation: 1.0,
            missing_indicator: false
        }]
    );
}

#[test]
fn an_encoder_that_is_read_is_checked() {
    let text = r#"{"features":[
        {"kind":"number","column":"x","mean":0.5,"deviation":2.0,"missing_indicator":false},
        {"kind":"category","column":"y","levels":["a","b"]}]}"#;
    let read = |text: &str| serde_json::from_str::<FeatureEncoder>(text);
    assert_eq!(read(text).unwrap().features().len(), 2);
    for (good, bad, expected) in [
        ("2.0", "0.0", "column `x` has mean 0.5 and deviation 0"),
        ("2.0", "-1.0", "column `x` has mean 0.5 and deviation -1"),
        (
            r#""a","b""#,
            r#""b","a""#,
            "column `y`: level `a` must not come after `b`",
        ),
    ] {
        let error = read(&text.replace(good, bad)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(read(r#"{"features":[]}"#).is_err());
}

#[test]
fn a_number_too_far_from_the_training_part_is_an_error() {
    let train = Table::new(vec![number("x", vec![Some(-1.0), Some(1.0)])]).unwrap();
    let encoder = FeatureEncoder::fit(&train, &[0, 1], &["x"]).unwrap();
    let test = Table::new(vec![number("x", vec![Some(1e38), Some(1e300)])]).unwrap();
    assert_eq!(
        encoder.encode(&test).unwrap_err().to_string(),
        "column `x`, row 1: 1e300 is too far from the training mean 0e0 (deviation 1e0) to be a \
         model input"
    );
}

#[test]
fn a_column_that_changed_its_kind_is_an_error() {
    let numbers = Table::new(vec![number("x", vec![Some(0.0)])]).unwrap();
    let texts = Table::new(vec![Column {
        name: "x".to_owned(),
        values: ColumnValues::from_texts(&[Some("a")]),
    }])
    .unwrap();
    let encoder = FeatureEncoder::fit(&numbers, &[0], &["x"]).unwrap();
    assert_eq!(
        encoder.encode(&texts).unwrap_err().to_string(),
        "column `x` holds texts, expected numbers, as in training"
    );
}

#[test]
fn not_a_number_is_an_error() {
    let table = Table::new(vec![number("x", vec![Some(0.0), Some(f64::NAN)])]).unwrap();
    let encoder = FeatureEncoder::fit(&table, &[0], &["x"]).unwrap();
    assert!(matches!(
        encoder.encode(&table),
        Err(Error::NotFinite { row: 1, .. })
    ));
}

fn pieces(edges: usize) -> NumberEncoding {
    NumberEncoding::PiecewiseLinear { edges }
}

#[test]
fn pieces_are_fitted_on_the_rows_given_and_hold_what_lies_outside() {
    let values = vec![Some(0.0), Some(4.0), Some(2.0), Some(1e300), Some(-1e300)];
    let table = Table::new(vec![number("x", values)]).unwrap();
    let encoder = FeatureEncoder::fit_with(&table, &[0, 1, 2], &["x"], pieces(8)).unwrap();
    assert_eq!(
        encoder.shape(),
        FeatureShape::with_number_widths(vec![2], vec![])
    );
    let encoded = encoder.encode(&table).unwrap();
    assert_eq!(
        encoded.numeric,
        [0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 0.0]
    );
}

#[test]
fn the_mean_stands_in_for_a_missing_number_in_pieces() {
    let train = Table::new(vec![number("x", vec![Some(0.0), None, Some(4.0)])]).unwrap();
    let encoder = FeatureEncoder::fit_with(&train, &[0, 1, 2], &["x"], pieces(8)).unwrap();
    let encoded = encoder.encode(&train).unwrap();
    assert_eq!(encoded.numeric, [0.0, 0.0, 0.5, 1.0, 1.0, 0.0]);
    // Without a missing value in training there is no indicator, and the caller is told.
    let encoder = FeatureEncoder::fit_with(&train, &[0, 2], &["x"], pieces(8)).unwrap();
    let encoded = encoder.encode(&train).unwrap();
    assert_eq!(encoded.numeric, [0.0, 0.5, 1.0]);
    assert_eq!(encoded.imputed, [("x".to_owned(), 1)]);
}

#[test]
fn a_column_without_pieces_is_standardised() {
    let table = Table::new(vec![
        number("constant", vec![Some(7.0), Some(7.0)]),
        number("empty", vec![None, None]),
        number("x", vec![Some(0.0), Some(1.0)]),
    ])
    .unwrap();
    let columns = ["constant", "empty", "x"];
    let encoder = FeatureEncoder::fit_with(&table, &[0, 1], &columns, pieces(2)).unwrap();
    let is_in_pieces =
        |feature: &FeatureSpec| matches!(feature, FeatureSpec::PiecewiseNumber { .. });
    let kinds: Vec<bool> = encoder.features().iter().map(is_in_pieces).collect();
    assert_eq!(kinds, [false, false, true]);
    assert_eq!(encoder.shape(), FeatureShape::new(4, vec![]));
    let encoded = encoder.encode(&table).unwrap();
    assert_eq!(encoded.numeric, [0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 1.0]);
}

#[test]
fn infinite_numbers_and_a_lone_edge_are_errors() {
    let table = Table::new(vec![number("x", vec![Some(0.0), Some(f64::INFINITY)])]).unwrap();
    assert!(matches!(
        FeatureEncoder::fit_with(&table, &[0, 1], &["x"], pieces(8)),
        Err(Error::NotFinite { row: 1, .. })
    ));
    assert_eq!(
        FeatureEncoder::fit_with(&table, &[0], &["x"], pieces(1))
            .unwrap_err()
            .to_string(),
        "pieces of numbers have 1 edge, legal are 2 or more"
    );
}

#[test]
fn pieces_that_are_read_are_checked() {
    let text = r#"{"features":[{"kind":"piecewise-number","column":"x","edges":[0.0,1.0,2.0],
        "mean":0.5,"missing_indicator":false}]}"#;
    let read = |text: &str| serde_json::from_str::<FeatureEncoder>(text);
    let encoder = read(text).unwrap();
    let again = serde_json::to_string(&encoder).unwrap();
    assert_eq!(read(&again).unwrap(), encoder);
    for (bad, expected) in [
        ("[0.0]", "column `x` has 1 edges, 2 or more are needed"),
        (
            "[0.0,0.0]",
            "column `x` has the edge 0 before 0, they must grow",
        ),
    ] {
        let error = read(&text.replace("[0.0,1.0,2.0]", bad)).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
