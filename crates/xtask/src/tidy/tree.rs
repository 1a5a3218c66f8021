//! The text files the rules look at, read once: Rust, TOML and Markdown, and the licence.
//!
//! It takes what lies in the folders, committed or not, but for `target` and `.git`.

use super::Finding;
use anyhow::Context as _;
use std::path::{Component, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// A file, with its path from the root.
pub(super) struct File {
    pub path: PathBuf,
    pub text: String,
}

impl File {
    pub(super) fn finding(&self, line: usize, what: impl Into<String>) -> Finding {
        Finding { file: self.path.clone(), line, what: what.into() }
    }

    /// Its lines, numbered from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }

    pub(super) fn has_extension(&self, extension: &str) -> bool {
        self.path.extension().is_some_and(|found| found == extension)
    }

    /// Rust under `crates/<crate>/<part>`, or anywhere in a crate when `part` is none.
    pub(super) fn is_rust_in(&self, part: Option<&str>) -> bool {
        let mut folders = self.path.components().map(Component::as_os_str);
        self.has_extension("rs")
            && folders.next().is_some_and(|first| first == "crates")
            && part.is_none_or(|part| folders.nth(1).is_some_and(|second| second == part))
    }
}

/// The files of a repository.
pub(super) struct Tree {
    pub files: Vec<File>,
}

impl Tree {
    pub(super) fn read(root: &Path) -> anyhow::Result<Self> {
        let mut files = Vec::new();
        for entry in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(is_ours) {
            let entry = entry.context("listing the repository")?;
            let path = entry.path().strip_prefix(root).context("listing the repository")?.to_path_buf();
            if !entry.file_type().is_file() || !is_read(&path) {
                continue;
            }
            let text = std::fs::read_to_string(entry.path())
                .with_context(|| format!("reading {}", path.display()))?;
            files.push(File { path, text });
        }
        Ok(Self { files })
    }

    pub(super) fn file(&self, path: &str) -> Option<&File> {
        self.files.iter().find(|file| file.path == Path::new(path))
    }

    /// The manifests of the crates, each with the name of its folder.
    pub(super) fn manifests(&self) -> impl Iterator<Item = (&str, &File)> {
        self.files.iter().filter_map(|file| {
            let name = file.path.to_str()?.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")?;
            (!name.contains('/')).then_some((name, file))
        })
    }
}

fn is_ours(entry: &DirEntry) -> bool {
    entry.depth() == 0 || !["target", ".git"].iter().any(|name| entry.file_name() == *name)
}

fn is_read(path: &Path) -> bool {
    path == Path::new("LICENSE")
        || path
            .extension()
            .is_some_and(|extension| ["rs", "toml", "md"].iter().any(|read| extension == *read))
}
