//! Runs with several fairness losses, with a continuous attribute, with groups that are known as
//! probabilities, and with identities in texts.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod program;

use std::fmt::Write as _;

use equipoise_core::{ColumnValues, Scores, Table};
use equipoise_data::{ReadOptions, read_table};
use equipoise_models::bert::TextPredictor;
use equipoise_tensor::{open_device, parse_device};
use program::{Workplace, stderr, stdout};

const LOANS: &str = r#"
title = "Loans"
seed = 3
[data]
source = "loans.csv"
label = { column = "loan", positive = "yes" }
groups = ["sex", { name = "age", column = "age", bins = [35, 55], continuous = true }]
split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }
[model]
kind = "mlp"
hidden = [8]
dropout = 0.0
[finetune]
epochs = 12
batch_size = 64
optimizer = { kind = "adamw", learning_rate = 1e-2 }
[[fairness]]
loss = "demographic-parity"
lambda = { target = 0.05 }
groups = ["sex"]
[[fairness]]
loss = "correlation"
attribute = "values"
lambda = 3.0
groups = ["age"]
[[fairness]]
loss = "equalized-odds"
lambda = 0.1
groups = ["sex", "age"]
[audit]
replicates = 20
"#;

/// People whose income grows with their age, and whose loan depends on their income.
fn loans() -> String {
    let mut text = "income,debt,sex,age,loan\n".to_owned();
    for row in 0..800_usize {
        let age = 20 + (row * 37) % 50;
        let sex = if (row / 3) % 2 == 0 { "f" } else { "m" };
        let income = age * 2 + (row * 61) % 40 + if sex == "m" { 20 } else { 0 };
        let debt = (row * 17) % 60;
        let loan = if income > debt + 70 { "yes" } else { "no" };
        let _ = writeln!(text, "{income},{debt},{sex},{age},{loan}");
    }
    text
}

fn numbers(table: &Table, column: &str) -> Vec<f64> {
    match &table.column(column).unwrap().values {
        ColumnValues::Number(values) => values.iter().map(|value| value.unwrap()).collect(),
        other => panic!("`{column}` is {other:?}"),
    }
}

/// The correlation of scores and ages over all rows.
fn correlation(place: &Workplace, model: &str) -> f64 {
    let read = |path: &str| read_table(&place.path(path), &ReadOptions::default()).unwrap();
    let ages = numbers(&read("loans.csv"), "age");
    let predictions = read(&format!("out/predictions/{model}.parquet"));
    let scores = numbers(&predictions, "score");
    let ids = numbers(&predictions, "id");
    let pairs: Vec<(f64, f64)> = (ids.iter().zip(&scores))
        .map(|(id, score)| {
            let row = (0..ages.len()).find(|&row| (row as f64 - id).abs() < 0.5);
            (ages[row.unwrap()], *score)
        })
        .collect();
    let rows = pairs.len() as f64;
    let mean = |part: fn(&(f64, f64)) -> f64| pairs.iter().map(part).sum::<f64>() / rows;
    let (age, score) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |part: &dyn Fn(f64, f64) -> f64| -> f64 {
        pairs
            .iter()
            .map(|pair| part(pair.0 - age, pair.1 - score))
            .sum()
    };
    sum(&|a, s| a * s) / (sum(&|a, _| a * a) * sum(&|_, s| s * s)).sqrt()
}

#[test]
fn several_losses_and_a_continuous_attribute_train_together() {
    let place = Workplace::new(LOANS);
    place.write("loans.csv", loans());
    place.run_into("out");

    // What the scores say of the age is what the second loss takes away.
    let (plain, fair) = (correlation(&place, "plain"), correlation(&place, "fair"));
    assert!(plain > 0.5 && fair.abs() < plain / 2.0, "{plain} {fair}");

    let record = std::fs::read(place.path("out/run.json")).unwrap();
    let record: serde_json::Value = serde_json::from_slice(&record).unwrap();
    let fair = &record["models"][1];
    assert_eq!(
        fair["loss"],
        "demographic-parity/gap + correlation + equalized-odds/gap"
    );
    assert!(fair["lambda"].is_null());
    assert_eq!(fair["terms"][1]["lambda"], 3.0);
    assert_eq!(
        fair["terms"][2]["groups"],
        serde_json::json!(["sex", "age"])
    );
    assert!(fair["terms"][0]["violation"].is_number());
    assert!(fair["terms"][2]["violation"].is_null());
    assert_eq!(record["models"][0]["terms"], serde_json::json!([]));

    // Each loss has its curve, and each weight that moves.
    let page = std::fs::read_to_string(place.path("out/report.html")).unwrap();
    for expected in [
        "Fairness loss correlation by age",
        "Weight of demographic-parity/gap by sex (lambda)",
        "Violation that is to come within its target, demographic-parity/gap by sex",
        "Fairness loss equalized-odds/gap by sex and age",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("Weight of correlation"), "it stands still");

    let checked = place.equipoise(&["data", "check", "run.toml"]);
    assert!(checked.status.success(), "{}", stderr(&checked));
    let losses: Vec<String> = stdout(&checked)
        .lines()
        .skip_while(|line| !line.starts_with("fairness"))
        .take(3)
        .map(|line| line.trim_start_matches("fairness").trim().to_owned())
        .collect();
    assert_eq!(
        losses,
        [
            "demographic-parity/gap between groups of sex, lambda for a violation of at most 0.05",
            "correlation between groups of age, lambda 3",
            "equalized-odds/gap between groups of sex x age, lambda 0.1",
        ]
    );
}

