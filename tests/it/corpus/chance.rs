//! Chance that can be repeated: the same seed, the same run.

/// A stream of numbers (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub fn below(&mut self, most: usize) -> usize {
        usize::try_from(self.next() % most.max(1) as u64).unwrap_or_default()
    }

    /// Bytes of which some are letters.
    pub fn bytes(&mut self) -> Vec<u8> {
        let length = [1, 8, 64, 700][self.below(4)];
        let count = self.below(length) + 1;
        (0..count)
            .map(|_| {
                let byte = u8::try_from(self.next() & 0xff).unwrap_or_default();
                if self.below(2) == 0 { byte } else { b" \"'{}[]:,;&=%+-_./\\<>0aZ"[usize::from(byte) % 24] }
            })
            .collect()
    }
}
