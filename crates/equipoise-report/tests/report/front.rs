//! The page of a sweep, through the public interface.

use equipoise_core::Help;
use equipoise_report::{
    Error, FrontMeasure, FrontReport, FrontTrial, FrontUnit, FrontValue, Peer, PeerValue, Standing,
    peer_verdicts, render_front,
};

use crate::html::{assert_balanced, attributes, text_of};
use crate::inputs::HOSTILE;

fn value(value: f64, half: f64) -> FrontValue {
    FrontValue {
        value: Some(value),
        interval: Some((value - half, value + half)),
        reason: None,
    }
}

fn trial(name: &str, lambda: f64, accuracy: f64, gap: f64) -> FrontTrial {
    FrontTrial {
        name: name.to_owned(),
        settings: format!("fairness.lambda={lambda}"),
        valid: [value(accuracy + 0.001, 0.004), value(gap + 0.002, 0.01)],
        test: [value(accuracy, 0.004), value(gap, 0.01)],
        on_front: true,
        recommended: false,
    }
}

fn peer(name: &str, accuracy: Option<(f64, f64)>, gap: Option<f64>) -> Peer {
    Peer {
        name: name.to_owned(),
        source: "another program 1.0".to_owned(),
        differs: String::new(),
        values: [
            accuracy.map(|(value, spread)| PeerValue {
                value,
                spread: Some(spread),
            }),
            gap.map(|value| PeerValue {
                value,
                spread: None,
            }),
        ],
    }
}

/// Four trials, one of them off the front and one without a gap, and a point for each standing.
fn sweep() -> FrontReport {
    let mut chosen = trial("002", 0.5, 0.84, 0.02);
    chosen.recommended = true;
    let mut beaten = trial("003", 0.7, 0.82, 0.05);
    beaten.on_front = false;
    let mut unknown = trial("004", 9.0, 0.76, 0.0);
    unknown.on_front = false;
    unknown.test[1] = FrontValue {
        reason: Some("no row of a group is predicted positive".to_owned()),
        ..FrontValue::default()
    };
    FrontReport {
        title: "Adult".to_owned(),
        measures: [
            FrontMeasure {
                label: "Accuracy".to_owned(),
                more_is_better: true,
                unit: FrontUnit::Share,
            },
            FrontMeasure {
                label: "Demographic parity difference by sex".to_owned(),
                more_is_better: false,
                unit: FrontUnit::Difference,
            },
        ],
        further: Vec::new(),
        seeds: 3,
        trials: vec![trial("001", 0.0, 0.86, 0.17), chosen, beaten, unknown],
        recommendation: "Trial 002 keeps to the limit.".to_owned(),
        protocol: "The same rows, cut by other seeds.".to_owned(),
        peers: vec![
            peer("Far below", Some((0.80, 0.002)), Some(0.05)),
            peer("Below", Some((0.839, 0.002)), Some(0.021)),
            peer("Just above", Some((0.843, 0.002)), Some(0.018)),
            peer("Far above", Some((0.87, 0.002)), Some(0.001)),
            peer("Another measure", Some((0.85, 0.002)), None),
        ],
        command: Some("equipoise sweep sweep.toml".to_owned()),
    }
}

#[test]
fn the_page_of_a_sweep_reads_well() {
    let page = render_front(&sweep()).unwrap().html;
    let texts = ["front", "peers", "trials", "repeat"].map(|section| text_of(&page, section));
    insta::assert_snapshot!(texts.join("\n\n"));
}

#[test]
fn each_standing_has_its_words() {
    let found: Vec<Standing> = (peer_verdicts(&sweep()).iter())
        .map(|verdict| verdict.standing)
        .collect();
    assert_eq!(
        found,
        [
            Standing::AboveBeyondNoise,
            Standing::Above,
            Standing::WithinNoise,
            Standing::NotReached,
            Standing::NotComparable,
        ]
    );
}

#[test]
fn pages_and_pictures_are_whole_whatever_is_in_them() {
    let hostile = {
        let mut report = sweep();
        report.title = HOSTILE.to_owned();
        report.protocol = HOSTILE.to_owned();
        report.recommendation = HOSTILE.to_owned();
        report.measures[0].label = HOSTILE.to_owned();
        report.trials[0].name = HOSTILE.to_owned();
        report.trials[0].settings = HOSTILE.to_owned();
        report.peers[0].name = HOSTILE.to_owned();
        report.peers[0].source = HOSTILE.to_owned();
        report
    };
    let not_finite = {
        let mut report = sweep();
        report.trials[0].test[0].value = Some(f64::NAN);
        report.trials[1].test[0].interval = Some((f64::NEG_INFINITY, f64::INFINITY));
        report.peers[0].values[0] = Some(PeerValue {
            value: f64::INFINITY,
            spread: Some(f64::NAN),
        });
        report
    };
    let one = {
        let mut report = sweep();
        report.trials.truncate(1);
        report.peers.clear();
        report
    };
    for report in [sweep(), hostile, not_finite, one, FrontReport::default()] {
        let page = render_front(&report).unwrap();
        assert_balanced(&page.html);
        assert_balanced(&page.svg);
        for text in [&page.html, &page.svg] {
            assert!(!text.contains("NaN") && !text.contains("inf\""), "{text}");
            assert!(!text.contains("<script"), "{text}");
        }
        assert!(!page.svg.contains("var("), "{}", page.svg);
        let outside = attributes(&page.html, "href")
            .into_iter()
            .chain(attributes(&page.svg, "href"));
        for (tag, link) in outside {
            assert!(link.starts_with('#'), "{tag}");
        }
        assert_eq!(page, render_front(&report).unwrap());
    }
}

#[test]
fn names_are_told_apart() {
    let mut report = sweep();
    report.trials[1].name = "001".to_owned();
    let error = render_front(&report).unwrap_err();
    assert!(matches!(&error, Error::DuplicateTrial { name } if name == "001"));
    assert!(error.help().is_some());
    let mut report = sweep();
    report.peers[1].name = "Far below".to_owned();
    let error = render_front(&report).unwrap_err();
    assert!(matches!(error, Error::DuplicatePeer { .. }));
}
