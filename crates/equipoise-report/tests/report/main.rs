//! The page as a whole, through the public interface.

mod front;
mod html;
mod inputs;

use std::collections::BTreeSet;

use equipoise_core::{Help, TrainingHistory};
use equipoise_report::{Error, ReportInput, render};
use html::{Part, assert_balanced, attributes, parts, text_of, text_of_all};
use inputs::{HOSTILE, Predicts, hostile, many_groups, of_classes, predictions, two_models};

/// Every kind of input that has a page.
fn pages() -> Vec<(&'static str, ReportInput)> {
    let one_model = {
        let mut input = two_models();
        input.models.truncate(1);
        input
    };
    let no_history = {
        let mut input = two_models();
        for model in &mut input.models {
            model.history = TrainingHistory::default();
        }
        input
    };
    let nothing_estimable = {
        let mut input = two_models();
        for record in input.models.iter_mut().flat_map(|m| &mut m.audit.records) {
            (record.value, record.low, record.high) = (None, None, None);
            record.reason = Some("all rows have the same label".to_owned());
        }
        input
    };
    let not_finite = {
        let mut input = two_models();
        for record in input.models.iter_mut().flat_map(|m| &mut m.audit.records) {
            record.value = record.value.map(|_| f64::NAN);
            record.high = Some(f64::INFINITY);
        }
        for stage in input.models.iter_mut().flat_map(|m| &mut m.history.stages) {
            for epoch in &mut stage.epochs {
                epoch.train.values_mut().for_each(|value| *value = f64::NAN);
                epoch
                    .valid
                    .values_mut()
                    .for_each(|value| *value = f64::NEG_INFINITY);
            }
        }
        input
    };
    let no_audit = {
        let mut input = two_models();
        for model in &mut input.models {
            model.audit.records.clear();
        }
        input
    };
    vec![
        ("nothing", ReportInput::default()),
        ("two models", two_models()),
        ("one model", one_model),
        ("no history", no_history),
        ("nothing estimable", nothing_estimable),
        ("not finite", not_finite),
        ("no audit", no_audit),
        ("twelve groups", many_groups(12)),
        ("five hundred groups", many_groups(500)),
        ("predictions", predictions(&[], Predicts::Unevenly)),
        ("precision", predictions(&["precision"], Predicts::Unevenly)),
        ("counts", predictions(&["count"], Predicts::Unevenly)),
        ("nobody", predictions(&[], Predicts::Always(0))),
        ("classes", of_classes()),
        ("hostile", hostile()),
    ]
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for (case, input) in pages() {
        assert_eq!(render(&input).unwrap(), render(&input).unwrap(), "{case}");
    }
}

#[test]
fn pages_are_well_formed() {
    for (case, input) in pages() {
        let page = render(&input).unwrap();
        assert!(page.starts_with("<!doctype html>"), "{case}");
        assert_balanced(&page);
        let mut ids = BTreeSet::new();
        for (tag, id) in attributes(&page, "id") {
            assert!(
                ids.insert(id),
                "{case}: two elements have the id of `<{tag}>`"
            );
        }
        for (tag, target) in attributes(&page, "href") {
            let target = target.strip_prefix('#');
            assert!(
                target.is_some_and(|id| ids.contains(id)),
                "{case}: `<{tag}>`"
            );
        }
        for (tag, clip) in attributes(&page, "clip-path") {
            let id = clip.trim_start_matches("url(#").trim_end_matches(')');
            assert!(ids.contains(id), "{case}: `<{tag}>`");
        }
    }
}

#[test]
fn pages_load_nothing_and_run_nothing() {
    for (case, input) in pages() {
        let page = render(&input).unwrap();
        for part in parts(&page) {
            let Part::Tag(tag) = part else { continue };
            let name = tag.split([' ', '\n']).next().unwrap_or_default();
            assert!(
                ![
                    "script", "link", "img", "iframe", "object", "use", "image", "style "
                ]
                .contains(&name),
                "{case}: `<{tag}>`"
            );
            assert!(!tag.contains(" src="), "{case}: `<{tag}>`");
            let handler = tag.split_whitespace().any(|word| {
                word.starts_with("on") && word.contains('=') && !tag.contains("aria-label")
            });
            assert!(!handler, "{case}: a handler in `<{tag}>`");
        }
        assert!(
            !page.contains("http://") && !page.contains("https://"),
            "{case}"
        );
        assert!(!page.contains("@import"), "{case}");
    }
}

