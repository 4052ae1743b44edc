//! What people read when something is wrong.

use equipoise_core::Help;
use equipoise_text::{
    Error, IdentityTerms, Lexicon, LexiconFile, NameSwap, ProbeSpec, Swapper,
    read_association_test, read_crows_pairs, read_hatecheck, read_identity_templates,
    read_stereoset, read_winobias,
};

fn told<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    let error = result.unwrap_err();
    let mut told = error.to_string();
    let mut cause = std::error::Error::source(&error);
    while let Some(next) = cause {
        told = format!("{told}\n  cause: {}", next.to_string().trim_end());
        cause = next.source();
    }
    match error.help() {
        Some(help) => format!("{told}\n  help: {help}"),
        None => told,
    }
}

fn lexicon_of(terms: &[&str], not_identities: &[&str]) -> Result<Lexicon, Error> {
    let texts = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect();
    Lexicon::from_files(&[LexiconFile {
        not_identities: texts(not_identities),
        identities: vec![IdentityTerms {
            attribute: "diet".to_owned(),
            value: "vegan".to_owned(),
            terms: texts(terms),
            exact: Vec::new(),
        }],
        ..LexiconFile::default()
    }])
}

#[test]
fn wrong_lists_are_told() {
    let told = [
        told(Lexicon::builtin(&["english", "zn"])),
        told(Lexicon::builtin(&["zn"])),
        told(Lexicon::builtin(&[])),
        told(lexicon_of(&["vegan", "Vegan"], &[])),
        told(lexicon_of(&["vegan "], &[])),
        told(lexicon_of(&[], &[])),
        told(lexicon_of(&["vegan"], &["VEGAN"])),
        told(LexiconFile::from_toml(
            "schema = \"equipoise.lexicon/2\"\n",
            "`diet.toml`",
        )),
        told(LexiconFile::from_toml(
            "schema = \"equipoise.lexicon/1\"\nlanguage = \"en\"\nidentity = []\nidentities = []\n",
            "`diet.toml`",
        )),
        told(Swapper::builtin("en-gendre", NameSwap::Kept)),
        told(ProbeSpec::by_name("crows")),
        told(ProbeSpec::by_name("crow-pairs")),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn wrong_data_are_told() {
    let lexicon = Lexicon::builtin(&["en"]).unwrap();
    let crows = |text: &str| told(read_crows_pairs(text.as_bytes(), "`crows.csv`"));
    let stereo = |text: &str| told(read_stereoset(text.as_bytes(), "`dev.json`"));
    let intrasentence = |context: &str, labels: [&str; 3]| {
        let sentences: Vec<String> = (labels.iter())
            .map(|label| format!(r#"{{"sentence": "a cat", "gold_label": "{label}"}}"#))
            .collect();
        stereo(&format!(
            r#"{{"data": {{"intersentence": [], "intrasentence": [{{"target": "t", "bias_type": "b", "context": "{context}", "sentences": [{}]}}]}}}}"#,
            sentences.join(", ")
        ))
    };
    let told = [
        crows(""),
        crows("sent_more,sent_less\na,b\n"),
        crows("sent_more,sent_less,stereo_antistereo,bias_type\na,b,both,gender\n"),
        crows("sent_more,sent_less,stereo_antistereo,bias_type\na,b\n"),
        told(read_crows_pairs(b"sent_more\nn\xe9\n", "`crows.csv`")),
        stereo("{}"),
        intrasentence("a BLANK", ["stereotype", "stereotype", "unrelated"]),
        intrasentence("a BLANK", ["stereotype", "anti", "unrelated"]),
        intrasentence("the BLANK", ["stereotype", "anti-stereotype", "unrelated"]),
        told(read_association_test(b"{\"targ1\": 3}", "weat6", "`weat6.jsonl`")),
        told(read_association_test(
            br#"{"targ1": {"category": "x", "examples": []}, "targ2": {"category": "y", "examples": ["b"]},
                "attr1": {"category": "a", "examples": ["c"]}, "attr2": {"category": "b", "examples": ["d"]}}"#,
            "weat6",
            "`weat6.jsonl`",
        )),
        told(read_winobias(b"1 [he]\n", b"1 [she]\n2\n", "type1", "`pro.txt`")),
        told(read_winobias(b"", b"", "type1", "`pro.txt`")),
        told(read_hatecheck(
            b"test_case,label_gold,target_ident,functionality\na,hate,women,f\n",
            "`cases.csv`",
        )),
        told(read_identity_templates(
            b"phrase,toxicity,template\na,TOXIC,t\n",
            &lexicon,
            "`templates.csv`",
        )),
    ];
    insta::assert_snapshot!(told.join("\n\n"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = Lexicon::read("no/such/file.toml".as_ref()).unwrap_err();
    assert_eq!(error.to_string(), "`no/such/file.toml` cannot be read");
    assert!(error.help().is_some());
}

#[test]
fn a_wrong_term_is_told_with_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("diet.toml");
    let list = r#"
        schema = "equipoise.lexicon/1"
        language = "en"
        identities = [{ attribute = "diet", value = "vegan", terms = [""] }]
    "#;
    fs_err::write(&path, list).unwrap();
    let error = Lexicon::read(&path).unwrap_err().to_string();
    let end = "diet.toml`, identity `vegan` of `diet`: the term `` is empty";
    assert!(error.ends_with(end), "{error}");

    let pairs = r#"
        schema = "equipoise.swap/1"
        language = "en"
        name = "gender"
        pairs = [["he", "he"]]
    "#;
    fs_err::write(&path, pairs).unwrap();
    let error = Swapper::read(&path, NameSwap::Kept)
        .unwrap_err()
        .to_string();
    let end = "diet.toml`, `pairs`: the term `he` is its own partner";
    assert!(error.ends_with(end), "{error}");
}
