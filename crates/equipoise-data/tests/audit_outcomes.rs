//! Outcomes other than one of two answers, entities, and groups known as probabilities.

use std::path::Path;

use equipoise_core::{GroupAttribute, Help, MissingPolicy};
use equipoise_data::{
    AuditColumns, AuditData, AuditStream, BinaryColumns, ClassScore, ClassScores, DataFile, Error,
    GroupConfig, MembershipColumn, MembershipColumns, OutcomeColumns, OutcomeValues,
    read_audit_columns,
};
use polars::prelude::{Column, DataFrame, ParquetWriter};
use rstest::{Context, rstest};

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn read(text: &str, columns: &AuditColumns) -> Result<AuditData, Error> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.csv");
    fs_err::write(&path, text)?;
    read_audit_columns(&[DataFile::new(path)?], columns)
}

fn write_parquet(path: &Path, columns: Vec<Column>) -> TestResult {
    let rows = columns.first().map_or(0, Column::len);
    let mut frame = DataFrame::new(rows, columns)?;
    let file = fs_err::File::create(path)?.into_parts().0;
    ParquetWriter::new(file).finish(&mut frame)?;
    Ok(())
}

fn multiclass(prediction: Option<&str>, scores: Option<ClassScores>) -> AuditColumns {
    let outcome = OutcomeColumns::Multiclass {
        label: "y".to_owned(),
        prediction: prediction.map(str::to_owned),
        scores,
    };
    AuditColumns::new(outcome, vec![GroupConfig::column("g")])
}

fn named(prefix: &str) -> ClassScores {
    ClassScores::Named {
        prefix: prefix.to_owned(),
        suffix: String::new(),
    }
}

fn listed(pairs: &[(&str, &str)]) -> ClassScores {
    let score = |&(class, column): &(&str, &str)| ClassScore {
        class: class.to_owned(),
        column: column.to_owned(),
    };
    ClassScores::Listed(pairs.iter().map(score).collect())
}

type Read = (
    Vec<String>,
    Vec<u32>,
    Option<Vec<u32>>,
    Option<Vec<Vec<f64>>>,
);

fn classes(data: AuditData) -> Result<Read, &'static str> {
    match data.outcome {
        OutcomeValues::Multiclass {
            classes,
            labels,
            predictions,
            scores,
        } => Ok((classes, labels, predictions, scores)),
        _ => Err("not of several classes"),
    }
}

#[rstest]
#[case::words("y,p,g\nb,b,x\na,c,x\n", &["a", "b", "c"], &[1, 0], &[1, 2])]
#[case::numbers("y,p,g\n10,2,x\n9,10,x\n", &["2", "9", "10"], &[2, 1], &[0, 2])]
#[case::numbers_however_they_are_written("y,p,g\n1,1.0,x\n2,2.0,x\n", &["1", "2"], &[0, 1], &[0, 1])]
#[case::booleans("y,p,g\ntrue,true,x\nfalse,true,x\n", &["false", "true"], &[1, 0], &[1, 1])]
#[case::words_and_numbers("y,p,g\n1,b,x\nb,1,x\n", &["1", "b"], &[0, 1], &[1, 0])]
fn classes_are_read_however_they_are_written(
    #[case] text: &str,
    #[case] names: &[&str],
    #[case] labels: &[u32],
    #[case] predictions: &[u32],
) -> TestResult {
    let read = classes(read(text, &multiclass(Some("p"), None))?)?;
    assert_eq!(read.0, names);
    assert_eq!(read.1, labels);
    assert_eq!(read.2.as_deref(), Some(predictions));
    assert_eq!(read.3, None);
    Ok(())
}