#[test]
fn every_figure_has_words() {
    for (case, input) in pages() {
        let page = render(&input).unwrap();
        let drawn = attributes(&page, "class")
            .into_iter()
            .filter(|(_, class)| *class == "plot")
            .count();
        let described: Vec<_> = attributes(&page, "aria-label")
            .into_iter()
            .filter(|(tag, _)| tag.starts_with("svg "))
            .collect();
        assert_eq!(drawn, described.len(), "{case}");
        for (tag, words) in described {
            assert!(tag.contains("role=\"img\""), "{case}: `<{tag}>`");
            assert!(words.split_whitespace().count() > 4, "{case}: `{words}`");
        }
    }
}

#[test]
fn what_is_not_a_number_is_never_written() {
    for (case, input) in pages() {
        let page = render(&input).unwrap();
        for part in parts(&page) {
            let text = match part {
                Part::Tag(text) | Part::Text(text) => text,
            };
            let words = text.split(|c: char| !c.is_alphanumeric());
            for word in words {
                assert!(
                    !["NaN", "inf", "Infinity"].contains(&word),
                    "{case}: `{text}`"
                );
            }
        }
    }
}

#[test]
fn hostile_texts_stay_texts() {
    let page = render(&hostile()).unwrap();
    assert!(!page.contains("<script"));
    assert!(!page.contains("alert('x')"));
    assert!(
        page.contains("&#60;script&#62;alert(&#39;x&#39;)"),
        "in the text"
    );
    assert!(page.contains("&lt;script&gt;alert("), "in the figures");
    assert!(page.contains("{{ 7 }}"), "templates do not read the input");
    let label = "&lt;script&gt;alert(";
    assert!(
        page.matches(label).count() > HOSTILE.matches('<').count(),
        "rows of figures hold the name"
    );
}

#[test]
fn dollars_are_not_formulas() {
    let mut input = two_models();
    for record in input.models.iter_mut().flat_map(|m| &mut m.audit.records) {
        for (_, value) in record.attributes.iter_mut().flat_map(|a| &mut a.0) {
            if value == "Female" {
                "$1_0$ to $2_0$".clone_into(value);
            }
        }
    }
    let page = render(&input).unwrap();
    assert!(page.contains(">$1_0$ to $2_0$</text>"));
}

#[test]
fn at_most_twelve_groups_are_drawn_and_all_are_in_the_table() {
    let page = render(&many_groups(40)).unwrap();
    assert!(page.contains("The 12 largest groups are drawn; 28 more are in the table."));
    let text = text_of(&page, "rates");
    for index in 0..40 {
        assert!(text.contains(&format!("district {index} |")), "{index}");
    }
}

#[test]
fn the_summary_reads_well() {
    insta::assert_snapshot!(text_of(&render(&two_models()).unwrap(), "summary"));
}

#[test]
fn the_summary_of_what_is_not_estimable_reads_well() {
    let mut input = two_models();
    for record in &mut input.models[1].audit.records {
        if record.metric == "demographic_parity" {
            (record.value, record.low, record.high) = (None, None, None);
            record.reason = Some("a comparison needs two groups with a value, found 1".to_owned());
        }
    }
    insta::assert_snapshot!(text_of(&render(&input).unwrap(), "summary"));
}

#[test]
fn the_comparison_reads_well() {
    insta::assert_snapshot!(text_of(&render(&two_models()).unwrap(), "comparison"));
}

#[test]
fn the_rates_read_well() {
    insta::assert_snapshot!(text_of(&render(&two_models()).unwrap(), "rates"));
}

#[test]
fn the_training_reads_well() {
    insta::assert_snapshot!(text_of(&render(&two_models()).unwrap(), "training"));
}

#[test]
fn the_data_read_well() {
    insta::assert_snapshot!(text_of(&render(&two_models()).unwrap(), "data"));
}

#[test]
fn the_limits_read_well() {
    insta::assert_snapshot!(text_of(&render(&two_models()).unwrap(), "limits"));
}

#[test]
fn the_way_to_repeat_reads_well() {
    insta::assert_snapshot!(text_of(&render(&two_models()).unwrap(), "repeat"));
}

#[test]
fn a_seed_among_the_settings_is_said_once() {
    let mut input = two_models();
    input.config.push(("seed".to_owned(), "7".to_owned()));
    let text = text_of(&render(&input).unwrap(), "repeat");
    assert_eq!(text.matches("seed").count(), 1, "{text}");
}

