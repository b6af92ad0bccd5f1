//! Takes every guard away and asks the matrix. Part of the copy that `tests/guards/run` makes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Instant;

use guildhall::mutants;

use super::super::policy::{self, Route};
use super::super::slots::{Class, REQUESTER, Slot};
use super::super::world::{Key, Principal};
use super::Asker;
use crate::access_table::IN;

/// Routes that a predicate is looked for on; it stands in more, but they share the statement.
const ROUTES_EACH: usize = 14;
/// Those on which no cell may show anything, so that all have to be asked.
const ROUTES_BEHIND_THE_WALL: usize = 3;
/// The fault that is planted: whoever reads people without this reads everybody's.
const NEEDED: [&str; 2] = ["src/users/queries.rs", "users::organisation_id.eq(organisation)"];

impl Asker {
    /// A few cells of everybody who is let in, to see which guards are met.
    fn scout(&mut self, route: &Route) {
        let places = route.slots();
        for who in 0..self.principals() {
            if matches!(route.own(&self.world.principals[who]), IN | 401 | 403) {
                continue;
            }
            for class in [Class::Own, Class::Deleted, Class::Random] {
                // Who asks in another one's name comes no further.
                let fits = |slot: &Slot| if slot.name == REQUESTER { Class::Own } else { class };
                let classes: Vec<_> = places.iter().map(|slot| (slot.clone(), fits(slot))).collect();
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

    /// Whether the line of a guard is one of those that are asked about; the database knows regular expressions.
    fn is_asked_about(&mut self, what: &str) -> bool {
        let [what, only] = [what.to_owned(), variable("GUILDHALL_MUTANTS_ONLY")].map(|text| text.replace('\'', "''"));
        self.world.text(&format!("SELECT ('{what}' ~ '{only}')::text")) == "true"
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
    explained: usize,
    unmet: usize,
    alike: usize,
    walled: usize,
    breached: usize,
    report: String,
}

/// Why a guard may be gone unnoticed, if somebody has said so: `path | what | why` in the list of explanations.
fn explanation(what: &str) -> Option<String> {
    let known = std::fs::read_to_string(variable("GUILDHALL_MUTANTS_EXPLAINED")).unwrap_or_default();
    known.lines().find_map(|line| {
        let mut parts = line.splitn(3, " | ");
        let (path, guard, why) = (parts.next()?, parts.next()?, parts.next()?);
        (what.contains(path) && what.contains(guard)).then(|| why.to_owned())
    })
}

impl Verdicts {
    fn say(&mut self, line: &str) {
        println!("{line}");
        writeln!(self.report, "{line}").expect("text grows");
    }

    fn judge(&mut self, what: &str, wrong: Option<&String>, mattered: bool) {
        match (wrong, explanation(what)) {
            (Some(cell), _) => {
                self.killed += 1;
                let cell: String = cell.chars().take(160).collect();
                self.say(&format!("missed     {what}\n           {cell}"));
            }
            (None, _) if !mattered => {
                self.alike += 1;
                self.say(&format!("holds none {what}: everybody who comes this far may"));
            }
            (None, Some(why)) => {
                self.explained += 1;
                self.say(&format!("explained  {what}: {why}"));
            }
            (None, None) => {
                self.lived += 1;
                self.say(&format!("SURVIVES   {what}"));
            }
        }
    }

    /// No cell comes to it.
    fn not_met(&mut self, what: &str) {
        if let Some(why) = explanation(what) {
            self.explained += 1;
            self.say(&format!("explained  {what} (met by no cell): {why}"));
        } else {
            self.unmet += 1;
            self.say(&format!("NOT MET    {what}"));
        }
    }

    /// With the wall standing.
    fn behind_the_wall(&mut self, what: &str, shown: Option<&String>) {
        self.walled += 1;
        if let Some(cell) = shown {
            self.breached += 1;
            self.say(&format!("BREACHED   {what}\n           {cell}"));
        }
    }
}

fn is_partner(principal: &Principal) -> bool {
    let person = principal.key == Key::None && (4..=6).contains(&principal.column) && !principal.ended;
    person || matches!(principal.key, Key::Partner(_))
}

/// The first cell in which a partner is shown somebody else's mark.
fn first_shown(asker: &mut Asker, routes: &[&Route]) -> Option<String> {
    let partners: Vec<usize> = (0..asker.principals()).filter(|who| is_partner(&asker.world.principals[*who])).collect();
    for who in partners {
        for route in routes {
            asker.unit(route, who);
        }
    }
    asker.wrong.iter().find(|cell| cell.contains(": shows ")).cloned()
}

/// One predicate or check, without the wall and with it.
fn predicate(asker: &mut Asker, (number, what): (usize, &str), routes: &[&Route], verdicts: &mut Verdicts) -> bool {
    // Something filled in goes where nothing else does.
    let (filled, plain): (Vec<&Route>, Vec<&Route>) = routes.iter().copied().partition(|route| route.filled);
    let some = |most: usize| -> Vec<&Route> {
        let step = plain.len().div_ceil(most).max(1);
        plain.iter().step_by(step).chain(&filled).copied().collect()
    };
    mutants::turn_off(&[number]);
    let wrong = asker.first_wrong(&some(ROUTES_EACH));
    asker.afresh();
    let scopes = ["tenant_id", "organisation", "me.id", "user_id"].iter().any(|word| what.contains(word));
    let shown = scopes.then(|| {
        mutants::raise_wall(true);
        let shown = first_shown(asker, &some(ROUTES_BEHIND_THE_WALL));
        mutants::raise_wall(false);
        asker.afresh();
        shown
    });
    mutants::turn_off(&[]);
    verdicts.judge(&format!("{what} ({} routes)", routes.len()), wrong.as_ref(), true);
    if let Some(shown) = &shown {
        verdicts.behind_the_wall(what, shown.as_ref());
    }
    wrong.is_some() && shown.is_some_and(|shown| shown.is_none())
}

/// Every predicate and check, each on the routes that meet it.
fn predicates(asker: &mut Asker, routes: &[Route], sample: usize, verdicts: &mut Verdicts) {
    let asked: Vec<_> = listed().into_iter().filter(|(_, what)| asker.is_asked_about(what)).collect();
    if asked.is_empty() {
        return;
    }
    let met = met(asker, routes);
    let (number, what) = listed().into_iter().find(|(_, what)| NEEDED.iter().all(|part| what.contains(part))).expect(
        "tests/guards/guards.rs names a guard that is needed, and it is gone: name another one",
    );
    let needed = met.get(&number).is_some_and(|routes| predicate(asker, (number, &what), routes, &mut Verdicts::default()));
    assert!(needed, "{what} is known to be needed, and to have the wall behind it; nobody missed it");
    for (number, what) in sampled(asked, sample) {
        let Some(routes) = met.get(&number) else {
            verdicts.not_met(&what);
            continue;
        };
        predicate(asker, (number, &what), routes, verdicts);
    }
}

fn permission(route: &Route) -> String {
    format!("the permission at {} {}", route.method, route.pattern)
}

/// The permission of every route that refuses somebody.
fn permissions(asker: &mut Asker, routes: &[Route], sample: usize, verdicts: &mut Verdicts) {
    let refuses = |route: &&Route| asker.world.principals.iter().any(|principal| route.own(principal) == 403);
    let guarded = routes.iter().filter(|route| !route.filled).filter(refuses);
    let guarded: Vec<&Route> = guarded.filter(|route| !route.pattern.starts_with("/gate/")).collect();
    let asked = guarded.into_iter().filter(|route| asker.is_asked_about(&permission(route)));
    for route in sampled(asked.collect(), sample) {
        mutants::open_route(Some((route.method, route.pattern)));
        let alike = |other: &&Route| (other.method, other.pattern) == (route.method, route.pattern);
        let wrong = asker.first_wrong(&routes.iter().filter(alike).collect::<Vec<_>>());
        let mattered = mutants::mattered();
        mutants::open_route(None);
        asker.afresh();
        verdicts.judge(&permission(route), wrong.as_ref(), mattered);
    }
}

#[test]
#[ignore = "takes minutes; tests/guards/run asks for it"]
fn every_guard_that_is_taken_away_is_missed() {
    let begun = Instant::now();
    let sample = variable("GUILDHALL_MUTANTS_SAMPLE").parse().unwrap_or(0);
    let (routes, mut asker, mut verdicts) = (policy::all_routes(), Asker::new(), Verdicts::default());
    mutants::raise_wall(false);
    predicates(&mut asker, &routes, sample, &mut verdicts);
    permissions(&mut asker, &routes, sample, &mut verdicts);
    let Verdicts { killed, lived, explained, unmet, alike, walled, breached, .. } = verdicts;
    let told = format!(
        "guards: {killed} of {} missed when taken away, {explained} explained, {lived} survive; {unmet} met by no cell, {alike} hold \
         nobody back; second wall alone: {walled} predicates taken away, {breached} let a partner see another's mark; {} cells, {:.0} s",
        killed + explained + lived,
        asker.cells,
        begun.elapsed().as_secs_f32()
    );
    verdicts.say(&told);
    for (at, text) in [("GUILDHALL_MUTANTS_REPORT", &verdicts.report), ("GUILDHALL_MUTANTS_FIGURES", &format!("{told}\n"))] {
        let at = variable(at);
        drop(std::path::Path::new(&at).parent().map(std::fs::create_dir_all));
        std::fs::write(at, text).expect("the report is kept");
    }
    assert!(lived == 0 && unmet == 0, "{lived} guards survive, {unmet} are met by no cell");
    assert!(breached == 0, "{breached} guards have no wall behind them");
}
