//! The front door of the crate, with a tiny model made here: two pieces of vocabulary for words, one layer, weights that are
//! simple enough to know what must come out.

#![expect(clippy::unwrap_used, reason = "tests")]

use embed::Embedder;
use serde_json::json;
use std::path::Path;

const SIZE: usize = 4;
const NORMS: [&str; 3] = ["embeddings", "encoder.layer.0.attention.output", "encoder.layer.0.output"];

fn config() -> serde_json::Value {
    json!({
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": SIZE, "intermediate_size": 2,
        "num_attention_heads": 2, "num_hidden_layers": 1, "max_position_embeddings": 8, "vocab_size": 6,
        "layer_norm_eps": 1e-12
    })
}

/// Attention and the wide layer add nothing, so that a text's vector is the mean of its tokens' normed embeddings.
fn tensors() -> Vec<(String, Vec<usize>, Vec<f32>)> {
    let words = [
        [0.0; SIZE],
        [1.0, 1.0, -1.0, -1.0],
        [1.0, 1.0, -1.0, -1.0],
        [3.0, -1.0, -1.0, -1.0],
        [3.0, -1.0, -1.0, -1.0],
        [-1.0, -1.0, -1.0, 3.0],
    ];
    let mut all = vec![("embeddings.word_embeddings.weight".to_owned(), vec![6, SIZE], words.concat())];
    let mut zero = |name: &str, shape: &[usize]| {
        all.push((name.to_owned(), shape.to_vec(), vec![0.0; shape.iter().product()]));
    };
    zero("embeddings.position_embeddings.weight", &[8, SIZE]);
    zero("embeddings.token_type_embeddings.weight", &[2, SIZE]);
    let layer = "encoder.layer.0";
    for part in
        ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"]
    {
        zero(&format!("{layer}.{part}.weight"), &[SIZE, SIZE]);
        zero(&format!("{layer}.{part}.bias"), &[SIZE]);
    }
    zero(&format!("{layer}.intermediate.dense.weight"), &[2, SIZE]);
    zero(&format!("{layer}.intermediate.dense.bias"), &[2]);
    zero(&format!("{layer}.output.dense.weight"), &[SIZE, 2]);
    zero(&format!("{layer}.output.dense.bias"), &[SIZE]);
    for norm in NORMS {
        zero(&format!("{norm}.LayerNorm.bias"), &[SIZE]);
    }
    for norm in NORMS {
        all.push((format!("{norm}.LayerNorm.weight"), vec![SIZE], vec![1.0; SIZE]));
    }
    all
}

fn write(dir: &Path, config: &serde_json::Value, tensors: &[(String, Vec<usize>, Vec<f32>)]) {
    let vocab = json!({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "pump": 3, "pum": 4, "price": 5});
    let tokenizer =
        json!({"normalizer": {"lowercase": true}, "model": {"type": "WordPiece", "vocab": vocab}});
    std::fs::write(dir.join("config.json"), config.to_string()).unwrap();
    std::fs::write(dir.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    let (mut header, mut body) = (serde_json::Map::new(), Vec::new());
    for (name, shape, numbers) in tensors {
        let from = body.len();
        body.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        header.insert(
            name.clone(),
            json!({"dtype": "F32", "shape": shape, "data_offsets": [from, body.len()]}),
        );
    }
    let header = serde_json::Value::Object(header).to_string().into_bytes();
    let file = [&(header.len() as u64).to_le_bytes()[..], &header, &body].concat();
    std::fs::write(dir.join("model.safetensors"), file).unwrap();
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

#[test]
fn a_text_is_the_mean_of_what_its_tokens_mean() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), &config(), &tensors());
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
        let mut config = config();
        config[key] = value;
        write(dir.path(), &config, &tensors());
        fails()
    };
    assert!(with("model_type", json!("mpnet")).contains("only `bert`"));
    assert!(with("num_attention_heads", json!(0)).contains("make no model"));
    assert!(with("hidden_size", json!(8)).contains("embeddings."));
    assert!(with("vocab_size", json!("x")).contains("config.json is not right"));
    let fewer: Vec<_> = tensors().into_iter().filter(|(name, ..)| !name.contains("key")).collect();
    write(dir.path(), &config(), &fewer);
    assert!(fails().contains("attention.self.key"));
    std::fs::write(dir.path().join("model.safetensors"), "no").unwrap();
    assert!(fails().contains("model.safetensors is not right"));
    std::fs::write(dir.path().join("tokenizer.json"), r#"{"model": {"type": "BPE"}}"#).unwrap();
    assert!(fails().contains("only `WordPiece`"));
}
