//! The same configuration, seed and device give the same bytes.

mod program;

use program::{SMALL_RUN, Workplace, assert_same, stderr, stdout};

#[test]
fn two_runs_are_the_same_whatever_the_number_of_threads() {
    let place = Workplace::new(SMALL_RUN);
    place.run_into("first");
    for threads in ["1", "2"] {
        let out = format!("with-{threads}");
        let output = place
            .program(&["run", "run.toml", "--out", &out])
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_same(&place.results("first"), &place.results(&out));
    }
}

#[test]
fn another_seed_gives_another_model() {
    let place = Workplace::new(SMALL_RUN);
    place.run_into("first");
    let output = place.equipoise(&["run", "run.toml", "--out", "other", "--seed", "4"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let name = "models/plain/model.safetensors";
    assert_ne!(place.results("first")[name], place.results("other")[name]);
}

#[test]
fn a_finished_run_is_shown_and_left_alone() {
    let place = Workplace::new(SMALL_RUN);
    place.run_into("out");
    let before = place.results("out");
    let output = place.equipoise(&["run", "run.toml", "--out", "out"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stdout(&output).contains("demographic parity difference"));
    assert_same(&before, &place.results("out"));

    std::fs::remove_file(place.path("out/report.html")).unwrap();
    let output = place.equipoise(&["report", "out"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_same(&before, &place.results("out"));
}

#[test]
fn stages_done_one_by_one_give_the_same_as_a_run() {
    let place = Workplace::new(SMALL_RUN);
    place.run_into("whole");
    for command in ["pretrain", "finetune", "run"] {
        let output = place.equipoise(&[command, "run.toml", "--out", "parts"]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    assert_same(&place.results("whole"), &place.results("parts"));
}
