//! Every way in which a configuration can be wrong, and what is said about it.

use clap::Parser;
use equipoise_losses::LambdaConfig;

use super::Config;
use crate::{
    Registry,
    args::{Cli, Command, ConfigArgs},
    error::CliError,
    program::render,
};

const WHOLE: &str = r#"title = "Income"
seed = 7

[data]
source = "datasets/adult/adult.parquet"
label = { column = "income", positive = ">50K" }
groups = ["sex", { name = "age_band", column = "age", bins = [25, 45, 65] }]
exclude = ["fnlwgt"]
split = { train = 0.6, valid = 0.2, test = 0.2, stratify = ["label", "group"], seed = 7 }

[model]
kind = "tabular-transformer"
width = 32

[pretrain]
objective = "masked-features"
epochs = 2

[finetune]
strategy = "full"
epochs = 8
batch_size = 256
optimizer = { kind = "adamw", learning_rate = 1e-3, weight_decay = 1e-2 }
schedule = { kind = "cosine", warmup = 0.1 }
early_stopping = { patience = 3 }

[fairness]
loss = "demographic-parity"
penalty = "gap"
lambda = 1.0
groups = ["sex"]

[audit]
convention = "equipoise"
confidence = 0.95
"#;

fn args(path: &str, options: &[&str]) -> ConfigArgs {
    let words = ["equipoise", "run", path]
        .into_iter()
        .chain(options.iter().copied());
    match Cli::try_parse_from(words).unwrap().command {
        Command::Run(args) => args.config,
        command => panic!("{command:?} is not what was asked for"),
    }
}

fn parse(text: &str, options: &[&str]) -> Result<Config, CliError> {
    Config::parse(text, &args("adult.toml", options), &Registry::default())
}

fn complaint(text: &str, options: &[&str]) -> String {
    let error = parse(text, options).unwrap_err();
    assert_eq!(error.exit_code(), 2, "{error}");
    render(&error, false)
}

/// The same with two fairness losses.
fn list() -> String {
    let [before, after] = WHOLE
        .split_once("[fairness]")
        .map(<[&str; 2]>::from)
        .unwrap();
    format!(
        r#"{before}[[fairness]]
loss = "equalized-odds"
lambda = {{ target = 0.02 }}
groups = ["age_band"]

[[fairness]]{after}"#
    )
}

#[test]
fn the_whole_file_is_legal() {
    let config = parse(WHOLE, &[]).unwrap();
    assert_eq!(config.title(), "Income");
    assert_eq!(config.seed(), 7);
    assert_eq!(config.data().groups().len(), 2);
    assert!(config.pretrain().is_some());
}

#[test]
fn what_is_written_out_reads_back_as_the_same_configuration() {
    for text in [
        WHOLE,
        &list(),
        &WHOLE.replace("early_stopping", "# early_stopping"),
        &WHOLE.replace("lambda = 1.0", "lambda = { target = 0.02 }"),
        &WHOLE.replace("lambda = 1.0", "lambda = { schedule = \"cosine\", to = 2 }"),
        &WHOLE.replace(
            "lambda = 1.0",
            "lambda = { gradient = 0.1 }\ngradients = \"projection\"",
        ),
        &WHOLE.replace(
            "epochs = 8",
            "steps = 150\nsampler = \"group-balanced\"\nselect = \"last\"",
        ),
        &WHOLE.replace(
            "epochs = 8",
            "just_train_twice = { epochs = 2, upweight = 5 }",
        ),
        &WHOLE.replace(
            "kind = \"adamw\", learning_rate = 1e-3, weight_decay = 1e-2",
            "kind = \"adam\"",
        ),
        &WHOLE.replace(
            "kind = \"cosine\", warmup = 0.1",
            "kind = \"step\", warmup = 0.0, every = 50, factor = 0.1",
        ),
    ] {
        let config = parse(text, &[]).unwrap();
        let written = config.to_toml().unwrap();
        assert_eq!(parse(&written, &[]).unwrap(), config, "{written}");
    }
}

#[test]
fn every_default_is_written_out() {
    let smallest = r#"
        data = { source = "a.csv", label = "y", groups = ["sex"] }
        model = { kind = "mlp" }
    "#;
    insta::assert_snapshot!(parse(smallest, &[]).unwrap().to_toml().unwrap());
}

