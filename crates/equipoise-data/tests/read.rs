//! The readers agree, and each says what is missing.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use equipoise_core::{ColumnValues, Table};
use equipoise_data::{ColumnType, ReadOptions, column_names, file_sha256, read_table};
use polars::prelude::{
    DataFrame, DataType, IntoLazy, IpcWriter, JsonFormat, JsonWriter, ParquetWriter, SerWriter,
    TimeUnit, col, df,
};
use rstest::rstest;

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn people() -> Result<DataFrame, Box<dyn std::error::Error>> {
    Ok(df!(
        "age" => [Some(39i64), Some(50), None, Some(38)],
        "hours" => [Some(40.5f64), None, Some(13.0), Some(40.0)],
        "work" => [Some("State, gov"), Some("Self"), None, Some("Privé \"x\"")],
        "married" => [Some(true), Some(false), Some(true), None],
    )?)
}

fn write(path: &Path, frame: &mut DataFrame) -> TestResult {
    let file = File::create(path)?;
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("csv") => polars::prelude::CsvWriter::new(file).finish(frame)?,
        Some("tsv") => polars::prelude::CsvWriter::new(file)
            .with_separator(b'\t')
            .finish(frame)?,
        Some("jsonl" | "ndjson") => JsonWriter::new(file)
            .with_json_format(JsonFormat::JsonLines)
            .finish(frame)?,
        Some("parquet") => {
            ParquetWriter::new(file).finish(frame)?;
        }
        _ => IpcWriter::new(file).finish(frame)?,
    }
    Ok(())
}

fn expected() -> Result<Table, Box<dyn std::error::Error>> {
    let column = |name: &str, values| equipoise_core::Column {
        name: name.to_owned(),
        values,
    };
    Ok(Table::new(vec![
        column(
            "age",
            ColumnValues::Number(vec![Some(39.0), Some(50.0), None, Some(38.0)]),
        ),
        column(
            "hours",
            ColumnValues::Number(vec![Some(40.5), None, Some(13.0), Some(40.0)]),
        ),
        column(
            "work",
            ColumnValues::from_texts(&[
                Some("State, gov"),
                Some("Self"),
                None,
                Some("Privé \"x\""),
            ]),
        ),
        column(
            "married",
            ColumnValues::from_texts(&[Some("true"), Some("false"), Some("true"), None]),
        ),
    ])?)
}

#[rstest]
fn formats_agree(
    #[values("csv", "tsv", "jsonl", "ndjson", "parquet", "arrow", "feather", "ipc")]
    extension: &str,
) -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(format!("people.{extension}"));
    write(&path, &mut people()?)?;
    assert_eq!(column_names(&path)?, ["age", "hours", "work", "married"]);
    assert_eq!(read_table(&path, &ReadOptions::default())?, expected()?);

    let select = vec!["work".to_owned(), "age".to_owned()];
    let options = ReadOptions {
        select: Some(select.clone()),
        ..ReadOptions::default()
    };
    let table = read_table(&path, &options)?;
    let names: Vec<&str> = table.columns().iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, select);
    assert_eq!(table.column("age")?, expected()?.column("age")?);
    Ok(())
}

fn read_csv(text: &str, options: &ReadOptions) -> Result<Table, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file.csv");
    fs_err::write(&path, text)?;
    Ok(read_table(&path, options)?)
}

#[test]
fn declared_texts_are_missing_and_white_space_is_cut_off() -> TestResult {
    let options = ReadOptions {
        missing_values: vec!["?".to_owned(), "-999".to_owned(), "NaN".to_owned()],
        ..ReadOptions::default()
    };
    let table = read_csv(
        "age , work\n39, State \n -999.0,?\nNaN, \n4e1,State\n",
        &options,
    )?;
    assert_eq!(
        table.column("age")?.values,
        ColumnValues::Number(vec![Some(39.0), None, None, Some(40.0)])
    );
    assert_eq!(
        table.column("work")?.values,
        ColumnValues::from_texts(&[Some("State"), None, None, Some("State")])
    );
    Ok(())
}

#[test]
fn empty_lines_at_the_end_are_no_rows() -> TestResult {
    let table = read_csv("x,y\n1,a\n2,b\n\n\n", &ReadOptions::default())?;
    assert_eq!(table.rows(), 2);
    Ok(())
}

