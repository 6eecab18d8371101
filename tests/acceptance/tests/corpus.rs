//! The kept corpus of the fuzzer, read by plain tests everywhere, with each file also cut, doubled and with bytes changed.

#![expect(clippy::unwrap_used, reason = "a test has no other way to fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use acceptance::foreign::TARGETS;
use acceptance::rows;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const MB: usize = 1024 * 1024;

fn folder() -> PathBuf {
    rows::root().join("tests/fuzz")
}

fn names(folder: &Path) -> BTreeSet<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    names.map(|path| path.file_stem().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_target_has_its_binary_and_a_corpus() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names(&folder().join("fuzz_targets")), targets);
    assert_eq!(names(&folder().join("corpus")), targets);
    let cargo = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    for name in &targets {
        assert!(cargo.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name} is not in Cargo.toml");
    }
}

/// What a file becomes: itself, cut, doubled, and with bytes changed that mean something to a parser.
fn variants(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![bytes.to_vec(), bytes.repeat(2)];
    let part = (bytes.len() / 8).max(1);
    for at in (0..bytes.len()).step_by(part) {
        all.push(bytes[..at].to_vec());
        for byte in [b'"', b'<', b'-', 0xff, b'9'] {
            let mut changed = bytes.to_vec();
            changed[at] = byte;
            all.push(changed);
        }
    }
    all
}

#[test]
fn the_corpus_is_read_without_harm_and_within_bounds() {
    let mut read = 0;
    for target in &TARGETS {
        let mut files: Vec<PathBuf> = fs::read_dir(folder().join("corpus").join(target.name))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        for file in files {
            for bytes in variants(&fs::read(&file).unwrap()) {
                let before = ALLOCATOR.current_usage();
                ALLOCATOR.reset_peak_usage();
                (target.read)(&bytes);
                let took = ALLOCATOR.peak_usage().saturating_sub(before);
                // A world of its own is a few megabytes; a parser takes a small multiple of what it is given.
                assert!(took < 32 * MB + 200 * bytes.len(), "{}: {took} bytes for {}", file.display(), bytes.len());
                read += 1;
            }
        }
    }
    println!("figure: 11 | corpus: targets; inputs read | now {}; {read}", TARGETS.len());
}
