#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| qc_tests::fuzz_targets::call_step(data));
