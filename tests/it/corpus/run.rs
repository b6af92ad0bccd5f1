//! Runs the cases of one portal: sends, judges, puts everything back.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::ground::{Digests, Ground, changed};
use super::kinds::Kind;
use super::oracle::{Allowed, Expected, PATIENCE, Seen, allowed, judge};
use super::plan::{Slot, groups};
use super::target::{Face, Target};
use super::values::{self, Value};
use super::{crawl, framing, operations, rows};

/// What a run found.
#[derive(Debug, Default)]
pub struct Tally {
    pub cases: usize,
    pub random: usize,
    pub targets: usize,
    pub fields: usize,
    pub slowest: Duration,
    pub statuses: BTreeMap<String, usize>,
    pub faults: Vec<String>,
    /// Targets that refuse what should be right, so that little is learnt of them.
    pub unfit: Vec<String>,
}

impl Tally {
    pub fn and(mut self, other: Self) -> Self {
        for (status, number) in other.statuses {
            *self.statuses.entry(status).or_default() += number;
        }
        self.cases += other.cases;
        self.random += other.random;
        self.targets += other.targets;
        self.fields += other.fields;
        self.slowest = self.slowest.max(other.slowest);
        self.faults.extend(other.faults);
        self.unfit.extend(other.unfit);
        self
    }
}

/// One portal's share of a run.
pub struct Run {
    ground: Ground,
    targets: Vec<Target>,
    pristine: Digests,
    cases: usize,
    chance: Chance,
    tally: Tally,
}

impl Run {
    /// `portal` of `portals`, with its share of the targets.
    pub fn new((portal, portals): (usize, usize), cases: usize, seed: u64) -> Self {
        let mut ground = Ground::lay();
        let mut targets = crawl::targets(&ground);
        targets.extend(operations::targets(&ground));
        targets.sort_by(|one, other| one.name.cmp(&other.name));
        let mine = targets.into_iter().enumerate().filter(|(at, _)| at % portals == portal);
        let targets: Vec<Target> = mine.map(|(_, target)| target).collect();
        let pristine = ground.settle();
        let fields = targets.iter().map(|target| target.fields.len()).sum();
        let tally = Tally { targets: targets.len(), fields, ..Tally::default() };
        Self { ground, targets, pristine, cases: cases / portals, chance: Chance(seed ^ portal as u64), tally }
    }

    pub fn go(mut self) -> Tally {
        for at in 0..self.targets.len() {
            self.honest(at);
        }
        for group in groups(&self.targets, self.cases) {
            let target = self.targets[group.target].clone();
            let mut prepared = match group.slot {
                Slot::Rows => rows::rows(&target),
                Slot::Framing => framing::rows(&target),
                Slot::Field(_) => Vec::new(),
            };
            prepared.reverse();
            for chosen in group.chosen(group.target * 7) {
                if let Slot::Field(field) = group.slot {
                    self.field(&target, field, chosen);
                } else {
                    prepared.truncate(group.there - chosen);
                    let row = prepared.pop().expect("a row");
                    let expected = Expected {
                        face: target.face,
                        allowed: if target.closed { Allowed::Closes(&[]) } else { row.allowed },
                        field: None,
                    };
                    self.try_one(&format!("{}: {}", target.name, row.name), &expected, &row.bytes);
                }
            }
        }
        while self.tally.cases < self.cases {
            self.random();
        }
        self.tally
    }

    /// The request with nothing wrong.
    fn honest(&mut self, at: usize) {
        let bytes = self.targets[at].request(&[]).bytes();
        let seen = self.send(&bytes);
        let after = self.ground.digests();
        self.ground.restore(&changed(&self.pristine, &after));
        if seen.status.is_none_or(|status| status >= 400) {
            let status = seen.status.unwrap_or_default();
            self.tally.unfit.push(format!("{} ({status})", self.targets[at].name));
        }
    }

