//! Everything that can be wrong with a file is told with its place, what is legal and a hint.

use std::fmt::Write;
use std::path::Path;

use equipoise_core::Help;
use equipoise_data::{
    AuditColumns, BinaryColumns, DataConfig, DataFile, Error, GroupConfig, ReadOptions, prepare,
    read_audit_columns, read_table,
};
use rstest::{Context, rstest};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// The name of a case.
fn case(context: &Context) -> String {
    format!(
        "{}_{}",
        context.name,
        context.description.unwrap_or_default()
    )
}

/// Checks message and help of an error against a snapshot.
fn assert_told<T>(name: &str, folder: &Path, result: Result<T, Error>) -> TestResult {
    let Err(error) = result else {
        return Err("no error".into());
    };
    let mut text = format!("{error}\n");
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        writeln!(text, "because: {cause}")?;
        source = cause.source();
    }
    let help = error.help().ok_or("no help")?;
    writeln!(text, "help: {help}")?;
    let text = text.replace(&format!("{}/", folder.display()), "");
    insta::assert_snapshot!(name, text);
    Ok(())
}

#[rstest]
#[case::missing_file("absent.csv", None)]
#[case::missing_parquet("absent.parquet", None)]
#[case::unknown_extension("people.xlsx", Some("x"))]
#[case::no_extension("people", Some("x"))]
#[case::empty_csv("people.csv", Some(""))]
#[case::empty_parquet("people.parquet", Some(""))]
#[case::header_only("people.csv", Some("age,sex\n"))]
#[case::row_too_short("people.csv", Some("age,sex\n39,Male\n50\n"))]
#[case::row_too_long("people.csv", Some("age,sex\n39,Male\n50,Male,x\n"))]
#[case::duplicate_columns("people.csv", Some("age,sex, age\n1,2,3\n"))]
#[case::unnamed_column("people.csv", Some(",sex\n1,2\n"))]
#[case::open_quote("people.csv", Some("age,sex\n39,\"Male\n50,Male\n"))]
#[case::text_in_numbers("people.csv", Some("age,sex\n39,Male\n5o,Male\n38,Female\n"))]
#[case::nan("people.csv", Some("age,sex\n39,Male\nNaN,Male\n"))]
#[case::infinity("people.csv", Some("age,sex\n39,Male\n-inf,Male\n"))]
#[case::not_parquet("people.parquet", Some("age,sex\n39,Male\n"))]
#[case::not_arrow("people.arrow", Some("age,sex\n39,Male\n"))]
#[case::broken_json("people.jsonl", Some("{\"age\": 39}\n{\"age\": \n"))]
#[case::json_of_lists("people.jsonl", Some("{\"age\": 39}\n[1, 2]\n"))]
#[case::json_of_several_kinds(
    "people.jsonl",
    Some("{\"age\": 39}\n{\"age\": \"old\"}\n{\"age\": 40}\n")
)]
#[case::json_with_a_key_twice("people.jsonl", Some("{\"age\": 39, \"age\": 40}\n"))]
#[case::json_with_a_list("people.jsonl", Some("{\"age\": [39]}\n"))]
fn a_broken_file_is_told_by_its_place(
    #[context] context: Context,
    #[case] name: &str,
    #[case] text: Option<&str>,
) -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join(name);
    if let Some(text) = text {
        fs_err::write(&path, text)?;
    }
    assert_told(
        &case(&context),
        folder.path(),
        read_table(&path, &ReadOptions::default()),
    )
}

#[test]
fn a_folder_is_no_file() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.csv");
    fs_err::create_dir(&path)?;
    assert_told(
        "a_folder_is_no_file",
        folder.path(),
        read_table(&path, &ReadOptions::default()),
    )
}

#[test]
fn latin_1_is_not_utf_8() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.csv");
    fs_err::write(&path, b"age,name\n39,Ren\xe9\n")?;
    assert_told(
        "latin_1_is_not_utf_8",
        folder.path(),
        read_table(&path, &ReadOptions::default()),
    )
}

