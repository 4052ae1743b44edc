//! From a name to a loss, and that no file is forgotten.

use std::{collections::BTreeSet, fs, path::Path};

use equipoise_core::{GroupAttribute, GroupSchema, Help};
use equipoise_losses::{
    Error, FairnessConfig, LOSSES, LambdaConfig, PENALTIES, PenaltySpec, Registry, STATISTICS,
    StatisticSpec, TaskKind,
};
use rstest::rstest;

fn names_of_files(folder: &str) -> BTreeSet<String> {
    fs::read_dir(
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(folder),
    )
    .unwrap()
    .map(|entry| {
        entry
            .unwrap()
            .path()
            .file_stem()
            .unwrap()
            .to_string_lossy()
            .replace('_', "-")
    })
    .filter(|name| name != "mod")
    .collect()
}

#[test]
fn every_file_is_registered_under_its_name() {
    let names = |names: Vec<&str>| {
        names
            .into_iter()
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(
        names_of_files("statistics"),
        names(STATISTICS.iter().map(|s| s.name).collect())
    );
    assert_eq!(
        names_of_files("penalties"),
        names(PENALTIES.iter().map(|s| s.name).collect())
    );
    // What several losses of a folder share has files of its own.
    let shared = [
        "attribute",
        "group-weights",
        "kernel",
        "mlp",
        "norm",
        "transport",
    ];
    let losses: BTreeSet<String> = [
        "adversarial",
        "contrastive",
        "distances",
        "divergences",
        "robust",
    ]
    .into_iter()
    .flat_map(names_of_files)
    .filter(|name| !shared.contains(&name.as_str()))
    .collect();
    assert_eq!(losses, names(LOSSES.iter().map(|s| s.name).collect()));
}

#[test]
fn names_are_listed_in_order() {
    let registry = Registry::default();
    assert_eq!(
        registry.names(),
        [
            "demographic-parity",
            "equal-opportunity",
            "predictive-equality",
            "equalized-odds",
            "true-negative-rate",
            "false-negative-rate",
            "predictive-parity",
            "negative-predictive-value",
            "conditional-use-accuracy",
            "accuracy",
            "f1",
            "treatment-equality",
            "mean-score",
            "group-loss",
            "mean-prediction",
            "mean-residual",
            "kl",
            "renyi",
            "jensen-shannon",
            "covariance",
            "correlation",
            "mmd",
            "hsic",
            "wasserstein",
            "sliced-wasserstein",
            "group-dro",
            "cvar",
            "irm",
            "adversary",
            "supervised-contrastive",
            "counterfactual-pairing",
            "projection"
        ]
    );
    assert_eq!(
        registry.penalty_names(),
        [
            "gap",
            "squared-gap",
            "huber",
            "hinge",
            "smooth-maximum",
            "mean-deviation",
            "variance",
            "norm",
            "log-sum-exp"
        ]
    );
}

#[test]
fn losses_are_named_after_their_parts() {
    let registry = Registry::default();
    let name = |config: &FairnessConfig| registry.build(config).unwrap().name().to_owned();
    let dp = FairnessConfig::new("demographic-parity", 1.0, ["sex"]);
    assert_eq!(name(&dp), "demographic-parity/gap");
    assert_eq!(
        name(&dp.with_penalty("variance")),
        "demographic-parity/variance"
    );
    let kl = FairnessConfig::new("kl", 1.0, ["sex"]);
    assert_eq!(name(&kl), "kl");
    assert_eq!(name(&kl.with_option("condition", "label")), "kl/label");
}

#[rstest]
#[case(
    FairnessConfig::new("demographic-party", 1.0, ["sex"]),
    "unknown loss `demographic-party`; legal are demographic-parity, equal-opportunity, \
     predictive-equality, equalized-odds, true-negative-rate, false-negative-rate, \
     predictive-parity, negative-predictive-value, conditional-use-accuracy, accuracy, f1, \
     treatment-equality, mean-score, group-loss, mean-prediction, mean-residual, kl, renyi, \
     jensen-shannon, covariance, correlation, mmd, hsic, wasserstein, sliced-wasserstein, \
     group-dro, cvar, irm, adversary, supervised-contrastive, counterfactual-pairing, \
     projection",
    "did you mean `demographic-parity`?"
)]
#[case(
    FairnessConfig::new("accuracy", 1.0, ["sex"]).with_penalty("varience"),
    "unknown penalty `varience`; legal are gap, squared-gap, huber, hinge, smooth-maximum, \
     mean-deviation, variance, norm, log-sum-exp",
    "did you mean `variance`?"
)]
#[case(
    FairnessConfig::new("kl", 1.0, ["sex"]).with_penalty("gap"),
    "the loss `kl` does not take `penalty`",
    "a penalty charges a statistic, such as `demographic-parity`; this loss is whole without one: \
     remove `penalty`"
)]
#[case(
    FairnessConfig::new("equalized-odds", 1.0, ["sex"]).with_option("alpha", 2.0),
    "the loss `equalized-odds` does not take `alpha`",
    "`alpha` is taken by: renyi"
)]
#[case(
    FairnessConfig::new("renyi", 1.0, ["sex"]).with_option("alfa", 2.0),
    "the loss `renyi` does not take `alfa`",
    "did you mean `alpha`?"
)]
#[case(
    FairnessConfig::new("renyi", 1.0, ["sex"]).with_option("alpha", "high"),
    "`alpha` is `high`, legal is a finite number above 0",
    ""
)]
#[case(
    FairnessConfig::new("equalized-odds", 1.0, ["sex"]).with_option("condition", "label"),
    "the loss `equalized-odds` does not take `condition`",
    "`condition` is taken by: kl, renyi, jensen-shannon, adversary"
)]
fn errors_say_what_is_legal_and_what_to_do(
    #[case] config: FairnessConfig,
    #[case] text: &str,
    #[case] help: &str,
) {
    let error = Registry::default().build(&config).unwrap_err();
    assert_eq!(error.to_string(), text);
    assert_eq!(error.help().unwrap_or_default(), help);
}

