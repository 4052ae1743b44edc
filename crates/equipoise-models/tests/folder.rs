//! A model folder predicts on its own, is the same bytes twice, and says what is wrong with it.
#![cfg(feature = "flex")]

mod support;

use std::path::Path;

use burn::tensor::Device;
use equipoise_core::{
    Column, ColumnValues, FeatureEncoder, GroupAttribute, GroupSchema, Predictor, Table, Task,
};
use equipoise_models::{
    Error, ModelConfig, ModelFolder, ModelManifest, TabularModel, TabularPredictor, score, weights,
};
use support::{TestResult, device, small_configs};

fn table() -> Result<Table, equipoise_core::Error> {
    Table::new(vec![
        Column {
            name: "age".to_owned(),
            values: ColumnValues::Number(
                (0..40)
                    .map(|i| (i % 9 != 0).then_some(f64::from(i)))
                    .collect(),
            ),
        },
        Column {
            name: "work".to_owned(),
            values: ColumnValues::from_texts(
                &(0..40)
                    .map(|i| ["State", "Private", "Self"].get(i % 4).copied())
                    .collect::<Vec<_>>(),
            ),
        },
    ])
}

fn folder(config: ModelConfig, device: &Device) -> Result<ModelFolder, Box<dyn std::error::Error>> {
    let rows: Vec<usize> = (0..30).collect();
    let encoder = FeatureEncoder::fit(&table()?, &rows, &["age", "work"])?;
    let task = Task::Binary {
        positive: ">50K".to_owned(),
    };
    let model = TabularModel::new(&config, &encoder.shape(), task.outputs(), device)?;
    let mut manifest = ModelManifest::new(config, encoder, task);
    manifest.groups = Some(GroupSchema::new(vec![GroupAttribute::new(
        "sex",
        ["Female", "Male"],
    )?])?);
    manifest
        .provenance
        .insert("seed".to_owned(), "7".to_owned());
    Ok(ModelFolder { manifest, model })
}

#[test]
fn a_folder_alone_predicts_the_same() -> TestResult {
    let device = device()?;
    for config in small_configs()? {
        let scratch = tempfile::tempdir()?;
        let place = scratch.path().join("models/plain");
        let saved = folder(config, &device)?;
        saved.save(&place)?;
        let features = saved.manifest.encoder.encode(&table()?)?;
        let expected = score(&saved.model, &saved.manifest.task, &features, &device)?;

        let predictor = TabularPredictor::load(&place, &device)?;
        assert_eq!(predictor.manifest(), &saved.manifest);
        assert_eq!(predictor.columns(), ["age", "work"]);
        assert_eq!(predictor.task(), &saved.manifest.task);
        let scores = predictor.predict(&table()?).map_err(|e| e.to_string())?;
        assert_eq!(scores, expected);

        // No file is left beside the two.
        let mut files: Vec<_> = fs_err::read_dir(&place)?
            .map(|entry| Ok(entry?.file_name()))
            .collect::<Result<_, std::io::Error>>()?;
        files.sort();
        assert_eq!(files, ["model.json", "model.safetensors"]);
    }
    Ok(())
}

#[test]
fn the_same_model_is_the_same_bytes() -> TestResult {
    let device = device()?;
    for config in small_configs()? {
        let scratch = tempfile::tempdir()?;
        let (a, b) = (scratch.path().join("a"), scratch.path().join("b"));
        folder(config, &device)?.save(&a)?;
        // Through a load, and over an older folder.
        ModelFolder::load(&a, &device)?.save(&b)?;
        ModelFolder::load(&a, &device)?.save(&b)?;
        for file in ["model.json", "model.safetensors"] {
            assert_eq!(fs_err::read(a.join(file))?, fs_err::read(b.join(file))?);
        }
    }
    Ok(())
}

#[test]
fn loading_draws_nothing_from_the_random_generator() -> TestResult {
    // A model under construction has no weights until they are loaded: those of an untouched one
    // are not drawn yet.
    use burn::module::{Module, ModuleVisitor, Param};
    struct Drawn(usize);
    impl ModuleVisitor for Drawn {
        fn visit_float<const D: usize>(&mut self, param: &Param<burn::tensor::Tensor<D>>) {
            self.0 += usize::from(param.is_initialized());
        }
    }
    let device = device()?;
    let [shape, ..] = support::shapes();
    for config in small_configs()? {
        let mut drawn = Drawn(0);
        let fresh = TabularModel::uninitialized(&config, &shape, 1, &device)?;
        fresh.visit(&mut drawn);
        assert_eq!(drawn.0, 0);
        let bytes = weights::to_bytes(&TabularModel::new(&config, &shape, 1, &device)?)?;
        assert_eq!(
            weights::to_bytes(&weights::from_bytes(fresh, bytes.clone())?)?,
            bytes
        );
    }
    Ok(())
}

