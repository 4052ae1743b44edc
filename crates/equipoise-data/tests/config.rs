//! What a `[data]` table may say, and what it is told when it says something else.

use equipoise_core::Help;
use equipoise_data::{DataConfig, GroupConfig, Split};
use rstest::{Context, rstest};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const VALID: &str = r#"
source = "adult.parquet"
label  = { column = "income", positive = ">50K" }
groups = ["sex", { name = "age", column = "age", bins = [25, 45, 65] }]
exclude = ["fnlwgt"]
missing_values = ["?", -999]
columns = { zip = "category" }
weight = "weight"
features = { use_groups = true, numbers = "piecewise-linear", edges = 64 }
split = { train = 0.6, valid = 0.2, test = 0.2, stratify = ["label", "group"], by = "patient_id", seed = 7 }
"#;

/// The name of a case.
fn case(context: &Context) -> String {
    format!(
        "{}_{}",
        context.name,
        context.description.unwrap_or_default()
    )
}

#[test]
fn a_config_reads_back_as_it_was_written() -> TestResult {
    let config: DataConfig = toml::from_str(VALID)?;
    assert_eq!(config.missing_values, ["?", "-999"]);
    assert_eq!(config.groups[0], GroupConfig::column("sex"));
    let text = toml::to_string(&config)?;
    insta::assert_snapshot!(text);
    assert_eq!(toml::from_str::<DataConfig>(&text)?, config);
    let json = serde_json::to_string(&config)?;
    assert_eq!(serde_json::from_str::<DataConfig>(&json)?, config);
    Ok(())
}

#[test]
fn a_split_that_is_not_named_is_stratified() -> TestResult {
    let config: DataConfig = toml::from_str("source = 'a.csv'\nlabel = 'y'\ngroups = ['g']")?;
    let checked = config.check()?;
    let Split::Drawn(split) = checked.split() else {
        return Err("not drawn".into());
    };
    assert_eq!(
        split.shares().map(|share| share.to_string()),
        ["0.6", "0.2", "0.2"]
    );
    assert_eq!(split.stratify().len(), 2);
    Ok(())
}

#[rstest]
#[case::unknown_key("sorce = 1")]
#[case::group_is_a_number("groups = [3]")]
#[case::group_key("groups = [{ colum = 'sex' }]")]
#[case::group_policy("groups = [{ column = 'sex', missing = 'ignore' }]")]
#[case::label_is_a_list("label = []")]
#[case::label_key("label = { column = 'y', postive = 1 }")]
#[case::positive_is_a_list("label = { column = 'y', positive = [1] }")]
#[case::missing_values_is_a_text("missing_values = '?'")]
#[case::column_type("columns = { zip = 'text' }")]
#[case::stratify("split = { stratify = ['sex'] }")]
#[case::numbers("features = { numbers = 'buckets' }")]
fn a_wrong_word_is_told_what_is_legal(
    #[context] context: Context,
    #[case] line: &str,
) -> TestResult {
    let Err(error) = toml::from_str::<DataConfig>(line) else {
        return Err("read without an error".into());
    };
    insta::assert_snapshot!(case(&context), error.to_string());
    Ok(())
}

#[rstest]
#[case::no_groups("groups = []")]
#[case::group_twice("groups = ['sex', { name = 'sex', column = 'gender' }]")]
#[case::group_is_the_label("groups = ['income']")]
#[case::reserved_name("groups = [{ name = 'score', column = 'x' }]")]
#[case::bins_and_values("groups = [{ column = 'x', bins = [1], values = { a = 'b' } }]")]
#[case::bins_descend("groups = [{ column = 'x', bins = [2, 1] }]")]
#[case::no_values("groups = [{ column = 'x', values = {} }]")]
#[case::positive_of_a_number("label = { column = 'y', positive = 1, task = 'regression' }")]
#[case::share_above_1("split = { train = 1.2, valid = 0.2, test = 0.2 }")]
#[case::shares_do_not_sum_to_1("split = { train = 0.5, valid = 0.2, test = 0.2 }")]
#[case::two_shares("split = { train = 0.5, valid = 0.5 }")]
#[case::column_and_seed("split = { column = 'part', seed = 7 }")]
#[case::edges_without_pieces("features = { edges = 64 }")]
#[case::one_edge("features = { numbers = 'piecewise-linear', edges = 1 }")]
#[case::extension("source = 'adult.xlsx'")]
fn a_value_out_of_range_is_told_what_is_legal(
    #[context] context: Context,
    #[case] line: &str,
) -> TestResult {
    let key = line.split(' ').next().unwrap_or_default();
    let mut table: toml::Table = toml::from_str(VALID)?;
    let replacement: toml::Table = toml::from_str(line)?;
    table.insert(key.to_owned(), replacement[key].clone());
    let config: DataConfig = table.try_into()?;
    let Err(error) = config.check() else {
        return Err("checked without an error".into());
    };
    let help = error.help().ok_or("no help")?;
    insta::assert_snapshot!(case(&context), format!("{error}\nhelp: {help}"));
    Ok(())
}