    fn field(&mut self, target: &Target, at: usize, chosen: usize) {
        let field = &target.fields[at];
        let (value, want) = values::rows(&field.kind, field.place).swap_remove(chosen);
        let bytes = target.request(&[(at, &value)]).bytes();
        // Boxes that belong together are named together.
        let names_it = field.kind != Kind::Box && field.kind != Kind::Passing;
        let expected = Expected {
            face: target.face,
            allowed: allowed(target, field, &value, want),
            field: names_it.then_some(&field.name),
        };
        let shown: String = format!("{value:?}").chars().take(60).collect();
        self.try_one(&format!("{}: {} = {shown}", target.name, field.name), &expected, &bytes);
    }

    /// Several fields at once, or bytes changed at random.
    fn random(&mut self) {
        let target = self.targets[self.chance.below(self.targets.len())].clone();
        let mut spoilt: Vec<(usize, Value)> = Vec::new();
        for _ in 0..=self.chance.below(3) {
            let Some(field) = target.fields.get(self.chance.below(target.fields.len())) else { break };
            let at = target.fields.iter().position(|one| one.name == field.name).unwrap_or_default();
            let mut all = values::rows(&field.kind, field.place);
            let value = match self.chance.below(4) {
                0 => Value::Raw(self.chance.bytes()),
                1 => Value::Text(String::from_utf8_lossy(&self.chance.bytes()).into_owned()),
                _ => all.swap_remove(self.chance.below(all.len())).0,
            };
            spoilt.push((at, value));
        }
        let wrong: Vec<(usize, &Value)> = spoilt.iter().map(|(at, value)| (*at, value)).collect();
        let mut bytes = target.request(&wrong).bytes();
        if self.chance.below(5) == 0 {
            for _ in 0..=self.chance.below(4) {
                let at = self.chance.below(bytes.len());
                bytes[at] = u8::try_from(self.chance.next() & 0xff).unwrap_or_default();
            }
        }
        self.tally.random += 1;
        let shown: String = format!("{spoilt:?}").chars().take(400).collect();
        let expected = Expected { face: target.face, allowed: Allowed::Closes(&[]), field: None };
        self.try_one(&format!("{}: at random {shown}", target.name), &expected, &bytes);
        if self.tally.cases.is_multiple_of(2_000) {
            self.ground.tidy();
        }
    }

    fn try_one(&mut self, name: &str, expected: &Expected<'_>, bytes: &[u8]) {
        if expected.face != Face::Page {
            self.ground.forget_calls();
        }
        let seen = self.send(bytes);
        let after = self.ground.digests();
        let faults = judge(expected, &seen, &self.pristine, &after);
        let all = &mut self.tally;
        all.cases += 1;
        all.slowest = all.slowest.max(seen.took);
        *all.statuses.entry(seen.status.map_or("closed".into(), |status| status.to_string())).or_default() += 1;
        all.faults.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
        let changed = changed(&self.pristine, &after);
        if !changed.is_empty() {
            self.ground.restore(&changed);
        }
    }

    fn send(&self, bytes: &[u8]) -> Seen {
        let start = Instant::now();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.ground.app.server.port))
            .expect("the portal takes connections");
        stream.set_read_timeout(Some(PATIENCE * 2)).expect("a timeout can be set");
        drop(stream.write_all(bytes));
        // Nothing more comes: a body that is shorter than it says is over.
        drop(stream.shutdown(std::net::Shutdown::Write));
        let mut answer = Vec::new();
        drop(stream.read_to_end(&mut answer));
        Seen { took: start.elapsed(), ..read(&answer) }
    }
}

/// The first answer of these bytes.
fn read(bytes: &[u8]) -> Seen {
    let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { return Seen::default() };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    // Chunked only where pages are long; the marks between the chunks do not matter to a search, but to JSON.
    let body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    Seen { status, headers, body, took: Duration::ZERO }
}