#[rstest]
#[case(0.0)]
#[case(-1.0)]
#[case(f64::NAN)]
#[case(f64::INFINITY)]
fn an_order_out_of_range_is_an_error(#[case] alpha: f64) {
    let config = FairnessConfig::new("renyi", 1.0, ["sex"]).with_option("alpha", alpha);
    let error = Registry::default().build(&config).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("`alpha` is {alpha}, legal is a finite number above 0")
    );
}

#[test]
fn an_order_that_is_not_set_is_an_error() {
    let error = Registry::default()
        .build(&FairnessConfig::new("renyi", 1.0, ["sex"]))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the loss `renyi` needs `alpha`, which is not set"
    );
}

#[test]
fn a_term_has_loss_groups_and_lambda() {
    let schema = GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"]).unwrap(),
        GroupAttribute::new("race", ["Black", "Other", "White"]).unwrap(),
    ])
    .unwrap();
    let registry = Registry::default();
    let term = |lambda: f64, groups: &[&str]| {
        registry.term(
            &FairnessConfig::new("kl", lambda, groups.iter().copied()),
            &schema,
        )
    };
    let both = term(0.5, &["sex", "race"]).unwrap();
    assert_eq!(both.groups.group_count(), 6);
    assert_eq!(both.lambda, LambdaConfig::Fixed(0.5));
    for lambda in [-0.1, f64::NAN, f64::INFINITY] {
        let error = term(lambda, &["sex"]).unwrap_err();
        assert_eq!(
            error.to_string(),
            format!("`lambda` is {lambda}, legal is a finite number, 0 or more")
        );
    }
    assert_eq!(term(1.0, &[]).unwrap_err(), Error::NoAttribute);
    let error = term(1.0, &["sexe"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "group attribute `sexe` not found; legal are sex, race"
    );
    assert_eq!(error.help().as_deref(), Some("did you mean `sex`?"));
    let error = term(1.0, &["sex", "sex"]).unwrap_err();
    assert_eq!(error.to_string(), "`groups` names `sex` twice");
}

#[test]
fn groups_are_compared_within_what_is_given() {
    let schema = GroupSchema::new(vec![
        GroupAttribute::new("sex", ["Female", "Male"]).unwrap(),
        GroupAttribute::new("race", ["Black", "Other", "White"]).unwrap(),
    ])
    .unwrap();
    let registry = Registry::default();
    let config = FairnessConfig::new("demographic-parity", 1.0, ["sex"]);
    let term = registry
        .term(&config.clone().with_option("given", "race"), &schema)
        .unwrap();
    assert_eq!(term.loss.name(), "demographic-parity/gap/race");
    assert_eq!(term.groups.group_count(), 6);
    let label = config.clone().with_option("given", "label");
    let term = registry.term(&label, &schema).unwrap();
    assert_eq!(term.loss.name(), "demographic-parity/gap/label");
    assert_eq!(term.groups.group_count(), 2);
    let unknown = config.clone().with_option("given", "rase");
    let error = registry.term(&unknown, &schema).unwrap_err();
    assert_eq!(error.help().as_deref(), Some("did you mean `race`?"));
    let twice = config.with_option("given", "sex");
    assert!(registry.term(&twice, &schema).is_err());
}

#[test]
fn a_relative_penalty_does_not_charge_rates_of_any_sign() {
    let config = FairnessConfig::new("mean-residual", 1.0, ["sex"]).with_penalty("norm");
    let error = Registry::default().build(&config).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rates of `mean-residual` are of any sign, and `norm` charges rates 0 or more"
    );
}

#[test]
fn a_name_is_registered_once() {
    static STATISTIC: StatisticSpec = StatisticSpec {
        name: "kl",
        ..*STATISTICS[0]
    };
    static PENALTY: PenaltySpec = PenaltySpec {
        name: "gap",
        ..*PENALTIES[1]
    };
    let mut registry = Registry::default();
    assert_eq!(
        registry
            .register_statistic(&STATISTIC)
            .unwrap_err()
            .to_string(),
        "the statistic `kl` is registered already"
    );
    assert_eq!(
        registry.register_penalty(&PENALTY).unwrap_err().to_string(),
        "the penalty `gap` is registered already"
    );
    assert!(registry.register_loss(LOSSES[0]).is_err());
}

#[test]
fn no_loss_is_defined_for_regression_yet() {
    let registry = Registry::default();
    let loss = registry
        .build(&FairnessConfig::new("demographic-parity", 1.0, ["sex"]))
        .unwrap();
    assert_eq!(
        loss.check_task(TaskKind::Regression)
            .unwrap_err()
            .to_string(),
        "`demographic-parity/gap` is not defined for regression tasks, only for binary, multi-class"
    );
}

#[test]
fn configs_are_read_and_written_as_toml() {
    let text =
        "loss = \"renyi\"\nlambda = 0.5\ngroups = [\"sex\"]\nalpha = 2.0\ncondition = \"label\"\n";
    let config: FairnessConfig = toml::from_str(text).unwrap();
    let expected = FairnessConfig::new("renyi", 0.5, ["sex"])
        .with_option("alpha", 2.0)
        .with_option("condition", "label");
    assert_eq!(config, expected);
    assert_eq!(toml::to_string(&config).unwrap(), text);
}