#[test]
fn weights_of_another_model_are_refused() -> TestResult {
    let device = device()?;
    let [shape, ..] = support::shapes();
    let of = |json: &str| -> Result<TabularModel, Box<dyn std::error::Error>> {
        Ok(TabularModel::new(
            &serde_json::from_str(json)?,
            &shape,
            1,
            &device,
        )?)
    };
    let one = of(r#"{"kind": "mlp", "hidden": [8]}"#)?;
    let two = of(r#"{"kind": "mlp", "hidden": [8, 8]}"#)?;
    let wide = of(r#"{"kind": "mlp", "hidden": [9]}"#)?;
    let refuse = |module: &TabularModel, from: &TabularModel| {
        Ok::<_, Error>(
            match weights::from_bytes(module.clone(), weights::to_bytes(from)?) {
                Ok(_) => "accepted".to_owned(),
                Err(error) => error.to_string(),
            },
        )
    };
    insta::assert_snapshot!(
        [
            refuse(&two, &one)?,
            refuse(&one, &two)?,
            refuse(&one, &wide)?
        ]
        .join("\n")
    );
    Ok(())
}

/// What is said of a folder, without the changing part of its path.
fn refusal(place: &Path, scratch: &Path, device: &Device) -> String {
    match ModelFolder::load(place, device) {
        Ok(_) => "accepted".to_owned(),
        Err(error) => {
            let mut text = error.to_string();
            let mut source = std::error::Error::source(&error);
            while let Some(error) = source {
                text = format!("{text}: {error}");
                source = error.source();
            }
            text.replace(&scratch.display().to_string(), "SCRATCH")
        }
    }
}

#[test]
fn a_damaged_folder_says_what_is_wrong() -> TestResult {
    let device = device()?;
    let scratch = tempfile::tempdir()?;
    let place = scratch.path().join("model");
    let config = ModelConfig::default_of("mlp").ok_or("no such kind")?;
    let whole = folder(config, &device)?;
    let manifest_path = place.join("model.json");
    let weights_path = place.join("model.safetensors");
    let mut refusals = Vec::new();

    refusals.push(refusal(&place, scratch.path(), &device));
    fs_err::create_dir_all(&place)?;
    refusals.push(refusal(&place, scratch.path(), &device));
    whole.save(&place)?;
    assert_eq!(refusal(&place, scratch.path(), &device), "accepted");

    let manifest = fs_err::read_to_string(&manifest_path)?;
    for (from, to) in [
        ("equipoise.model/1", "equipoise.model/2"),
        ("\"threshold\": 0.5", "\"threshold\": 1.5"),
        ("\"threshold\": 0.5", "\"treshold\": 0.5"),
        ("\"kind\": \"mlp\"", "\"kind\": \"cnn\""),
        ("\"numeric\": 2", "\"numeric\": 3"),
        ("\"embedding\": 8", "\"embedding\": 0"),
        ("{", "["),
    ] {
        assert!(manifest.contains(from), "{from}");
        fs_err::write(&manifest_path, manifest.replacen(from, to, 1))?;
        refusals.push(refusal(&place, scratch.path(), &device));
    }
    fs_err::write(&manifest_path, &manifest)?;

    let bytes = fs_err::read(&weights_path)?;
    for damaged in [
        &bytes[..bytes.len() - 10],
        &bytes[..6],
        b"not safetensors at all",
        b"",
    ] {
        fs_err::write(&weights_path, damaged)?;
        refusals.push(refusal(&place, scratch.path(), &device));
    }
    fs_err::remove_file(&weights_path)?;
    refusals.push(refusal(&place, scratch.path(), &device));

    insta::assert_snapshot!(refusals.join("\n"));
    Ok(())
}

#[test]
fn weights_of_another_number_type_are_refused() -> TestResult {
    let device = device()?;
    let config: ModelConfig = serde_json::from_str(r#"{"kind": "mlp", "hidden": []}"#)?;
    let shape = equipoise_core::FeatureShape::new(2, vec![]);
    let model = TabularModel::new(&config, &shape, 1, &device)?;
    // A safetensors file by hand: the length of the header, the header, two half-precision zeros.
    let header = br#"{"head.weight":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]}}"#;
    let mut bytes = u64::try_from(header.len())?.to_le_bytes().to_vec();
    bytes.extend_from_slice(header);
    bytes.extend_from_slice(&[0; 4]);
    match weights::from_bytes(model, bytes) {
        Ok(_) => Err("accepted".into()),
        Err(error) => {
            assert_eq!(
                error.to_string(),
                "weights in memory: tensor `head.weight` is F16; legal is F32"
            );
            Ok(())
        }
    }
}

#[test]
fn a_manifest_as_people_read_it() -> TestResult {
    let device = device()?;
    let scratch = tempfile::tempdir()?;
    let config = ModelConfig::default_of("tabular-transformer").ok_or("no such kind")?;
    folder(config, &device)?.save(scratch.path())?;
    insta::assert_snapshot!(fs_err::read_to_string(scratch.path().join("model.json"))?);
    Ok(())
}