const SOFT: &str = r#"
title = "Loans"
seed = 3
[data]
source = "loans.csv"
label = { column = "loan", positive = "yes" }
groups = [{ name = "sex", probabilities = { m = "p_m", f = "p_f" } }, "region"]
split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }
[model]
kind = "mlp"
hidden = [8]
dropout = 0.0
[finetune]
epochs = 20
batch_size = 64
optimizer = { kind = "adamw", learning_rate = 1e-2 }
[fairness]
loss = "demographic-parity"
lambda = { target = 0.05 }
groups = ["sex"]
[audit]
replicates = 20
"#;

/// Of nobody the sex is known, of everybody how likely it is.
fn guessed_loans() -> String {
    let mut text = "income,debt,p_f,p_m,region,loan\n".to_owned();
    for row in 0..800_usize {
        let p_f = [0.9, 0.6, 0.3, 0.05][(row / 3) % 4];
        let likely_man = if p_f < 0.5 { 40 } else { 0 };
        let income = (row * 61) % 80 + likely_man;
        let debt = (row * 17) % 60;
        let loan = if income > debt + 20 { "yes" } else { "no" };
        let region = ["north", "south"][row % 2];
        let p_m = 1.0 - p_f;
        let _ = writeln!(text, "{income},{debt},{p_f},{p_m},{region},{loan}");
    }
    text
}

#[test]
fn groups_that_are_known_as_probabilities_train_and_are_audited() {
    let place = Workplace::new(SOFT);
    place.write("loans.csv", guessed_loans());
    place.run_into("out");

    let read = |path: &str| read_table(&place.path(path), &ReadOptions::default()).unwrap();
    let probabilities = numbers(&read("loans.csv"), "p_f");
    let gap = |model: &str| -> f64 {
        let audit = std::fs::read(place.path(format!("out/audit/{model}.json"))).unwrap();
        let audit: serde_json::Value = serde_json::from_slice(&audit).unwrap();
        let rate = |sex: &str| {
            let records = audit["records"].as_array().unwrap();
            let of_group = |record: &&serde_json::Value| {
                record["metric"] == "selection_rate"
                    && record["attributes"] == serde_json::json!({ "sex": sex })
            };
            let record = records.iter().find(of_group).unwrap();
            record["value"].as_f64().unwrap()
        };
        // The rate of women is a mean over all rows, each weighing as its probability says.
        let predictions = read(&format!("out/predictions/{model}.parquet"));
        let ColumnValues::Text { levels, codes } = &predictions.column("split").unwrap().values
        else {
            panic!("the part is a text")
        };
        let (scores, ids) = (numbers(&predictions, "score"), numbers(&predictions, "id"));
        let (mut women, mut accepted) = (0.0, 0.0);
        for (row, code) in codes.iter().enumerate() {
            if levels[code.unwrap() as usize] == "test" {
                let id = (0..probabilities.len()).find(|&id| (id as f64 - ids[row]).abs() < 0.5);
                let weight = probabilities[id.unwrap()];
                women += weight;
                accepted += if scores[row] >= 0.5 { weight } else { 0.0 };
            }
        }
        assert!((rate("f") - accepted / women).abs() < 1e-9);
        (rate("m") - rate("f")).abs()
    };
    let (plain, fair) = (gap("plain"), gap("fair"));
    assert!(plain > 0.1 && fair < plain / 2.0, "{plain} {fair}");

    let checked = place.equipoise(&["data", "check", "run.toml"]);
    assert!(checked.status.success(), "{}", stderr(&checked));

    // A row whose probabilities do not sum to 1 is told.
    place.write("loans.csv", guessed_loans().replacen(",0.9,", ",0.8,", 1));
    let told = place.equipoise(&["run", "run.toml", "--out", "other"]);
    assert!(!told.status.success());
    let message = stderr(&told);
    assert!(
        message.contains("row 1") && message.contains("`p_f`"),
        "{message}"
    );
}

