//! The forward pass of BERT (Devlin et al. 2019) and the mean over its tokens (Reimers and Gurevych 2019).
//!
//! Deliberately not here: training, batches, other poolings.

use crate::EmbedError;
use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;

const FILE: &str = "config.json";

#[derive(Deserialize)]
struct Config {
    model_type: String,
    hidden_act: String,
    hidden_size: usize,
    intermediate_size: usize,
    num_attention_heads: usize,
    num_hidden_layers: usize,
    max_position_embeddings: usize,
    vocab_size: usize,
    layer_norm_eps: f32,
}

/// `x · weights + bias`.
struct Linear {
    weights: Array2<f32>,
    bias: Array1<f32>,
}

impl Linear {
    fn of(&self, x: &Array2<f32>) -> Array2<f32> {
        x.dot(&self.weights) + &self.bias
    }
}

/// Brings each row to mean 0 and variance 1, then stretches and moves it.
struct Norm {
    weight: Array1<f32>,
    bias: Array1<f32>,
    least: f32,
}

impl Norm {
    fn of(&self, mut x: Array2<f32>) -> Array2<f32> {
        for mut row in x.rows_mut() {
            let mean = row.sum() / row.len() as f32;
            row -= mean;
            let variance = row.dot(&row) / row.len() as f32;
            row /= (variance + self.least).sqrt();
        }
        x * &self.weight + &self.bias
    }
}

struct Layer {
    query: Linear,
    key: Linear,
    value: Linear,
    attended: Linear,
    attended_norm: Norm,
    wide: Linear,
    narrow: Linear,
    narrow_norm: Norm,
}

/// A model's weights.
pub struct Bert {
    words: Array2<f32>,
    /// Of the places, with that of the only sort of text added.
    places: Array2<f32>,
    norm: Norm,
    layers: Vec<Layer>,
    heads: usize,
}

impl Bert {
    pub fn parse(config: &[u8], weights: &[u8]) -> Result<Self, EmbedError> {
        let config: Config = serde_json::from_slice(config)
            .map_err(|e| EmbedError::Form { file: FILE, why: e.to_string() })?;
        check(&config)?;
        let tensors = SafeTensors::deserialize(weights)
            .map_err(|e| EmbedError::Form { file: "model.safetensors", why: e.to_string() })?;
        let read = Reader { tensors, least: config.layer_norm_eps };
        let size = config.hidden_size;
        let sort = read.matrix("embeddings.token_type_embeddings.weight", [2, size])?;
        let places =
            read.matrix("embeddings.position_embeddings.weight", [config.max_position_embeddings, size])?;
        let layer = |nth| read.layer(&format!("encoder.layer.{nth}"), size, config.intermediate_size);
        Ok(Self {
            words: read.matrix("embeddings.word_embeddings.weight", [config.vocab_size, size])?,
            places: places + sort.row(0),
            norm: read.norm("embeddings.LayerNorm", size)?,
            layers: (0..config.num_hidden_layers).map(layer).collect::<Result<_, _>>()?,
            heads: config.num_attention_heads,
        })
    }

    /// How many tokens have a vector.
    pub fn vocabulary(&self) -> usize {
        self.words.nrows()
    }

    /// How many tokens a text may have.
    pub fn most_tokens(&self) -> usize {
        self.places.nrows()
    }

    /// The vector of a text, of length 1, from its tokens: at least one and at most [`Self::most_tokens`].
    pub fn vector(&self, tokens: &[usize]) -> Vec<f32> {
        let words = self.words.select(Axis(0), tokens);
        let start = words + self.places.slice_axis(Axis(0), Slice::from(..tokens.len()));
        let x = self.layers.iter().fold(self.norm.of(start), |x, layer| layer.of(x, self.heads));
        let mean = x.sum_axis(Axis(0));
        let length = mean.dot(&mean).sqrt().max(f32::MIN_POSITIVE);
        (mean / length).to_vec()
    }
}

fn check(config: &Config) -> Result<(), EmbedError> {
    let kind =
        |what, found: &str, wanted| EmbedError::Kind { file: FILE, what, found: found.to_owned(), wanted };
    if config.model_type != "bert" {
        return Err(kind("model_type", &config.model_type, "bert"));
    }
    if config.hidden_act != "gelu" {
        return Err(kind("hidden_act", &config.hidden_act, "gelu"));
    }
    let (size, heads) = (config.hidden_size, config.num_attention_heads);
    if size == 0 || heads == 0 || size % heads != 0 || config.max_position_embeddings < 2 {
        let why = format!(
            "{heads} heads of {size} numbers and {} places make no model",
            config.max_position_embeddings
        );
        return Err(EmbedError::Form { file: FILE, why });
    }
    Ok(())
}

