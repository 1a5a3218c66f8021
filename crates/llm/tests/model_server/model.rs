//! A real language model on a real server, both small: started, ended, started again.
//!
//! Deliberately not here: installing it (`cargo xtask model`), and what is asked of it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A running server; it ends with the test, whatever happens, because its standard input ends.
pub struct Model {
    process: Child,
    pub url: String,
}

impl Model {
    pub fn start() -> Model {
        Model::at("0")
    }

    /// One at this port; at `0` it takes a free one.
    #[expect(clippy::disallowed_methods, reason = "tests are told by `cargo xtask model` where Python is")]
    pub fn at(port: &str) -> Model {
        let python = std::env::var("UPNEXT_TEST_MODEL_PYTHON").expect("run these by `cargo xtask model`");
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../llm/tests/model_server/serve.py");
        let mut process = Command::new(python)
            .args(["-B", script, port])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let url = lines.find_map(|line| line.ok().filter(|line| line.starts_with("http"))).unwrap();
        Model { process, url }
    }

    pub fn port(&self) -> &str {
        self.url.rsplit(':').next().unwrap()
    }

    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Model {
    fn drop(&mut self) {
        // Already dead in the test that kills it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
