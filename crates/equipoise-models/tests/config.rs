//! What a user may write under `[model]`, and what is said to one who wrote something else.

use equipoise_models::{MODELS, ModelConfig};

fn refusal(toml: &str) -> String {
    match toml::from_str::<ModelConfig>(toml) {
        Err(error) => error.message().to_owned(),
        Ok(config) => match config.check() {
            Err(error) => error.to_string(),
            Ok(()) => "accepted".to_owned(),
        },
    }
}

#[test]
fn what_is_wrong_is_said_with_what_is_legal() {
    let refusals: Vec<String> = [
        "kind = \"resnet\"",
        "width = 32",
        "kind = \"mlp\"\nwidth = 32",
        "kind = \"tabular-transformer\"\nwidht = 32",
        "kind = \"mlp\"\nhidden = \"wide\"",
        "kind = \"mlp\"\nhidden = [64, 0]",
        "kind = \"mlp\"\nhidden = [20000]",
        "kind = \"mlp\"\nembedding = 0",
        "kind = \"mlp\"\ndropout = 1.0",
        "kind = \"mlp\"\ndropout = nan",
        "kind = \"tabular-transformer\"\nwidth = 0",
        "kind = \"tabular-transformer\"\nlayers = 65",
        "kind = \"tabular-transformer\"\nheads = 5",
        "kind = \"tabular-transformer\"\nheads = 0",
        "kind = \"tabular-transformer\"\nfeed_forward_factor = -1.0",
        "kind = \"tabular-transformer\"\nattention_dropout = -0.1",
        "kind = \"tabular-transformer\"\nfeed_forward_dropout = inf",
    ]
    .iter()
    .map(|toml| format!("{}\n    {}", toml.replace('\n', "; "), refusal(toml)))
    .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}

#[test]
fn too_many_layers_are_refused() {
    let layers = vec!["8"; 65].join(", ");
    assert_eq!(
        refusal(&format!("kind = \"mlp\"\nhidden = [{layers}]")),
        "`hidden` of model `mlp` is 65 layers; legal is at most 64 layers"
    );
}

#[test]
fn a_model_without_hidden_layers_is_legal() {
    assert_eq!(refusal("kind = \"mlp\"\nhidden = []"), "accepted");
}

#[test]
fn the_registry_as_documentation_shows_it() {
    let lines: Vec<String> = MODELS
        .iter()
        .map(|spec| {
            format!(
                "{} ({}): {}. {}.",
                spec.name,
                if spec.supports_pretraining {
                    "can be pretrained"
                } else {
                    "no pretraining"
                },
                spec.summary,
                spec.paper
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
}

/// A configuration file with its other sections.
#[derive(Debug, serde::Deserialize)]
struct File {
    #[expect(dead_code, reason = "only the errors of this field are looked at")]
    model: ModelConfig,
}

#[test]
fn the_place_in_the_file_is_named() {
    let refusals: Vec<String> = [
        "[model]\nkind = \"mlp\"\nwidht = 3\n",
        "[model]\nkind = \"mlp\"\nhidden = \"wide\"\n",
        "[model]\nkind = \"mpl\"\n",
    ]
    .iter()
    .map(|toml| match toml::from_str::<File>(toml) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    })
    .collect();
    insta::assert_snapshot!(refusals.join("\n"));
}
