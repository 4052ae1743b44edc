//! What is written can be audited, and an audit reads labels however they are written.

use equipoise_core::{
    EncodedFeatures, Examples, GroupAttribute, GroupColumns, GroupSchema, MissingPolicy, Scores,
    SplitPart, Task,
};
use equipoise_data::{
    AuditColumns, BinaryColumns, DataFile, GroupConfig, PredictedPart, ReadOptions,
    read_audit_columns, read_table, write_predictions,
};
use rstest::rstest;

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn examples(targets: Vec<f32>) -> Result<Examples, equipoise_core::Error> {
    let rows = targets.len();
    let schema = GroupSchema::new(vec![GroupAttribute::new("sex", ["Female", "Male"])?])?;
    let codes = (0..rows).map(|row| u32::from(row % 3 == 0)).collect();
    Examples::new(
        (0..rows as u64).map(|row| 10 * row).collect(),
        EncodedFeatures {
            rows,
            ..EncodedFeatures::default()
        },
        targets,
        GroupColumns::new(schema, vec![codes])?,
        None,
    )
}

#[test]
fn predictions_can_be_audited() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("predictions/plain.parquet");
    let task = Task::Binary {
        positive: ">50K".to_owned(),
    };
    let valid = examples(vec![0.0, 1.0, 1.0])?;
    let test = examples(vec![1.0, 0.0])?;
    let parts = [
        PredictedPart {
            part: SplitPart::Valid,
            examples: &valid,
            scores: &Scores::Binary(vec![0.1, 0.5, 0.4]),
        },
        PredictedPart {
            part: SplitPart::Test,
            examples: &test,
            scores: &Scores::Binary(vec![0.9, 0.6]),
        },
    ];
    write_predictions(&path, &task, 0.5, &parts)?;
    let bytes = fs_err::read(&path)?;
    write_predictions(&path, &task, 0.5, &parts)?;
    assert_eq!(fs_err::read(&path)?, bytes);

    let table = read_table(&path, &ReadOptions::default())?;
    let names: Vec<&str> = table.columns().iter().map(|c| c.name.as_str()).collect();
    assert_eq!(
        names,
        ["id", "label", "score", "prediction", "sex", "split"]
    );

    let audit = read_audit_columns(
        &[DataFile::new(&path)?],
        &AuditColumns::binary(
            BinaryColumns::new("label")
                .with_prediction("prediction")
                .with_score("score"),
            vec![GroupConfig::column("sex")],
        ),
    )?;
    let outcome = audit.outcome.as_binary().ok_or("not binary")?;
    assert_eq!(outcome.labels, [0, 1, 1, 1, 0]);
    assert_eq!(outcome.predictions, Some(vec![0, 1, 0, 1, 1]));
    assert_eq!(outcome.scores, Some(vec![0.1, 0.5, 0.4, 0.9, 0.6]));
    assert_eq!(audit.groups.codes(0), [1, 0, 0, 1, 0]);
    Ok(())
}

#[test]
fn several_classes_have_a_probability_each() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("classes.parquet");
    let task = Task::Multiclass {
        classes: vec!["a".to_owned(), "b".to_owned(), "c".to_owned()],
    };
    let test = examples(vec![2.0, 0.0])?;
    let scores = Scores::Multiclass {
        classes: 3,
        probabilities: vec![0.2, 0.5, 0.3, 0.4, 0.4, 0.2],
    };
    let part = PredictedPart {
        part: SplitPart::Test,
        examples: &test,
        scores: &scores,
    };
    write_predictions(&path, &task, 0.5, &[part])?;
    let table = read_table(&path, &ReadOptions::default())?;
    insta::assert_json_snapshot!(table);

    let wrong = Scores::Binary(vec![0.5, 0.5]);
    let part = PredictedPart {
        scores: &wrong,
        ..part
    };
    let Err(error) = write_predictions(&path, &task, 0.5, &[part]) else {
        return Err("written".into());
    };
    assert_eq!(
        error.to_string(),
        "the scores are binary, but the task is multiclass"
    );
    Ok(())
}

fn audit_csv(
    text: &str,
    columns: &AuditColumns,
) -> Result<equipoise_data::AuditData, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.csv");
    fs_err::write(&path, text)?;
    Ok(read_audit_columns(&[DataFile::new(path)?], columns)?)
}

#[rstest]
#[case::digits("y,p,g\n1,1,a\n0,1,b\n", None)]
#[case::booleans("y,p,g\ntrue,true,a\nfalse,true,b\n", None)]
#[case::texts("y,p,g\nyes,yes,a\nno,yes,b\n", Some("yes"))]
#[case::texts_and_digits("y,p,g\nyes,1,a\nno,1,b\n", Some("yes"))]
#[case::one_and_two("y,p,g\n2,2,a\n1,2,b\n", Some("2"))]
fn labels_are_read_however_they_are_written(
    #[case] text: &str,
    #[case] positive: Option<&str>,
) -> TestResult {
    let outcome = BinaryColumns {
        positive: positive.map(str::to_owned),
        ..BinaryColumns::new("y").with_prediction("p")
    };
    let columns = AuditColumns::binary(outcome, vec![GroupConfig::column("g")]);
    let audit = audit_csv(text, &columns)?;
    let outcome = audit.outcome.as_binary().ok_or("not binary")?;
    assert_eq!(outcome.labels, [1, 0]);
    assert_eq!(outcome.predictions, Some(vec![1, 1]));
    Ok(())
}

#[test]
fn dropped_rows_need_no_label() -> TestResult {
    let audit = audit_csv(
        "y,s,w,g\n1,0.5,2,a\n,,,\n0,0.25,1,b\n",
        &AuditColumns {
            weight: Some("w".to_owned()),
            ..AuditColumns::binary(
                BinaryColumns::new("y").with_score("s"),
                vec![GroupConfig::column("g").with_missing(MissingPolicy::Drop)],
            )
        },
    )?;
    assert_eq!(audit.rows, 3);
    let outcome = audit.outcome.as_binary().ok_or("not binary")?;
    assert_eq!(outcome.labels, [1, 0]);
    assert_eq!(audit.weights, Some(vec![2.0, 1.0]));
    assert_eq!(audit.dropped[0].count, 1);
    Ok(())
}
