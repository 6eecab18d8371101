#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| acceptance::foreign::read("ongoing", bytes));