const COMMENTS: &str = r#"
title = "Comments"
seed = 3
[data]
source = "comments.csv"
text = "comment"
label = { column = "label", positive = "rude" }
groups = [
    { name = "women", column = "comment", lexicon = "en", identity = "gender.female" },
    { name = "muslims", column = "comment", lexicon = "en", identity = "religion.muslim" },
]
split = { train = 0.6, valid = 0.2, test = 0.2, seed = 7 }
[model]
kind = "bert"
shape = { width = 16, layers = 1, heads = 2, feed_forward = 32, positions = 48, initializer_range = 0.3 }
tokenizer = { vocabulary = 200, min_frequency = 1 }
[finetune]
epochs = 2
batch_size = 32
[[fairness]]
loss = "predictive-equality"
lambda = 0.5
groups = ["women"]
[[fairness]]
loss = "predictive-equality"
lambda = 0.5
groups = ["muslims"]
[audit]
replicates = 20
"#;

#[test]
fn a_text_is_in_the_group_of_every_identity_that_it_names() {
    let place = Workplace::new(COMMENTS);
    let mut text = "comment,label\n".to_owned();
    for row in 0..240_usize {
        let who = ["the dog", "this woman", "a Muslim", "two Muslim women"][row % 4];
        let (word, label) = match row % 5 {
            0 | 1 => ("awful", "rude"),
            _ => ("lovely", "kind"),
        };
        let _ = writeln!(text, "\"{who} seemed {word} to me, number {row}\",{label}");
    }
    place.write("comments.csv", text);
    place.run_into("out");
    let audit = std::fs::read(place.path("out/audit/fair.json")).unwrap();
    let audit: serde_json::Value = serde_json::from_slice(&audit).unwrap();
    let count = |attributes: serde_json::Value| {
        let records = audit["records"].as_array().unwrap();
        let of_group = |record: &&serde_json::Value| {
            record["metric"] == "selection_rate" && record["attributes"] == attributes
        };
        records.iter().find(of_group).unwrap()["count"]
            .as_u64()
            .unwrap()
    };
    let both = count(serde_json::json!({ "women": "yes", "muslims": "yes" }));
    let women = count(serde_json::json!({ "women": "yes" }));
    let only_women = count(serde_json::json!({ "women": "yes", "muslims": "no" }));
    // A comment that names both counts for each of them.
    assert!(both > 0 && only_women > 0);
    assert_eq!(women, both + only_women);
}

/// How far the scores of comments lie from those of the same comments about men.
fn distance(place: &Workplace, model: &str) -> f64 {
    let device = open_device(&parse_device("cpu").unwrap()).unwrap();
    let folder = place.path(format!("out/models/{model}"));
    let predictor = TextPredictor::load(&folder, &device).unwrap();
    let of = |who: &str| -> Vec<f64> {
        let texts: Vec<String> = ["awful", "lovely", "late"]
            .map(|word| format!("this {who} seemed {word} to me"))
            .to_vec();
        match predictor.score(&texts).unwrap() {
            Scores::Binary(scores) => scores,
            other => panic!("two classes have one score, not {other:?}"),
        }
    };
    let pairs = of("woman").into_iter().zip(of("man"));
    pairs.map(|(woman, man)| (woman - man).abs()).sum()
}

#[test]
fn a_text_and_its_counterfactual_get_the_same_answer() {
    let start = COMMENTS.find("[[fairness]]").unwrap();
    let end = COMMENTS.find("[audit]").unwrap();
    let config = format!(
        "{}[fairness]\nloss = \"counterfactual-pairing\"\nlambda = 3.0\ngroups = [\"women\"]\n{}",
        COMMENTS[..start].replace(
            "text = \"comment\"",
            "text = \"comment\"\nswap = \"pairs.toml\""
        ),
        &COMMENTS[end..]
    )
    .replace(
        "epochs = 2",
        "epochs = 5\noptimizer = { kind = \"adamw\", learning_rate = 1e-2 }",
    );
    let others = config
        .lines()
        .filter(|line| !line.contains("religion.muslim"));
    let config = others.collect::<Vec<_>>().join("\n");
    let place = Workplace::new(&config);
    let mut text = "comment,label\n".to_owned();
    for row in 0..240_usize {
        let (who, rude) = match row % 2 {
            0 => ("woman", row % 5 < 4),
            _ => ("man", row % 5 < 1),
        };
        let (word, label) = if rude {
            ("late", "rude")
        } else {
            ("lovely", "kind")
        };
        let _ = writeln!(text, "\"this {who} seemed {word} to me\",{label}");
    }
    place.write("comments.csv", text);
    let pairs = "schema = \"equipoise.swap/1\"\nlanguage = \"en\"\nname = \"own\"\n\
                 pairs = [[\"man\", \"woman\"]]\n";
    place.write("pairs.toml", pairs);
    place.run_into("out");
    let (plain, fair) = (distance(&place, "plain"), distance(&place, "fair"));
    assert!(fair < plain / 2.0, "{plain} {fair}");
    place.run_into("again");
    let bytes = |out: &str| std::fs::read(place.path(format!("{out}/run.json"))).unwrap();
    assert!(bytes("out") == bytes("again"));
}
