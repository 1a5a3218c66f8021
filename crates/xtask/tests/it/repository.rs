//! A made-up repository that is tidy until a test says otherwise.

use tempfile::TempDir;
use xtask::tidy;

pub struct Repository {
    folder: TempDir,
}

impl Repository {
    pub fn tidy() -> Self {
        let repository = Self { folder: tempfile::tempdir().unwrap() };
        repository.with("LICENSE", "Apache License\nVersion 2.0, January 2004\n")
    }

    pub fn with(self, path: &str, text: &str) -> Self {
        let file = self.folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
        self
    }

    /// Adds the manifest of a crate; `rest` is what follows its package section.
    pub fn with_crate(self, name: &str, rest: &str) -> Self {
        let inherited = ["edition", "license", "publish", "rust-version", "version"]
            .map(|key| format!("{key}.workspace = true\n"))
            .concat();
        let text = format!("[package]\nname = \"{name}\"\n{inherited}\n[lints]\nworkspace = true\n\n{rest}");
        self.with(&format!("crates/{name}/Cargo.toml"), &text)
    }

    /// What there is to mend, one line each.
    pub fn findings(&self) -> Vec<String> {
        tidy::findings(self.folder.path()).unwrap().iter().map(ToString::to_string).collect()
    }

    /// The one thing there is to mend.
    #[track_caller]
    pub fn finding(&self) -> String {
        let findings = self.findings();
        assert_eq!(findings.len(), 1, "{findings:#?}");
        findings.into_iter().next().unwrap()
    }
}

pub const NOTHING: [&str; 0] = [];
