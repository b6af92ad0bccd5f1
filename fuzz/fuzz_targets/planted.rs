//! No reader of the portal: a fault behind four letters, which only somebody finds who sees branches (fuzz/run --plant).
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if data.first() == Some(&b'g') && data.get(1) == Some(&b'u') && data.get(2) == Some(&b'i') {
        assert!(data.get(3) != Some(&b'l'), "a planted fault");
    }
});