#[test]
fn the_command_line_wins() {
    let config = parse(
        WHOLE,
        &[
            "--seed=3",
            "--device=cpu",
            "--set=fairness.lambda=0.25",
            "--set=finetune.optimizer.learning_rate=1e-4",
            "--set=model={ kind = \"mlp\" }",
            "--set=data.groups=[\"sex\"]",
            "--set=title=another one",
            "--set=audit.confidence=0.9",
            "--set=pretrain={}",
        ],
    );
    let message = render(&config.unwrap_err(), false);
    assert!(message.contains("has no pretraining"), "{message}");

    let config = parse(
        WHOLE,
        &[
            "--seed=3",
            "--set=fairness.lambda=0.25",
            "--set=title=another one",
        ],
    )
    .unwrap();
    assert_eq!(config.seed(), 3);
    let unchanged = parse(WHOLE, &[]).unwrap();
    assert_ne!(config.audit().seed, unchanged.audit().seed);
    assert_eq!(config.title(), "another one");
    assert_eq!(config.fairness()[0].lambda, LambdaConfig::Fixed(0.25));
    assert_eq!(config.finetune().epochs, 8);
}

/// What is wrong, the text that is replaced, and what it is replaced by.
const WRONG: &[(&str, &str, &str)] = &[
    ("not_toml", "seed = 7", "seed = = 7"),
    ("unknown_table", "[audit]", "[adit]"),
    ("unknown_key_data", "exclude =", "exlude ="),
    ("unknown_key_label", "positive =", "positiv ="),
    ("unknown_key_group", "bins =", "bin ="),
    ("unknown_key_split", "stratify =", "stratified ="),
    ("unknown_key_model", "width =", "widht ="),
    ("unknown_key_pretrain", "objective =", "objectiv ="),
    ("unknown_key_finetune", "batch_size =", "batchsize ="),
    ("unknown_key_optimizer", "learning_rate =", "lr ="),
    ("unknown_key_fairness", "penalty =", "penalti ="),
    ("unknown_key_audit", "confidence =", "confidense ="),
    (
        "unknown_model",
        "\"tabular-transformer\"",
        "\"tabular-transfomer\"",
    ),
    ("unknown_strategy", "\"full\"", "\"lroa\""),
    (
        "unknown_key_strategy",
        "\"full\"",
        "{ kind = \"lora\", rnak = 4 }",
    ),
    (
        "unknown_lora_targets",
        "\"full\"",
        "{ kind = \"lora\", targets = \"key-value\" }",
    ),
    ("rank_zero", "\"full\"", "{ kind = \"lora\", rank = 0 }"),
    ("last_layers_without_number", "\"full\"", "\"last-layers\""),
    (
        "last_layers_zero",
        "\"full\"",
        "{ kind = \"last-layers\", layers = 0 }",
    ),
    ("wrong_type_strategy", "\"full\"", "8"),
    ("layer_decay_zero", "weight_decay = 1e-2", "layer_decay = 0"),
    (
        "layer_decay_of_pretraining",
        "epochs = 2",
        "optimizer = { layer_decay = 0.9 }",
    ),
    (
        "unknown_loss",
        "\"demographic-parity\"",
        "\"demografic-parity\"",
    ),
    ("unknown_penalty", "\"gap\"", "\"gab\""),
    ("unknown_convention", "\"equipoise\"", "\"fairlern\""),
    (
        "missing_key",
        "source = \"datasets/adult/adult.parquet\"",
        "",
    ),
    (
        "missing_table",
        "[model]\nkind = \"tabular-transformer\"\nwidth = 32",
        "",
    ),
    ("wrong_type_text", "lambda = 1.0", "lambda = \"high\""),
    ("wrong_type_number", "epochs = 8", "epochs = 8.5"),
    ("wrong_type_model", "width = 32", "width = \"wide\""),
    ("lambda_negative", "lambda = 1.0", "lambda = -1"),
    ("lambda_nan", "lambda = 1.0", "lambda = nan"),
    ("lambda_infinite", "lambda = 1.0", "lambda = inf"),
    ("lambda_key", "lambda = 1.0", "lambda = { targt = 0.02 }"),
    (
        "lambda_keys",
        "lambda = 1.0",
        "lambda = { target = 0.02, to = 1.0 }",
    ),
    ("lambda_empty", "lambda = 1.0", "lambda = {}"),
    (
        "lambda_shape",
        "lambda = 1.0",
        "lambda = { schedule = \"linaer\", to = 1.0 }",
    ),
    (
        "lambda_target",
        "lambda = 1.0",
        "lambda = { target = -0.02 }",
    ),
    (
        "lambda_violation",
        "lambda = 1.0",
        "lambda = { target = 0.02, violation = \"equalised-odds\" }",
    ),
    (
        "gradients_with_target",
        "lambda = 1.0",
        "lambda = { target = 0.02 }\ngradients = \"projection\"",
    ),
    (
        "unknown_gradients",
        "lambda = 1.0",
        "lambda = 1.0\ngradients = \"project\"",
    ),
    ("unknown_sampler", "epochs = 8", "sampler = \"balanced\""),
    (
        "select_within_no_target",
        "epochs = 8",
        "select = \"within_target\"",
    ),
    (
        "schedule_without_its_keys",
        "kind = \"cosine\"",
        "kind = \"step\"",
    ),
    (
        "unknown_key_just_train_twice",
        "epochs = 8",
        "just_train_twice = { epochs = 2, upwieght = 5 }",
    ),
    ("decay_with_adam", "kind = \"adamw\"", "kind = \"adam\""),
    (
        "unknown_missing_rows",
        "exclude =",
        "missing_rows = \"dropped\"\nexclude =",
    ),
    (
        "groups_not_declared",
        "groups = [\"sex\"]",
        "groups = [\"race\"]",
    ),
    (
        "values_not_continuous",
        "loss = \"demographic-parity\"\npenalty = \"gap\"",
        "loss = \"hsic\"\nattribute = \"values\"",
    ),
    (
        "values_of_a_statistic",
        "penalty = \"gap\"",
        "attribute = \"values\"",
    ),
    (
        "continuous_without_bins",
        "bins = [25, 45, 65]",
        "continuous = true",
    ),
    (
        "continuous_own_group",
        "bins = [25, 45, 65]",
        "bins = [25, 45, 65], continuous = true, missing = \"own-group\"",
    ),
    (
        "soft_of_one_group",
        "column = \"age\", bins = [25, 45, 65]",
        "probabilities = { young = \"p_young\" }",
    ),
    (
        "soft_with_bins",
        "column = \"age\", bins = [25, 45, 65]",
        "probabilities = { young = \"p_young\", old = \"p_old\" }, bins = [25]",
    ),
    (
        "soft_with_column",
        "bins = [25, 45, 65]",
        "probabilities = { young = \"p_young\", old = \"p_old\" }",
    ),
    (
        "soft_column_twice",
        "column = \"age\", bins = [25, 45, 65]",
        "probabilities = { young = \"p_young\", old = \"p_young\" }",
    ),
    (
        "unknown_lexicon",
        "bins = [25, 45, 65]",
        "lexicon = \"enn\", identity = \"gender.female\"",
    ),
    (
        "unknown_identity",
        "bins = [25, 45, 65]",
        "lexicon = \"en\", identity = \"gender.femal\"",
    ),
    (
        "lexicon_without_identity",
        "bins = [25, 45, 65]",
        "lexicon = \"en\"",
    ),
    (
        "pairing_without_swap",
        "loss = \"demographic-parity\"\npenalty = \"gap\"",
        "loss = \"counterfactual-pairing\"",
    ),
    (
        "swap_without_text",
        "exclude =",
        "swap = \"en-gender\"\nexclude =",
    ),
    (
        "unknown_swap",
        "exclude =",
        "text = \"comment\"\nswap = \"en-gander\"\nexclude =",
    ),
    ("groups_empty", "groups = [\"sex\"]", "groups = []"),
    ("epochs_zero", "epochs = 8", "epochs = 0"),
    ("learning_rate", "learning_rate = 1e-3", "learning_rate = 0"),
    ("width_zero", "width = 32", "width = 0"),
    ("bins_descending", "[25, 45, 65]", "[65, 45]"),
    ("shares", "train = 0.6", "train = 0.7"),
    ("extension", "adult.parquet", "adult.xlsx"),
    ("confidence", "confidence = 0.95", "confidence = 95"),
    ("device_unknown", "seed = 7\n\n", "device = \"gpu\"\n\n"),
    ("seed_negative", "seed = 7\n\n", "seed = -7\n\n"),
];