#[test]
fn a_parquet_file_may_write_classes_as_numbers_of_two_kinds() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.parquet");
    let columns = vec![
        Column::new("y".into(), [0_i64, 1, 2]),
        Column::new("p".into(), [0.0_f64, 2.0, 1.0]),
        Column::new("g".into(), ["x", "x", "z"]),
    ];
    write_parquet(&path, columns)?;
    let files = [DataFile::new(path)?];
    let read = classes(read_audit_columns(&files, &multiclass(Some("p"), None))?)?;
    assert_eq!(read.0, ["0", "1", "2"]);
    assert_eq!(read.2, Some(vec![0, 2, 1]));
    Ok(())
}

#[rstest]
#[case::by_pattern(named("s:"))]
#[case::one_by_one(listed(&[("c", "s:c"), ("a", "s:a"), ("b", "s:b")]))]
fn scores_go_to_their_classes(#[case] scores: ClassScores) -> TestResult {
    let text = "y,s:b,s:a,s:c,g\na,0.2,0.5,0.3,x\nb,0.6,0.1,0.3,x\n";
    let read = classes(read(text, &multiclass(None, Some(scores)))?)?;
    // No row is of class c, but the model knows it.
    assert_eq!(read.0, ["a", "b", "c"]);
    let expected = vec![vec![0.5, 0.1], vec![0.2, 0.6], vec![0.3, 0.3]];
    assert_eq!(read.3, Some(expected));
    Ok(())
}

fn soft() -> MembershipColumns {
    let group = |group: &str, column: &str| MembershipColumn {
        group: group.to_owned(),
        column: column.to_owned(),
    };
    MembershipColumns {
        name: "race".to_owned(),
        groups: vec![group("White", "w"), group("Black", "b")],
    }
}

fn binary() -> AuditColumns {
    let outcome = BinaryColumns::new("y").with_prediction("p");
    AuditColumns::binary(outcome, vec![GroupConfig::column("g")])
}

fn with_soft() -> AuditColumns {
    AuditColumns {
        memberships: vec![soft()],
        ..binary()
    }
}

fn with_entity() -> AuditColumns {
    AuditColumns {
        entity: Some("id".to_owned()),
        ..binary()
    }
}

#[test]
fn probabilities_stand_behind_the_groups() -> TestResult {
    let text = "y,p,g,w,b\n1,1,m,0.25,0.75\n0,1,,0.5,0.6\n0,1,f,1,0\n";
    let mut columns = with_soft();
    // The dropped row does not sum to 1, and need not.
    columns.groups = vec![GroupConfig::column("g").with_missing(MissingPolicy::Drop)];
    let data = read(text, &columns)?;
    let attributes = data.groups.schema().attributes();
    let names: Vec<&str> = attributes.iter().map(GroupAttribute::name).collect();
    assert_eq!(names, ["g", "race"]);
    assert_eq!(attributes[1].values(), ["White", "Black"]);
    assert_eq!(data.memberships[0].attribute, 1);
    let expected = vec![vec![0.25, 1.0], vec![0.75, 0.0]];
    assert_eq!(data.memberships[0].probabilities, expected);
    Ok(())
}

#[test]
fn probabilities_may_be_the_only_groups() -> TestResult {
    let columns = AuditColumns {
        groups: Vec::new(),
        ..with_soft()
    };
    let data = read("y,p,w,b\n1,1,0.25,0.75\n", &columns)?;
    assert_eq!(data.groups.rows(), 1);
    assert_eq!(data.memberships[0].attribute, 0);
    Ok(())
}

#[rstest]
#[case::words("y,p,g,id\n1,1,m,ann\n0,1,f,bob\n1,0,f,ann\n")]
#[case::numbers("y,p,g,id\n1,1,m,7\n0,1,f,9\n1,0,f,7\n")]
#[case::leading_zeros("y,p,g,id\n1,1,m,07\n0,1,f,7\n1,0,f,07\n")]
fn rows_of_one_entity_have_one_code(#[case] text: &str) -> TestResult {
    let codes = read(text, &with_entity())?.entities.ok_or("no entities")?;
    assert_eq!(codes[0], codes[2]);
    assert_ne!(codes[0], codes[1]);
    Ok(())
}

