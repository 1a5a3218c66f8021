//! How long a file and a function may be, and how many parameters a function may have.
//!
//! Code under `#[cfg(test)]`, and everything under `tests/` and `benches/`, may be as long as it likes. A function's
//! lines run from `fn` to its closing brace. Functions that a macro writes are not seen.

use super::Finding;
use super::tree::{File, Tree};
use proc_macro2::Span;
use std::path::PathBuf;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};
use syn::{Attribute, Block, FnArg, ImplItem, Item, Meta, Signature, TraitItem};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;
const PARAMETERS: usize = 5;

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut test_modules: Vec<PathBuf> = Vec::new();
    for file in tree.files.iter().filter(|file| file.is_rust_in(Some("src"))) {
        let sizes = match syn::parse_file(&file.text) {
            Ok(parsed) => Sizes::of(file, &parsed),
            Err(error) => {
                let line = error.span().start().line;
                findings.push(file.finding(line, format!("does not parse: {error}")));
                continue;
            }
        };
        findings.extend(sizes.findings);
        test_modules.extend(sizes.test_modules);
    }
    findings.retain(|finding| !test_modules.iter().any(|module| is_of(&finding.file, module)));
    findings
}

/// Whether `file` is the module at `module`, a path without extension, or inside it.
fn is_of(file: &std::path::Path, module: &std::path::Path) -> bool {
    file.starts_with(module) || file.with_extension("") == module
}

/// What one file shows.
struct Sizes<'a> {
    file: &'a File,
    test_lines: usize,
    findings: Vec<Finding>,
    /// `#[cfg(test)] mod name;`, as the path of its file without extension.
    test_modules: Vec<PathBuf>,
}

impl<'a> Sizes<'a> {
    fn of(file: &'a File, parsed: &syn::File) -> Self {
        let mut sizes = Self { file, test_lines: 0, findings: Vec::new(), test_modules: Vec::new() };
        sizes.visit_file(parsed);
        let lines = file.text.lines().count() - sizes.test_lines;
        if lines > FILE_LINES {
            let what = format!("{lines} lines without tests; at most {FILE_LINES}: one idea, one file");
            sizes.findings.push(file.finding(0, what));
        }
        sizes
    }

    /// Counts an item's lines as test code when it is under `#[cfg(test)]`, and says whether it is.
    fn takes_as_test(&mut self, attributes: &[Attribute], span: Span) -> bool {
        let is_test = attributes.iter().any(is_cfg_test);
        if is_test {
            self.test_lines += lines(span, span);
        }
        is_test
    }

    fn function(&mut self, signature: &Signature, block: Option<&Block>) {
        let line = signature.fn_token.span.start().line;
        let name = &signature.ident;
        let parameters = signature.inputs.iter().filter(|input| matches!(input, FnArg::Typed(_))).count();
        if parameters > PARAMETERS {
            let what =
                format!("`{name}` has {parameters} parameters; at most {PARAMETERS}: give them a struct");
            self.findings.push(self.file.finding(line, what));
        }
        let length = block.map_or(0, |block| lines(signature.fn_token.span, block.brace_token.span.close()));
        if length > FUNCTION_LINES {
            let what =
                format!("`{name}` has {length} lines; at most {FUNCTION_LINES}: it wants to be several");
            self.findings.push(self.file.finding(line, what));
        }
    }
}

impl<'ast> Visit<'ast> for Sizes<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if self.takes_as_test(attributes(item), item.span()) {
            if let Item::Mod(module) = item
                && module.content.is_none()
            {
                self.test_modules.push(children(self.file).join(module.ident.to_string()));
            }
            return;
        }
        if let Item::Fn(function) = item {
            self.function(&function.sig, Some(&function.block));
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if let ImplItem::Fn(function) = item {
            if self.takes_as_test(&function.attrs, function.span()) {
                return;
            }
            self.function(&function.sig, Some(&function.block));
        }
        visit::visit_impl_item(self, item);
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if let TraitItem::Fn(function) = item {
            self.function(&function.sig, function.default.as_ref());
        }
        visit::visit_trait_item(self, item);
    }
}

fn lines(first: Span, last: Span) -> usize {
    last.end().line + 1 - first.start().line
}

/// Where the modules that `file` declares lie.
fn children(file: &File) -> PathBuf {
    let owns_folder = ["lib.rs", "main.rs", "mod.rs"].iter().any(|name| file.path.ends_with(name));
    if owns_folder { file.path.with_file_name("") } else { file.path.with_extension("") }
}

fn is_cfg_test(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    }
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}