#[test]
fn each_mistake_says_where_and_what_is_legal() {
    for (name, found, replaced) in WRONG {
        assert!(
            WHOLE.contains(found),
            "{name}: `{found}` is not in the file"
        );
        insta::assert_snapshot!(*name, complaint(&WHOLE.replacen(found, replaced, 1), &[]));
    }
}

#[test]
fn each_mistake_of_the_command_line_names_the_flag() {
    for (name, option) in [
        ("set_unknown_key", "--set=fairness.lamda=0.5"),
        ("set_unknown_table", "--set=fairnes.lambda=0.5"),
        ("set_wrong_type", "--set=fairness.lambda=high"),
        ("set_out_of_range", "--set=fairness.lambda=-1"),
        ("set_through_a_value", "--set=title.text=Income"),
        ("device_of_the_command_line", "--device=gpu"),
    ] {
        insta::assert_snapshot!(name, complaint(WHOLE, &[option]));
    }
}

#[test]
fn a_list_of_fairness_losses_is_read_in_order() {
    let config = parse(&list(), &["--set=fairness.1.lambda=0.25"]).unwrap();
    let names: Vec<&str> = (config.fairness().iter())
        .map(|fairness| fairness.loss.as_str())
        .collect();
    assert_eq!(names, ["equalized-odds", "demographic-parity"]);
    assert_eq!(config.fairness()[1].lambda, LambdaConfig::Fixed(0.25));
    // A target of one of them is enough to choose the epoch by.
    let chosen = list().replace("epochs = 8", "select = \"within_target\"");
    assert!(parse(&chosen, &[]).is_ok());
}

