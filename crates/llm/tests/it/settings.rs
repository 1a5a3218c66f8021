//! What settings are refused, and that no key shows.

use llm::{Client, Provider, Redaction, Settings};
use secrecy::SecretString;

fn compatible(base_url: &str) -> Settings {
    Settings {
        provider: Provider::Compatible,
        base_url: base_url.to_owned(),
        model: "m".to_owned(),
        ..Settings::default()
    }
}

fn refusal(settings: &Settings) -> String {
    settings.check().expect_err("refused").to_string()
}

#[test]
fn plain_http_is_for_this_machine() {
    for good in
        ["http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1/v1", "https://models.example/v1/"]
    {
        assert_eq!(compatible(good).check(), Ok(()), "{good}");
    }
    for bad in [
        "http://models.example/v1",
        "http://127.0.0.1.example/v1",
        "http://10.0.0.1/v1",
        "ftp://localhost/",
        "https://me:secret@models.example/v1",
        "https://models.example/v1?key=1",
        "models",
        "",
    ] {
        let told = refusal(&compatible(bad));
        assert!(told.starts_with("model.base_url: "), "{bad}: {told}");
    }
}

#[test]
fn wrong_values_are_named_by_their_key() {
    let good = compatible("http://localhost/v1");
    let price = llm::Price { input: -1.0, cached_input: 0.0, cache_write: None, output: 0.0 };
    for (settings, key) in [
        (Settings { model: String::new(), ..good.clone() }, "model.model: "),
        (Settings { timeout_seconds: 0, ..good.clone() }, "model.timeout_seconds: "),
        (Settings { concurrency: 0, ..good.clone() }, "model.concurrency: "),
        (Settings { max_output_tokens: 0, ..good.clone() }, "model.max_output_tokens: "),
        (Settings { prices: [("m".to_owned(), price)].into(), ..good.clone() }, "model.prices: m: "),
    ] {
        assert!(refusal(&settings).starts_with(key), "{}", refusal(&settings));
    }
    for pattern in ["(", "", "x*"] {
        let redaction = Redaction { patterns: vec![pattern.to_owned()], ..Redaction::default() };
        assert!(refusal(&Settings { redaction, ..good.clone() }).starts_with("model.redaction.patterns: "));
    }
    assert!(toml::from_str::<Settings>("modle = 'x'").is_err(), "unknown keys are refused");
    assert!(Client::new(&Settings::default(), None).is_err(), "nobody to ask");
}

#[test]
fn keys_are_never_shown() {
    let key = SecretString::from("sk-very-secret-0123456789");
    for provider in [Provider::OpenAi, Provider::Anthropic, Provider::Compatible] {
        let client =
            Client::new(&Settings { provider, ..compatible("http://localhost/v1") }, Some(&key)).unwrap();
        assert!(!format!("{client:?}").contains("very-secret"), "{client:?}");
    }
    let broken = SecretString::from("very\nsecret");
    let told = Client::new(&compatible("http://localhost/v1"), Some(&broken)).unwrap_err().to_string();
    assert!(!told.contains("secret") && told.contains("key"), "{told}");
}
