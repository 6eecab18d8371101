//! The source files of a crate, and which of them names which.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use syn::visit::Visit;

/// A crate's source files below `src`, by their path there.
#[derive(Clone)]
pub struct Sources(BTreeMap<String, String>);

impl Sources {
    /// Reads every `.rs` file below a folder.
    pub fn read(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(at) = folders.pop() {
            for entry in fs::read_dir(&at).unwrap_or_else(|error| panic!("{}: {error}", at.display())) {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let name = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                    files.insert(name, fs::read_to_string(&path).unwrap());
                }
            }
        }
        assert!(!files.is_empty(), "{}: no source files", folder.display());
        Self(files)
    }

    /// The same files with something added at the end of one.
    pub fn with(&self, file: &str, addition: &str) -> Self {
        let mut files = self.clone();
        let text = files.0.get_mut(file).unwrap_or_else(|| panic!("no file {file}"));
        text.push_str(addition);
        files
    }

    /// The top modules that `lib.rs` lists, in its order.
    pub fn top_modules(&self) -> Vec<String> {
        let file = syn::parse_file(&self.0["lib.rs"]).unwrap();
        let modules = file.items.iter().filter_map(|item| match item {
            syn::Item::Mod(module) => Some(module.ident.to_string()),
            _ => None,
        });
        modules.collect()
    }

    /// Every `(file, file)` of which the first names something in the second, outside of tests.
    pub fn arrows(&self) -> BTreeSet<(String, String)> {
        let modules: BTreeMap<Vec<String>, &str> = self.0.keys().map(|file| (module(file), file.as_str())).collect();
        let mut arrows = BTreeSet::new();
        for (file, paths) in self.paths() {
            for path in paths {
                let longest = (0..=path.len()).rev().find_map(|length| modules.get(&path[..length]));
                if let Some(target) = longest.filter(|target| **target != file) {
                    arrows.insert((file.clone(), (*target).to_owned()));
                }
            }
        }
        arrows
    }

    /// The code of every file, without comments and tests, as the tokens' text.
    pub fn code(&self) -> BTreeMap<&str, String> {
        let code = |text: &String| {
            let file = syn::parse_file(text).unwrap();
            let items = file.items.iter().filter(|item| !is_test(item));
            items.map(|item| quote::ToTokens::to_token_stream(item).to_string()).collect::<Vec<_>>().join("\n")
        };
        self.0.iter().map(|(file, text)| (file.as_str(), code(text))).collect()
    }

    /// The paths of each file that begin in this crate, from its root.
    fn paths(&self) -> impl Iterator<Item = (String, Vec<Vec<String>>)> {
        self.0.iter().map(|(file, text)| {
            let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
            let mut paths = Paths { here: module(file), found: Vec::new() };
            paths.visit_file(&parsed);
            (file.clone(), paths.found)
        })
    }
}

/// The module of a file: `a/b.rs` and `a/b/mod.rs` are `a::b`.
fn module(file: &str) -> Vec<String> {
    let stem = file.strip_suffix(".rs").unwrap_or(file);
    let mut parts: Vec<String> = stem.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

fn is_test(item: &syn::Item) -> bool {
    let syn::Item::Mod(module) = item else { return false };
    module.attrs.iter().any(|attribute| quote::ToTokens::to_token_stream(attribute).to_string() == "# [cfg (test)]")
}

/// Collects paths that begin with `crate`, `super` or `self`.
struct Paths {
    here: Vec<String>,
    found: Vec<Vec<String>>,
}

impl Paths {
    fn add(&mut self, segments: &[String]) {
        let Some((first, rest)) = segments.split_first() else { return };
        let mut at = match first.as_str() {
            "crate" => Vec::new(),
            "self" => self.here.clone(),
            "super" => self.here[..self.here.len().saturating_sub(1)].to_vec(),
            _ => return,
        };
        for segment in rest {
            match segment.as_str() {
                "super" => drop(at.pop()),
                "self" => {}
                name => at.push(name.to_owned()),
            }
        }
        self.found.push(at);
    }

    fn tree(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.tree(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.add(&with(&rename.ident)),
            syn::UseTree::Glob(_) => self.add(before),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(before, tree)),
        }
    }
}

impl<'ast> Visit<'ast> for Paths {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if !is_test(item) {
            syn::visit::visit_item(self, item);
        }
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.tree(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if segments.len() > 1 {
            self.add(&segments);
        }
        syn::visit::visit_path(self, path);
    }

    /// What stands in a macro is no syntax yet: its tokens are read for paths.
    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        let text = mac.tokens.to_string();
        for part in text.split("crate ::").skip(1) {
            let names = part.split("::").map(str::trim).map(|name| {
                name.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default().to_owned()
            });
            let path: Vec<String> = std::iter::once("crate".to_owned()).chain(names.take(4)).collect();
            self.add(&path);
        }
        syn::visit::visit_macro(self, mac);
    }
}
