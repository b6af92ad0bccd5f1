#![no_main]
libfuzzer_sys::fuzz_target!(|data: &[u8]| guildhall::fuzz::return_to(data));
