//! From a file to encoded parts, and what a profile says of it.

use std::fmt::Write;
use std::path::PathBuf;

use equipoise_core::{ColumnValues, FeatureSpec, MissingPolicy, SplitPart, Task};
use equipoise_data::{
    DataConfig, DescribeOptions, GroupConfig, LabelConfig, Prepared, ReadOptions, describe_file,
    prepare, read_table,
};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// 400 rows: two rows of each patient, ages with gaps, a race that is missing at times.
fn patients() -> Result<String, std::fmt::Error> {
    let mut text = "patient,age,ward,sex,race,ill\n".to_owned();
    for row in 0..400 {
        let age = if row % 17 == 0 {
            "?".to_owned()
        } else {
            (20 + row % 60).to_string()
        };
        let race = ["Black", "White", "White", "Asian", "?"][row / 2 % 5];
        writeln!(
            text,
            "p{},{age},{},{},{race},{}",
            row / 2,
            ["A", "B", "C"][row % 3],
            ["Female", "Male"][row / 2 % 2],
            u8::from(row * row % 7 < 3)
        )?;
    }
    Ok(text)
}

fn prepare_patients(config: &str, seed: u64) -> Result<Prepared, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("patients.csv");
    fs_err::write(&path, patients()?)?;
    let mut config: DataConfig = toml::from_str(&format!(
        "source = 'patients.csv'\nlabel = {{ column = 'ill', positive = 1 }}\nmissing_values = ['?']\n{config}"
    ))?;
    config.source = path;
    Ok(prepare(&config.check()?, seed)?)
}

fn feature_columns(data: &Prepared) -> Vec<&str> {
    data.encoder
        .features()
        .iter()
        .map(FeatureSpec::column)
        .collect()
}

#[test]
fn groups_label_and_excluded_columns_are_no_features() -> TestResult {
    let config =
        "exclude = ['patient']\ngroups = ['sex', { column = 'race', missing = 'own-group' }]";
    let data = prepare_patients(config, 7)?;
    assert_eq!(feature_columns(&data), ["age", "ward"]);
    assert_eq!(data.shape.numeric, 2, "age and its missing indicator");
    assert_eq!(data.shape.cardinalities, [5]);
    assert_eq!(
        data.schema.attributes()[1].values(),
        ["Asian", "Black", "White", MissingPolicy::OWN_GROUP]
    );
    assert_eq!(data.train.len() + data.valid.len() + data.test.len(), 400);
    assert!(data.dropped.is_empty());

    let config = format!("{config}\nfeatures = {{ use_groups = true }}");
    let data = prepare_patients(&config, 7)?;
    assert_eq!(feature_columns(&data), ["age", "ward", "sex", "race"]);
    Ok(())
}

#[test]
fn dropped_rows_keep_the_numbers_of_the_others() -> TestResult {
    let data = prepare_patients("groups = [{ column = 'race', missing = 'drop' }]", 7)?;
    assert_eq!(data.rows, 400);
    assert_eq!(data.dropped[0].count, 80);
    let mut ids: Vec<u64> = SplitPart::ALL
        .iter()
        .flat_map(|&part| data.part(part).ids().iter().copied())
        .collect();
    ids.sort_unstable();
    let expected: Vec<u64> = (0..400).filter(|row| row / 2 % 5 != 4).collect();
    assert_eq!(ids, expected);
    Ok(())
}

#[test]
fn a_patient_is_in_one_part() -> TestResult {
    let data = prepare_patients("groups = ['sex']\nsplit = { by = 'patient' }", 7)?;
    assert_eq!(feature_columns(&data), ["age", "ward", "race"]);
    let patients = |part| -> Vec<u64> { data.part(part).ids().iter().map(|id| id / 2).collect() };
    for patient in patients(SplitPart::Train) {
        assert!(!patients(SplitPart::Valid).contains(&patient));
        assert!(!patients(SplitPart::Test).contains(&patient));
    }
    Ok(())
}

#[test]
fn the_encoder_knows_the_training_part_alone() -> TestResult {
    let data = prepare_patients("groups = ['sex']\nexclude = ['race', 'ward']", 7)?;
    let levels = data
        .encoder
        .features()
        .iter()
        .find_map(|feature| match feature {
            FeatureSpec::Category { column, levels } if column == "patient" => Some(levels.len()),
            _ => None,
        });
    let mut trained: Vec<u64> = data.train.ids().iter().map(|id| id / 2).collect();
    trained.dedup();
    assert_eq!(levels, Some(trained.len()));
    assert!(data.warnings[0].contains("200 distinct texts"));
    Ok(())
}

#[test]
fn one_seed_gives_one_result_and_the_seed_of_the_split_comes_first() -> TestResult {
    assert_eq!(
        prepare_patients("groups = ['sex']", 1)?.train,
        prepare_patients("groups = ['sex']", 1)?.train
    );
    assert_ne!(
        prepare_patients("groups = ['sex']", 1)?.train.ids(),
        prepare_patients("groups = ['sex']", 2)?.train.ids()
    );
    let seeded = "groups = ['sex']\nsplit = { seed = 3 }";
    assert_eq!(
        prepare_patients(seeded, 1)?.train.ids(),
        prepare_patients(seeded, 2)?.train.ids()
    );
    Ok(())
}