#[test]
fn each_mistake_in_a_list_names_its_item() {
    for (name, found, replaced) in [
        ("list_unknown_key", "penalty =", "penalti ="),
        (
            "list_unknown_loss",
            "\"demographic-parity\"",
            "\"demografic-parity\"",
        ),
        ("list_missing_key", "loss = \"equalized-odds\"\n", ""),
        ("list_wrong_type", "lambda = 1.0", "lambda = \"high\""),
        ("list_groups_not_declared", "[\"age_band\"]", "[\"age\"]"),
        ("list_empty", "[[fairness]]", "# [[fairness]]"),
    ] {
        let text = match name {
            "list_empty" => {
                let start = WHOLE.find("[fairness]").unwrap();
                let end = WHOLE.find("[audit]").unwrap();
                format!("fairness = []\n{}{}", &WHOLE[..start], &WHOLE[end..])
            }
            _ => list().replacen(found, replaced, 1),
        };
        insta::assert_snapshot!(name, complaint(&text, &[]));
    }
    for (name, option) in [
        ("set_list_without_place", "--set=fairness.lambda=0.5"),
        ("set_list_beyond_end", "--set=fairness.2.lambda=0.5"),
        ("set_list_out_of_range", "--set=fairness.1.lambda=-1"),
    ] {
        insta::assert_snapshot!(name, complaint(&list(), &[option]));
    }
}

#[cfg(not(feature = "cuda"))]
#[test]
fn a_device_that_was_not_compiled_in_names_its_feature() {
    let message = complaint(
        &WHOLE.replacen("seed = 7\n\n", "device = \"cuda:0\"\n\n", 1),
        &[],
    );
    assert!(message.contains("was not compiled in"), "{message}");
    assert!(message.contains("--features cuda"), "{message}");
    assert!(message.contains("adult.toml:2:"), "{message}");
}

#[test]
fn a_missing_file_is_named() {
    let missing = args("configs/adlut.toml", &[]);
    let error = Config::load(&missing, &Registry::default()).unwrap_err();
    insta::assert_snapshot!(render(&error, false));
}
