//! A sentence model that a test makes: one layer, words with vectors the test chooses, weights so simple that what must come
//! out is known.

use serde_json::{Value, json};
use std::path::Path;

/// How many numbers a vector has.
pub const SIZE: usize = 4;
/// A word, or a mark, and its embedding; the marks `[UNK]`, `[CLS]` and `[SEP]` must be there.
pub type Word = (&'static str, [f32; SIZE]);
/// Name, shape and numbers.
pub type Tensor = (String, Vec<usize>, Vec<f32>);

const NORMS: [&str; 3] = ["embeddings", "encoder.layer.0.attention.output", "encoder.layer.0.output"];

/// Its `config.json`.
pub fn config(words: &[Word]) -> Value {
    json!({
        "model_type": "bert", "hidden_act": "gelu", "hidden_size": SIZE, "intermediate_size": 2,
        "num_attention_heads": 2, "num_hidden_layers": 1, "max_position_embeddings": 8, "vocab_size": words.len(),
        "layer_norm_eps": 1e-12
    })
}

/// Its weights. Attention and the wide layer add nothing, so that a text's vector is the mean of its tokens' normed embeddings.
pub fn tensors(words: &[Word]) -> Vec<Tensor> {
    let numbers: Vec<f32> = words.iter().flat_map(|(_, numbers)| *numbers).collect();
    let mut all = vec![("embeddings.word_embeddings.weight".to_owned(), vec![words.len(), SIZE], numbers)];
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

/// Writes the three files of a model into a directory.
pub fn write(dir: &Path, words: &[Word], config: &Value, tensors: &[Tensor]) {
    let vocab: serde_json::Map<String, Value> =
        words.iter().zip(0..).map(|((word, _), nth)| ((*word).to_owned(), Value::from(nth))).collect();
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
    let header = Value::Object(header).to_string().into_bytes();
    let file = [&(header.len() as u64).to_le_bytes()[..], &header, &body].concat();
    std::fs::write(dir.join("model.safetensors"), file).unwrap();
}
