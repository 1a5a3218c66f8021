//! The front door of the crate, with a tiny model made here.

#![expect(clippy::unwrap_used, reason = "tests")]

mod tiny;

use embed::Embedder;
use serde_json::json;
use tiny::{SIZE, Word, config, tensors, write};

const WORDS: [Word; 6] = [
    ("[UNK]", [0.0; SIZE]),
    ("[CLS]", [1.0, 1.0, -1.0, -1.0]),
    ("[SEP]", [1.0, 1.0, -1.0, -1.0]),
    ("pump", [3.0, -1.0, -1.0, -1.0]),
    ("pum", [3.0, -1.0, -1.0, -1.0]),
    ("price", [-1.0, -1.0, -1.0, 3.0]),
];

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[test]
fn a_text_is_the_mean_of_what_its_tokens_mean() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &WORDS, &config(&WORDS), &tensors(&WORDS));
    let model = Embedder::open(dir.path()).unwrap();
    let (pump, pum, price) = (model.vector("Pump", ""), model.vector("pum", ""), model.vector("price", ""));
    assert!((cosine(&pump, &pump) - 1.0).abs() < 1e-6);
    assert!((cosine(&pump, &pum) - 1.0).abs() < 1e-6);
    // [CLS] and [SEP] are normed to (1, 1, −1, −1), a word to √3 (1, −⅓, −⅓, −⅓) or that turned round; the full stop after
    // a name is unknown, and all zeroes.
    let third = 3.0_f32.sqrt();
    let sum = [2.0 + third, 2.0 - third / 3.0, -2.0 - third / 3.0, -2.0 - third / 3.0];
    let length = sum.iter().map(|number| number * number).sum::<f32>().sqrt();
    for (number, wanted) in pump.iter().zip(sum) {
        assert!((number - wanted / length).abs() < 1e-5, "{pump:?}");
    }
    assert!(cosine(&pump, &price) < 0.9);
    // Longer than the model has places.
    assert_eq!(model.vector("", &"pump ".repeat(400)).len(), SIZE);
    assert_eq!(model.model(), Embedder::open(dir.path()).unwrap().model());
}

#[test]
fn a_directory_that_is_not_right_says_why() {
    let dir = tempfile::tempdir().unwrap();
    let fails = || Embedder::open(dir.path()).map(|_| ()).unwrap_err().to_string();
    assert!(fails().contains("config.json"));
    let with = |key: &str, value: serde_json::Value| {
        let mut config = config(&WORDS);
        config[key] = value;
        write(dir.path(), &WORDS, &config, &tensors(&WORDS));
        fails()
    };
    assert!(with("model_type", json!("mpnet")).contains("only `bert`"));
    assert!(with("num_attention_heads", json!(0)).contains("make no model"));
    assert!(with("hidden_size", json!(8)).contains("embeddings."));
    assert!(with("vocab_size", json!("x")).contains("config.json is not right"));
    let fewer: Vec<_> = tensors(&WORDS).into_iter().filter(|(name, ..)| !name.contains("key")).collect();
    write(dir.path(), &WORDS, &config(&WORDS), &fewer);
    assert!(fails().contains("attention.self.key"));
    std::fs::write(dir.path().join("model.safetensors"), "no").unwrap();
    assert!(fails().contains("model.safetensors is not right"));
    std::fs::write(dir.path().join("tokenizer.json"), r#"{"model": {"type": "BPE"}}"#).unwrap();
    assert!(fails().contains("only `WordPiece`"));
}