#[test]
fn large_numbers_of_entities_are_told_apart() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.parquet");
    // Neighbours that are one float.
    let ids = [1_i64 << 60, (1 << 60) + 1, 1 << 60];
    let columns = vec![
        Column::new("y".into(), [0_i64, 1, 1]),
        Column::new("p".into(), [0_i64, 1, 0]),
        Column::new("g".into(), ["f", "m", "m"]),
        Column::new("id".into(), ids),
    ];
    write_parquet(&path, columns)?;
    let data = read_audit_columns(&[DataFile::new(path)?], &with_entity())?;
    let codes = data.entities.ok_or("no entities")?;
    assert_eq!(codes[0], codes[2]);
    assert_ne!(codes[0], codes[1]);
    Ok(())
}

#[test]
fn numbers_are_read_as_they_are() -> TestResult {
    let outcome = OutcomeColumns::Regression {
        label: "y".to_owned(),
        prediction: "p".to_owned(),
    };
    let columns = AuditColumns::new(outcome, vec![GroupConfig::column("g")]);
    let data = read("y,p,g\n1.5,-2,m\n1e3,0,f\n", &columns)?;
    let expected = OutcomeValues::Regression {
        labels: vec![1.5, 1e3],
        predictions: vec![-2.0, 0.0],
    };
    assert_eq!(data.outcome, expected);
    Ok(())
}

#[rstest]
#[case::missing_class("y,p,g\na,b,x\n,a,x\n", multiclass(Some("p"), None))]
#[case::fraction("y,p,g\n1,2,x\n2,1.5,x\n", multiclass(Some("p"), None))]
#[case::no_class_in_common("y,p,g\na,0,x\nb,1,x\n", multiclass(Some("p"), None))]
#[case::no_answer("y,p,g\na,a,x\n", multiclass(None, None))]
#[case::pattern_without_a_column("y,p,g\na,a,x\n", multiclass(None, Some(named("s:"))))]
#[case::class_without_scores("y,s:a,g\na,0.5,x\nb,0.5,x\n", multiclass(None, Some(named("s:"))))]
#[case::scores_twice(
    "y,s,t,g\n1,0.5,0.5,x\n1,0.5,0.5,x\n",
    multiclass(None, Some(listed(&[("1", "s"), ("1.0", "t")])))
)]
#[case::score_of_a_class("y,s:a,g\na,1.5,x\n", multiclass(None, Some(named("s:"))))]
#[case::probability("y,p,g,w,b\n1,1,m,0.5,0.5\n0,1,f,-0.5,1.5\n", with_soft())]
#[case::sum("y,p,g,w,b\n1,1,m,0.5,0.5\n0,1,f,0.5,0.4\n", with_soft())]
#[case::missing_probability("y,p,g,w,b\n1,1,m,0.5,0.5\n0,1,f,,1\n", with_soft())]
#[case::missing_entity("y,p,g,id\n1,1,m,a\n0,1,f,\n", with_entity())]
fn what_is_wrong_is_told_with_its_place(
    #[context] context: Context,
    #[case] text: &str,
    #[case] columns: AuditColumns,
) -> TestResult {
    let Err(error) = read(text, &columns) else {
        return Err("no error".into());
    };
    let help = error.help().ok_or("no help")?;
    let name = context.description.ok_or("no name")?;
    insta::assert_snapshot!(name, format!("{error}\nhelp: {help}"));
    Ok(())
}

#[rstest]
#[case(multiclass(Some("p"), None), "several classes")]
#[case(with_entity(), "entities")]
#[case(with_soft(), "probabilities")]
fn a_stream_keeps_counts_of_a_binary_outcome_only(
    #[case] columns: AuditColumns,
    #[case] what: &str,
) -> TestResult {
    let files = [DataFile::new("file.csv")?];
    let Err(error) = AuditStream::open(&files, &columns) else {
        return Err("opened".into());
    };
    assert!(matches!(error, Error::NotStreamed { .. }), "{error}");
    assert!(error.to_string().contains(what), "{error}");
    Ok(())
}