#[test]
fn numbers_and_several_classes_can_be_predicted() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("patients.csv");
    fs_err::write(&path, patients()?.replace('?', "50"))?;
    let label = |text: &str| -> Result<Prepared, Box<dyn std::error::Error>> {
        let mut config: DataConfig = toml::from_str(&format!(
            "source = 'a.csv'\ngroups = ['sex']\nlabel = {text}"
        ))?;
        config.source.clone_from(&path);
        Ok(prepare(&config.check()?, 7)?)
    };
    assert_eq!(
        label("{ column = 'age', task = 'regression' }")?.task,
        Task::Regression
    );
    let classes = label("{ column = 'ward', task = 'multiclass' }")?;
    assert_eq!(classes.task.outputs(), 3);
    Ok(())
}

#[test]
fn a_profile_counts_by_group_and_finds_the_proxy() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.csv");
    let mut text = "id,age,shoe,sex,race,ill\n".to_owned();
    for row in 0..200 {
        let sex = row % 2;
        writeln!(
            text,
            "r{row},{},{},{},{},{}",
            20 + row % 50,
            if row % 10 == 0 { 40 } else { 36 + 8 * sex },
            ["Female", "Male"][sex],
            ["White", "Black"][usize::from(sex == 1 && row % 8 == 1)],
            if row % 20 == 0 {
                String::new()
            } else {
                (row / 2 % 2).to_string()
            },
        )?;
    }
    fs_err::write(&path, text)?;
    let profile = describe_file(
        &path,
        &DescribeOptions {
            label: Some(LabelConfig::column("ill")),
            groups: vec![GroupConfig::column("sex"), GroupConfig::column("race")],
            ..DescribeOptions::default()
        },
    )?;
    insta::assert_json_snapshot!(profile);
    Ok(())
}

#[test]
fn the_proxies_of_training_data_are_features() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("people.csv");
    let mut text = "shoe,race,height,sex,ill\n".to_owned();
    for row in 0..400 {
        let sex = row % 2;
        writeln!(
            text,
            "{},{},{},{},{}",
            36 + 8 * sex,
            ["White", "Black"][usize::from(sex == 1 && row % 8 == 1)],
            160 + 20 * sex,
            ["Female", "Male"][sex],
            row / 2 % 2,
        )?;
    }
    fs_err::write(&path, text)?;
    let proxies = |options: &str| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let mut config: DataConfig = toml::from_str(&format!(
            "source = 'people.csv'\nlabel = {{ column = 'ill', positive = 1 }}\n\
             groups = ['sex', 'race']\nweight = 'height'\n{options}"
        ))?;
        config.source.clone_from(&path);
        let profile = prepare(&config.check()?, 7)?.profile;
        let mut columns: Vec<String> = profile.proxies.into_iter().map(|p| p.column).collect();
        columns.sort_unstable();
        columns.dedup();
        Ok(columns)
    };
    // The weight gives the sex away as well, and so does the race: but not to the model.
    assert_eq!(proxies("")?, ["shoe"]);
    assert_eq!(
        proxies("features = { use_groups = true }")?,
        ["race", "sex", "shoe"]
    );
    Ok(())
}

/// The folder of real data, or `None`, said aloud, where there is none.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn real_data(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("EQUIPOISE_DATA").map(PathBuf::from);
    if folder.is_none() {
        eprintln!("skipped: {test} needs EQUIPOISE_DATA");
    }
    folder
}

#[test]
fn adult_census() -> TestResult {
    const HEADER: &str = "age,workclass,fnlwgt,education,education_num,marital_status,occupation,\
        relationship,race,sex,capital_gain,capital_loss,hours_per_week,native_country,income\n";

    let Some(data) = real_data("adult_census") else {
        return Ok(());
    };
    let rows = fs_err::read_to_string(data.join("adult/adult.data"))?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("adult.csv");
    fs_err::write(&path, format!("{HEADER}{rows}"))?;

    let table = read_table(
        &path,
        &ReadOptions {
            missing_values: vec!["?".to_owned()],
            ..ReadOptions::default()
        },
    )?;
    assert_eq!(table.rows(), 32_561);
    assert_eq!(table.column("workclass")?.values.missing(), 1_836);
    assert!(matches!(
        table.column("hours_per_week")?.values,
        ColumnValues::Number(_)
    ));

    let mut config: DataConfig = toml::from_str(
        r#"
        source = "adult.csv"
        label = { column = "income", positive = ">50K" }
        groups = ["sex", "race"]
        exclude = ["fnlwgt"]
        missing_values = ["?"]
        split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }
        "#,
    )?;
    config.source.clone_from(&path);
    let data = prepare(&config.check()?, 0)?;
    assert_eq!(data.schema.cell_count(), 10);
    assert_eq!(data.shape.numeric, 5);
    assert_eq!(data.shape.cardinalities.len(), 6);
    let female = &data.profile.groups[0];
    assert_eq!(female.count, 10_771);
    assert_eq!(female.positives, Some(1_179));
    // A wife or a husband has told her or his sex.
    let proxy = &data.profile.proxies[0];
    assert_eq!(
        (proxy.column.as_str(), proxy.attribute.as_str()),
        ("relationship", "sex")
    );
    let share = data.train.targets().iter().sum::<f32>() / data.train.len() as f32;
    assert!((share - 7_841.0 / 32_561.0).abs() < 1e-3);
    Ok(())
}