#[test]
fn nan_in_a_typed_column_is_told_by_its_row() -> TestResult {
    use polars::prelude::{ParquetWriter, df};

    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.parquet");
    let mut frame = df!("age" => [1.0, 2.0, f64::NAN])?;
    ParquetWriter::new(fs_err::File::create(&path)?).finish(&mut frame)?;
    assert_told(
        "nan_in_a_typed_column_is_told_by_its_row",
        folder.path(),
        read_table(&path, &ReadOptions::default()),
    )
}

/// A hundred people: age 20 to 59, two occupations, two sexes, two labels, one weight.
fn people(change: impl Fn(usize, &mut [String; 5])) -> Result<String, std::fmt::Error> {
    let mut text = "age,work,sex,income,weight\n".to_owned();
    for row in 0..100 {
        let mut fields = [
            (20 + row % 40).to_string(),
            ["Clerk", "Craft"][row % 3 % 2].to_owned(),
            ["Female", "Male"][row % 2].to_owned(),
            ["<=50K", ">50K"][row % 5 % 2].to_owned(),
            "1".to_owned(),
        ];
        change(row, &mut fields);
        writeln!(text, "{}", fields.join(","))?;
    }
    Ok(text)
}

const CONFIG: &str = r#"
source = "people.csv"
label  = { column = "income", positive = ">50K" }
groups = ["sex"]
"#;

fn prepare_people(name: &str, config: &str, text: &str) -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.csv");
    fs_err::write(&path, text)?;
    let mut table: toml::Table = toml::from_str(CONFIG)?;
    table.extend(toml::from_str::<toml::Table>(config)?);
    let mut config: DataConfig = table.try_into()?;
    config.source = path;
    assert_told(name, folder.path(), prepare(&config.check()?, 7))
}

#[rstest]
#[case::label_not_there("label = 'incme'")]
#[case::group_not_there("groups = ['gender']")]
#[case::weight_not_there("weight = 'wieght'")]
#[case::excluded_column_not_there("exclude = ['fnlwgt']")]
#[case::typed_column_not_there("columns = { zip = 'number' }")]
#[case::entity_not_there("split = { by = 'patient_id' }")]
#[case::split_column_not_there("split = { column = 'part' }")]
#[case::positive_not_there("label = { column = 'income', positive = '>50k' }")]
#[case::many_classes("label = 'age'")]
#[case::text_as_a_number("label = { column = 'income', task = 'regression' }")]
#[case::bins_of_texts("groups = [{ column = 'sex', bins = [1] }]")]
#[case::unmapped_value("groups = [{ column = 'sex', values = { Male = 'M' } }]")]
#[case::misspelt_value("groups = [{ column = 'sex', values = { Femal = 'F', '*' = 'Other' } }]")]
#[case::value_of_another_column(
    "groups = [{ column = 'sex', values = { Clerk = 'C', '*' = 'Other' } }]"
)]
#[case::mapped_to_one_group("groups = [{ column = 'sex', values = { '*' = 'Everyone' } }]")]
#[case::no_features("exclude = ['age', 'work', 'weight']")]
#[case::split_column_of_words("split = { column = 'work' }")]
#[case::split_column_of_numbers("split = { column = 'age' }")]
#[case::text_declared_to_be_a_number("columns = { work = 'number' }")]
fn a_config_that_does_not_fit_the_data(
    #[context] context: Context,
    #[case] config: &str,
) -> TestResult {
    prepare_people(&case(&context), config, &people(|_, _| {})?)
}

#[test]
fn one_class_only() -> TestResult {
    prepare_people(
        "one_class_only",
        "",
        &people(|_, fields| fields[3] = ">50K".to_owned())?,
    )
}

#[test]
fn one_group_only() -> TestResult {
    prepare_people(
        "one_group_only",
        "",
        &people(|_, fields| fields[2] = "Male".to_owned())?,
    )
}