#[test]
fn a_column_of_numbers_can_be_declared_to_be_categories() -> TestResult {
    let options = ReadOptions {
        columns: [("zip".to_owned(), ColumnType::Category)].into(),
        ..ReadOptions::default()
    };
    let table = read_csv("zip,x\n00123,1\n99,2\n", &options)?;
    assert_eq!(
        table.column("zip")?.values,
        ColumnValues::from_texts(&[Some("00123"), Some("99")])
    );
    Ok(())
}

#[test]
fn words_make_a_column_of_texts_where_they_are_at_least_half() -> TestResult {
    let table = read_csv("x\n1\nnan\nb\n", &ReadOptions::default())?;
    assert_eq!(
        table.column("x")?.values,
        ColumnValues::from_texts(&[Some("1"), Some("nan"), Some("b")])
    );
    Ok(())
}

#[test]
fn a_number_behind_many_lines_of_whole_ones_keeps_its_fraction() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("late.jsonl");
    let mut text = "{\"x\": 1}\n".repeat(500);
    text += "{\"x\": 1.5}\n{\"y\": true}\n";
    // Empty lines are no rows.
    fs_err::write(&path, text.replacen('\n', "\n\n", 3) + "\n")?;
    let table = read_table(&path, &ReadOptions::default())?;
    let ColumnValues::Number(values) = &table.column("x")?.values else {
        return Err("x holds texts".into());
    };
    assert_eq!(values[500..], [Some(1.5), None]);
    assert_eq!(table.column("y")?.values.missing(), 501);
    Ok(())
}

#[test]
fn large_identifiers_stay_apart_as_categories() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("ids.parquet");
    write(
        &path,
        &mut df!("id" => [9_007_199_254_740_993i64, 9_007_199_254_740_992], "x" => [0.5, -1.0])?,
    )?;
    let options = ReadOptions {
        columns: [
            ("id".to_owned(), ColumnType::Category),
            ("x".to_owned(), ColumnType::Category),
        ]
        .into(),
        ..ReadOptions::default()
    };
    let table = read_table(&path, &options)?;
    assert_eq!(
        table.column("id")?.values,
        ColumnValues::from_texts(&[Some("9007199254740993"), Some("9007199254740992")])
    );
    assert_eq!(
        table.column("x")?.values,
        ColumnValues::from_texts(&[Some("0.5"), Some("-1")])
    );
    Ok(())
}

#[rstest]
#[case::date(DataType::Date, ["1970-01-02", "1970-01-03"])]
#[case::datetime(DataType::Datetime(TimeUnit::Milliseconds, None), ["1970-01-01 00:00:00.001", "1970-01-01 00:00:00.002"])]
#[case::boolean(DataType::Boolean, ["true", "true"])]
fn dates_and_booleans_are_texts(#[case] to: DataType, #[case] texts: [&str; 2]) -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("dates.parquet");
    let mut frame = df!("x" => [1i32, 2])?
        .lazy()
        .select([col("x").cast(to)])
        .collect()?;
    write(&path, &mut frame)?;
    let table = read_table(&path, &ReadOptions::default())?;
    assert_eq!(
        table.column("x")?.values,
        ColumnValues::from_texts(&texts.map(Some))
    );
    Ok(())
}

#[test]
fn categorical_columns_are_texts() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("categories.parquet");
    let categories = polars::prelude::Categories::global();
    let to = DataType::Categorical(Arc::clone(&categories), categories.mapping());
    let mut frame = df!("x" => ["b", "a", "b"])?
        .lazy()
        .select([col("x").cast(to)])
        .collect()?;
    write(&path, &mut frame)?;
    let table = read_table(&path, &ReadOptions::default())?;
    assert_eq!(
        table.column("x")?.values,
        ColumnValues::from_texts(&[Some("b"), Some("a"), Some("b")])
    );
    Ok(())
}

#[test]
fn the_digest_is_that_of_the_bytes() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("abc.txt");
    fs_err::write(&path, "abc")?;
    assert_eq!(
        file_sha256(&path)?,
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    );
    Ok(())
}