impl Layer {
    fn of(&self, x: Array2<f32>, heads: usize) -> Array2<f32> {
        let (query, key, value) = (self.query.of(&x), self.key.of(&x), self.value.of(&x));
        let each = x.ncols() / heads;
        let scale = (each as f32).sqrt().recip();
        let mut seen = Array2::zeros(x.raw_dim());
        for head in 0..heads {
            let part = Slice::from(head * each..(head + 1) * each);
            let mut shares = columns(&query, part).dot(&columns(&key, part).t()) * scale;
            softmax(&mut shares);
            seen.slice_axis_mut(Axis(1), part).assign(&shares.dot(&columns(&value, part)));
        }
        let x = self.attended_norm.of(self.attended.of(&seen) + x);
        let wide = self.wide.of(&x).mapv_into(gelu);
        self.narrow_norm.of(self.narrow.of(&wide) + x)
    }
}

fn columns(of: &Array2<f32>, part: Slice) -> ArrayView2<'_, f32> {
    of.slice_axis(Axis(1), part)
}

fn softmax(rows: &mut Array2<f32>) {
    for mut row in rows.rows_mut() {
        let most = row.fold(f32::NEG_INFINITY, |most, value| most.max(*value));
        row.mapv_inplace(|value| (value - most).exp());
        let sum = row.sum();
        row /= sum;
    }
}

/// The Gaussian error linear unit, its error function by formula 7.1.26 of Abramowitz and Stegun (1964), off by at most 1.5e-7.
fn gelu(x: f32) -> f32 {
    let z = x.abs() * std::f32::consts::FRAC_1_SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * z);
    let sum =
        t * (0.254_829_6 + t * (-0.284_496_74 + t * (1.421_413_8 + t * (-1.453_152_1 + t * 1.061_405_4))));
    let erf = (1.0 - sum * (-z * z).exp()).copysign(x);
    0.5 * x * (1.0 + erf)
}

struct Reader<'a> {
    tensors: SafeTensors<'a>,
    least: f32,
}

impl Reader<'_> {
    fn numbers(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, EmbedError> {
        let wrong = || EmbedError::Weights { name: name.to_owned(), shape: shape.to_vec() };
        let tensor = self.tensors.tensor(name).map_err(|_| wrong())?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != shape {
            return Err(wrong());
        }
        let bytes = tensor.data().chunks_exact(4);
        Ok(bytes.map(|four| f32::from_le_bytes([four[0], four[1], four[2], four[3]])).collect())
    }

    fn row(&self, name: &str, size: usize) -> Result<Array1<f32>, EmbedError> {
        Ok(Array1::from_vec(self.numbers(name, &[size])?))
    }

    fn matrix(&self, name: &str, shape: [usize; 2]) -> Result<Array2<f32>, EmbedError> {
        let wrong = |_| EmbedError::Weights { name: name.to_owned(), shape: shape.to_vec() };
        Array2::from_shape_vec(shape, self.numbers(name, &shape)?).map_err(wrong)
    }

    fn linear(&self, name: &str, from: usize, to: usize) -> Result<Linear, EmbedError> {
        let weights = self.matrix(&format!("{name}.weight"), [to, from])?;
        Ok(Linear { weights: weights.reversed_axes(), bias: self.row(&format!("{name}.bias"), to)? })
    }

    fn norm(&self, name: &str, size: usize) -> Result<Norm, EmbedError> {
        let row = |part| self.row(&format!("{name}.{part}"), size);
        Ok(Norm { weight: row("weight")?, bias: row("bias")?, least: self.least })
    }

    fn layer(&self, name: &str, size: usize, wide: usize) -> Result<Layer, EmbedError> {
        let linear = |part: &str, from, to| self.linear(&format!("{name}.{part}"), from, to);
        let norm = |part: &str| self.norm(&format!("{name}.{part}"), size);
        Ok(Layer {
            query: linear("attention.self.query", size, size)?,
            key: linear("attention.self.key", size, size)?,
            value: linear("attention.self.value", size, size)?,
            attended: linear("attention.output.dense", size, size)?,
            attended_norm: norm("attention.output.LayerNorm")?,
            wide: linear("intermediate.dense", size, wide)?,
            narrow: linear("output.dense", wide, size)?,
            narrow_norm: norm("output.LayerNorm")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::gelu;

    #[test]
    fn gelu_is_that_of_the_paper() {
        for (x, y) in [(0.0, 0.0), (1.0, 0.841_344_8), (-1.0, -0.158_655_2), (3.0, 2.995_950_3)] {
            assert!((gelu(x) - y).abs() < 1e-5, "{x}: {}", gelu(x));
        }
    }
}