#[test]
fn a_group_that_training_never_sees() -> TestResult {
    let text = people(|row, fields| {
        fields[1] = ["train", "train", "valid", "test"][row % 4].to_owned();
        if row % 4 == 3 && row > 50 {
            fields[2] = "Other".to_owned();
        }
    })?;
    prepare_people(
        "a_group_that_training_never_sees",
        "split = { column = 'work' }",
        &text,
    )
}

#[test]
fn a_class_that_training_never_sees() -> TestResult {
    let text = people(|row, fields| {
        fields[1] = ["train", "train", "valid", "test"][row % 4].to_owned();
        if row == 2 {
            fields[3] = "unknown".to_owned();
        }
    })?;
    prepare_people(
        "a_class_that_training_never_sees",
        "split = { column = 'work' }\nlabel = { column = 'income', task = 'multiclass' }",
        &text,
    )
}

#[test]
fn a_part_without_rows() -> TestResult {
    let text = people(|row, fields| fields[1] = ["train", "test"][row % 2].to_owned())?;
    prepare_people("a_part_without_rows", "split = { column = 'work' }", &text)
}

#[test]
fn missing_labels() -> TestResult {
    let text = people(|row, fields| {
        if row % 10 == 3 {
            fields[3] = String::new();
        }
    })?;
    prepare_people("missing_labels", "", &text)
}

#[test]
fn missing_groups() -> TestResult {
    let text = people(|row, fields| {
        if row % 40 == 3 {
            fields[2] = " ? ".to_owned();
        }
    })?;
    prepare_people("missing_groups", "missing_values = ['?']", &text)
}

#[test]
fn numbers_with_fractions_are_no_groups() -> TestResult {
    let text = people(|row, fields| fields[0] = format!("{}.5", 20 + row % 40))?;
    prepare_people(
        "numbers_with_fractions_are_no_groups",
        "groups = ['age']",
        &text,
    )
}

#[test]
fn numbers_with_fractions_are_no_classes() -> TestResult {
    let text = people(|row, fields| fields[0] = format!("{}.5", 20 + row % 40))?;
    prepare_people(
        "numbers_with_fractions_are_no_classes",
        "label = { column = 'age', task = 'multiclass' }",
        &text,
    )
}

#[test]
fn a_weight_of_zero() -> TestResult {
    let text = people(|row, fields| {
        if row == 16 {
            fields[4] = "0".to_owned();
        }
    })?;
    prepare_people("a_weight_of_zero", "weight = 'weight'", &text)
}

fn audited(outcome: BinaryColumns) -> AuditColumns {
    AuditColumns::binary(outcome, vec![GroupConfig::column("g")])
}

#[rstest]
#[case::neither_prediction_nor_score("y,g\n1,a\n", audited(BinaryColumns::new("y")))]
#[case::label_of_words(
    "y,p,g\nyes,1,a\nno,0,b\n",
    audited(BinaryColumns::new("y").with_prediction("p"))
)]
#[case::prediction_of_words(
    "y,p,g\nyes,maybe,a\nno,0,b\n",
    audited(BinaryColumns::new("y").with_prediction("p").with_positive("yes"))
)]
#[case::positive_not_there(
    "y,p,g\nyes,1,a\nno,0,b\n",
    audited(BinaryColumns::new("y").with_prediction("p").with_positive("yse"))
)]
#[case::missing_prediction(
    "y,p,g\n1,1,a\n1,,b\n",
    audited(BinaryColumns::new("y").with_prediction("p"))
)]
#[case::score_of_words(
    "y,s,g\n1,high,a\n1,low,b\n",
    audited(BinaryColumns::new("y").with_score("s"))
)]
#[case::column_not_there(
    "y,score,g\n1,0.5,a\n",
    audited(BinaryColumns::new("y").with_score("scroe"))
)]
fn columns_that_cannot_be_audited(
    #[context] context: Context,
    #[case] text: &str,
    #[case] columns: AuditColumns,
) -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("predictions.csv");
    fs_err::write(&path, text)?;
    assert_told(
        &case(&context),
        folder.path(),
        read_audit_columns(&[DataFile::new(&path)?], &columns),
    )
}
