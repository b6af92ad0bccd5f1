//! Takes every guard away and asks the matrix. Part of the copy that `tests/guards/run` makes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

use guildhall::mutants;

use super::super::policy::{self, Route};
use super::super::slots::{Class, slots};
use super::super::world::Key;
use super::Asker;
use crate::access_table::IN;

/// Routes that a predicate is looked for on; it stands in more, but they share the statement.
const ROUTES_EACH: usize = 14;

impl Asker {
    /// A few cells of everybody who is let in, to see which guards are met.
    fn scout(&mut self, route: &Route) {
        let places = slots(route.pattern);
        for who in 0..self.principals() {
            if matches!(route.own(&self.world.principals[who]), IN | 401 | 403) {
                continue;
            }
            for class in [Class::Own, Class::Deleted, Class::Random] {
                let classes: Vec<_> = places.iter().map(|slot| (slot.clone(), class)).collect();
                self.cell(route, who, &classes, None);
            }
        }
        // Those whose sessions and credentials have ended, and one without a permission.
        for who in 0..self.principals() {
            let principal = &self.world.principals[who];
            if principal.ended || principal.name.contains("token") || principal.name.contains("member") {
                let classes: Vec<_> = places.iter().map(|slot| (slot.clone(), Class::Own)).collect();
                self.cell(route, who, &classes, None);
            }
        }
    }

    /// Forgets what was wrong, and puts everything back.
    fn afresh(&mut self) {
        self.unsettled.clear();
        self.wrong.clear();
        self.world.restore();
    }

    /// The first wrong cell, of those whom it would most likely be.
    fn first_wrong(&mut self, routes: &[&Route]) -> Option<String> {
        let likely = |who: &usize| {
            let principal = &self.world.principals[*who];
            let rank = match (principal.name, principal.key) {
                ("owner" | "manager of A" | "owner of another tenant" | "key of B" | "token of the host", _) => 0,
                ("anonymous", _) => 3,
                (_, Key::Partner(_) | Key::Host(_)) => 1,
                _ if principal.ended => 2,
                _ => 1,
            };
            (rank, *who)
        };
        let mut order: Vec<usize> = (0..self.principals()).collect();
        order.sort_by_key(likely);
        for who in order {
            for route in routes {
                self.unit(route, who);
                if !self.wrong.is_empty() {
                    return self.wrong.first().cloned();
                }
            }
        }
        self.settle();
        self.wrong.first().cloned()
    }
}

fn sampled<T>(all: Vec<T>, sample: usize) -> Vec<T> {
    let step = if sample == 0 { 1 } else { all.len().div_ceil(sample).max(1) };
    all.into_iter().step_by(step).collect()
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// The predicates and checks of the list that the sources were given.
fn listed() -> Vec<(usize, String)> {
    let listed = std::fs::read_to_string(variable("GUILDHALL_MUTANTS")).expect("the list of guards");
    let pairs = listed.lines().filter_map(|line| line.split_once(' '));
    pairs.map(|(number, what)| (number.parse().expect("a number"), what.to_owned())).collect()
}

/// On which routes each guard is met.
fn met<'a>(asker: &mut Asker, routes: &'a [Route]) -> BTreeMap<usize, Vec<&'a Route>> {
    let mut met: BTreeMap<usize, Vec<&Route>> = BTreeMap::new();
    mutants::turn_off(&[]);
    for route in routes {
        mutants::take_reached();
        asker.scout(route);
        asker.settle();
        for number in mutants::take_reached() {
            met.entry(number).or_default().push(route);
        }
    }
    assert!(asker.wrong.is_empty(), "with every guard in place: {:?}", asker.wrong);
    met
}

/// What came of it.
#[derive(Default)]
struct Verdicts {
    killed: usize,
    lived: usize,
    unmet: usize,
    alike: usize,
    report: String,
}

impl Verdicts {
    fn say(&mut self, line: &str) {
        println!("{line}");
        writeln!(self.report, "{line}").expect("text grows");
    }

    fn judge(&mut self, what: &str, wrong: Option<&String>, mattered: bool) {
        match wrong {
            Some(cell) => {
                self.killed += 1;
                let cell: String = cell.chars().take(160).collect();
                self.say(&format!("missed     {what}\n           {cell}"));
            }
            None if mattered => {
                self.lived += 1;
                self.say(&format!("SURVIVES   {what}"));
            }
            None => {
                self.alike += 1;
                self.say(&format!("holds none {what}: everybody who comes this far may"));
            }
        }
    }
}

/// Every predicate and check, each on the routes that meet it.
fn predicates(asker: &mut Asker, routes: &[Route], sample: usize, verdicts: &mut Verdicts) {
    let met = met(asker, routes);
    for (number, what) in sampled(listed(), sample) {
        let Some(routes) = met.get(&number) else {
            verdicts.unmet += 1;
            verdicts.say(&format!("NOT MET    {what}"));
            continue;
        };
        let step = routes.len().div_ceil(ROUTES_EACH).max(1);
        let routes: Vec<_> = routes.iter().copied().step_by(step).collect();
        mutants::turn_off(&[number]);
        let wrong = asker.first_wrong(&routes);
        mutants::turn_off(&[]);
        asker.afresh();
        verdicts.judge(&format!("{what} ({} routes)", routes.len()), wrong.as_ref(), true);
    }
}

/// The permission of every route that refuses somebody.
fn permissions(asker: &mut Asker, routes: &[Route], sample: usize, verdicts: &mut Verdicts) {
    let refuses = |route: &&Route| asker.world.principals.iter().any(|principal| route.own(principal) == 403);
    let guarded = routes.iter().filter(refuses).filter(|route| !route.pattern.starts_with("/gate/"));
    for route in sampled(guarded.collect(), sample) {
        mutants::open_route(Some((route.method, route.pattern)));
        let wrong = asker.first_wrong(&[route]);
        let mattered = mutants::mattered();
        mutants::open_route(None);
        asker.afresh();
        verdicts.judge(&format!("the permission at {} {}", route.method, route.pattern), wrong.as_ref(), mattered);
    }
}

#[test]
#[ignore = "takes minutes; tests/guards/run asks for it"]
fn every_guard_that_is_taken_away_is_missed() {
    let begun = Instant::now();
    let sample = variable("GUILDHALL_MUTANTS_SAMPLE").parse().unwrap_or(0);
    let (routes, mut asker, mut verdicts) = (policy::routes(), Asker::new(), Verdicts::default());
    permissions(&mut asker, &routes, sample, &mut verdicts);
    predicates(&mut asker, &routes, sample, &mut verdicts);
    let Verdicts { killed, lived, unmet, alike, .. } = verdicts;
    verdicts.say(&format!(
        "guards: {killed} of {} missed when taken away, {lived} survive, {unmet} met by no cell, {alike} hold nobody \
         back, {} cells, {:.0} s",
        killed + lived + unmet,
        asker.cells,
        begun.elapsed().as_secs_f32()
    ));
    let at = variable("GUILDHALL_MUTANTS_REPORT");
    if !at.is_empty() {
        drop(std::path::Path::new(&at).parent().map(std::fs::create_dir_all));
        std::fs::write(at, &verdicts.report).expect("the report is kept");
    }
    assert!(lived == 0, "{lived} guards survive");
}