#[test]
fn an_audit_of_one_metric_reads_well() {
    let page = render(&predictions(&["precision"], Predicts::Unevenly)).unwrap();
    insta::assert_snapshot!(text_of_all(&page));
}

#[test]
fn an_audit_of_all_metrics_reads_well() {
    let page = render(&predictions(&[], Predicts::Unevenly)).unwrap();
    insta::assert_snapshot!(text_of_all(&page));
}

#[test]
fn an_audit_of_classes_reads_well() {
    let page = render(&of_classes()).unwrap();
    let parts = ["summary", "rates", "classes"].map(|section| text_of(&page, section));
    insta::assert_snapshot!(parts.join("\n\n"));
}

#[test]
fn an_audit_claims_nothing_of_training() {
    let page = render(&predictions(&[], Predicts::Unevenly)).unwrap();
    for claim in [
        "test part",
        "training",
        "Training",
        "side by side",
        "not measured",
    ] {
        assert!(!page.contains(claim), "{claim}");
    }
    for section in ["tradeoff", "training", "data"] {
        assert!(!page.contains(&format!("href=\"#{section}\"")), "{section}");
    }
}

#[test]
fn what_was_not_asked_for_is_left_out() {
    let page = render(&predictions(&["precision", "accuracy"], Predicts::Unevenly)).unwrap();
    let text = text_of_all(&page);
    assert!(text.contains("Precision") && text.contains("Accuracy"));
    for absent in [
        "not measured",
        "ROC AUC",
        "Demographic parity",
        "Selection rate",
        "cannot be estimated",
    ] {
        assert!(!text.contains(absent), "{absent}: {text}");
    }
}

#[test]
fn whoever_predicts_the_same_for_all_is_named() {
    for (prediction, whom) in [(0, "Nobody"), (1, "Everybody")] {
        let page = render(&predictions(&[], Predicts::Always(prediction))).unwrap();
        let text = text_of(&page, "summary");
        let sentence = format!("{whom} is predicted “yes”: the gaps of decisions");
        assert!(text.contains(&sentence), "{text}");
    }
    let page = render(&predictions(&[], Predicts::Always(0))).unwrap();
    insta::assert_snapshot!(text_of(&page, "summary"));
}

#[test]
fn a_gap_closed_by_predicting_the_same_for_all_is_no_achievement() {
    let mut input = two_models();
    for record in &mut input.models[1].audit.records {
        if ["selection_rate", "demographic_parity"].contains(&record.metric.as_str()) {
            (record.value, record.low, record.high) = (Some(0.0), None, None);
        }
    }
    insta::assert_snapshot!(text_of(&render(&input).unwrap(), "summary"));
}

#[test]
fn groups_without_a_gap_are_predicted_equally_often() {
    let page = render(&predictions(&[], Predicts::Evenly)).unwrap();
    let text = text_of(&page, "summary");
    assert!(text.contains("equally often"), "{text}");
    assert!(!text.contains("0 points less often"), "{text}");
}

#[test]
fn a_model_without_a_fairness_loss_has_no_curve_of_it() {
    let mut input = two_models();
    for epoch in input
        .models
        .iter_mut()
        .flat_map(|model| &mut model.history.stages)
        .flat_map(|stage| &mut stage.epochs)
    {
        epoch.train.insert("fairness_loss".to_owned(), 0.0);
    }
    let page = render(&input).unwrap();
    let words = attributes(&page, "aria-label")
        .into_iter()
        .find(|(_, words)| words.starts_with("Fairness loss by epoch"))
        .map(|(_, words)| words)
        .unwrap();
    assert!(words.contains("fair, training"), "{words}");
    assert!(!words.contains("plain"), "{words}");
}

#[test]
fn models_that_cannot_be_told_apart_are_errors() {
    let mut input = two_models();
    input.models[1].name = "plain".to_owned();
    let error = render(&input).unwrap_err();
    assert!(matches!(error, Error::DuplicateModel { .. }));
    insta::assert_snapshot!(error, @"two models of the report are named `plain`");
    assert!(error.help().is_some());

    let mut input = two_models();
    let model = input.models[0].clone();
    input.models = (0..7)
        .map(|index| {
            let mut model = model.clone();
            model.name = format!("model {index}");
            model
        })
        .collect();
    let error = render(&input).unwrap_err();
    insta::assert_snapshot!(error, @"the report has 7 models, and at most 6 are legal");
    assert!(error.help().is_some());
}
