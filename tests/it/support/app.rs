//! The running portal of one test: its own database, its own clock, its own port, the development identity provider.

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use chrono::{DateTime, Duration, TimeZone as _, Utc};
use diesel::connection::SimpleConnection as _;
use guildhall::app;
use guildhall::clock::Clock;
use guildhall::config::{BaseUrl, Config};
use guildhall::development::Extras;
use guildhall::development::identity_provider::{Assets, Client, IdentityProvider};
use guildhall::mail::{Mailbox, Transport, Worker};
use guildhall::secrets::SecretKey;
use guildhall::signin::provider::{Alg, ProviderConfig};
use secrecy::SecretString;

use super::actor::Actor;
use super::cluster::{self, Database};
use super::fixture::Who;
use super::http::Server;

/// The installation's key.
pub const KEY: &str = "5f5e5d5c5b5a595857565554535251504f4e4d4c4b4a49484746454443424140";
const CLIENT_SECRET: &str = "a secret of the tests";

/// A mail as `/dev/mail.json` tells it.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub sent_at: DateTime<Utc>,
}

impl Mail {
    /// The first address in the text that stands on a line of its own, as a path.
    #[track_caller]
    pub fn link(&self) -> String {
        let line = self.text.lines().find(|line| line.starts_with("http")).expect("a link");
        let (_, path) = line.split_once("://").and_then(|(_, rest)| rest.split_once('/')).expect("an address");
        format!("/{path}")
    }
}

/// A portal that runs until this is dropped.
pub struct App {
    /// Where it listens.
    pub server: Server,
    /// Its time: stands until it is moved.
    pub clock: Clock,
    /// Its data, for what no page shows.
    pub database: Database,
    /// Empties the outbox into `/dev/mail`; nothing leaves before somebody looks there.
    worker: Worker,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl App {
    /// A portal at `http://localhost:<port>`, as in development.
    pub fn start() -> Self {
        Self::at(|port| format!("http://localhost:{port}"))
    }

    /// A portal that believes to be reached at the address that `base` makes of its port.
    pub fn at(base: impl FnOnce(u16) -> String) -> Self {
        super::leaks::keep_log();
        let database = Database::fresh();
        let clock = Clock::standing(Utc.with_ymd_and_hms(2026, 11, 20, 12, 0, 0).single().expect("a moment"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let base = BaseUrl::parse(&base(port)).expect("a base URL");
        let server = Server { port, authority: base.authority().to_owned(), origin: base.origin() };
        let (config, provider) = configured(&database.url, base, port, &clock);
        let mailbox = Mailbox::in_memory();
        let worker = app::worker_by(&config, &clock, Transport::Mailbox(mailbox.clone()));
        let extras = Extras::of(provider, mailbox, worker.clone());
        let (handle, thread) = serve(config, extras, listener, &clock);
        Self { server, clock, database, worker, handle, thread: Some(thread) }
    }

    /// Every method and pattern of the running program, in production: `ANY` where a route takes every method.
    pub fn routes(&self) -> BTreeSet<(String, String)> {
        use actix_web::{test, web};
        let base = BaseUrl::parse(&self.server.origin).expect("a base URL");
        let (config, _) = configured(&self.database.url, base, self.server.port, &self.clock);
        let (authority, clock) = (self.server.authority.clone(), self.clock.clone());
        actix_web::rt::System::new().block_on(async move {
            let portal = web::Data::new(app::portal(config, &clock, false));
            let service = test::init_service(app::program(&portal, &app::Memory::default(), &Extras::none())).await;
            let request = test::TestRequest::get().uri("/health/live").insert_header(("Host", authority)).to_request();
            let answer = test::call_service(&service, request).await;
            let tree = answer.request().app_data::<web::Data<actix_web::introspection::IntrospectionTree>>();
            super::routes::of(&tree.expect("the program knows its routes").root)
        })
    }

    /// Somebody, signed in through the pages.
    pub fn sign_in(&self, who: Who) -> Actor {
        let mut actor = self.visitor();
        if who != Who::Anonymous {
            let landed = actor.sign_in(who.email());
            assert_eq!(landed.status, 200, "{who:?} signs in: {}", landed.text());
        }
        actor
    }

    /// A browser that has never been here.
    pub fn visitor(&self) -> Actor {
        Actor::new(self.server.clone())
    }

    pub fn owner(&self) -> Actor {
        self.sign_in(Who::Owner)
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Lets time pass.
    pub fn minutes_pass(&self, minutes: i64) {
        self.clock.advance(Duration::minutes(minutes));
    }

    /// As if that many calls had been counted in a bucket at `moment`.
    pub fn has_counted(&self, calls: i64, bucket: &str, moment: DateTime<Utc>) {
        let micros = moment.timestamp_micros();
        self.sql(&format!("SELECT count_call('{bucket}', {calls}, {micros}) FROM generate_series(1, {calls})"));
    }

    /// A worker of this portal's outbox with a way out of the test's own.
    pub fn worker(&self, transport: Transport) -> Worker {
        Worker { transport, patience: std::time::Duration::from_millis(400), ..self.worker.clone() }
    }

    /// A worker as of another process: with connections to the database of its own.
    pub fn another_worker(&self, transport: Transport) -> Worker {
        Worker { db: guildhall::db::Db::new(&self.database.url, 2), ..self.worker(transport) }
    }

    /// Every mail sent so far, newest first, with what was just caused.
    pub fn mails(&self) -> Vec<Mail> {
        let answer = self.server.send("GET", "/dev/mail.json", &[("Host", &self.server.authority)], b"");
        serde_json::from_str(&answer.is(200).body).expect("a list of mails")
    }

    /// How many rows `FROM …` has.
    pub fn count(&self, from_where: &str) -> i64 {
        cluster::count(&mut self.database.connect(), from_where)
    }

    /// The one text that a query gives.
    pub fn text(&self, query: &str) -> String {
        cluster::text(&mut self.database.connect(), query)
    }

    /// Changes data behind the portal's back.
    pub fn sql(&self, statement: &str) {
        self.database.connect().batch_execute(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

impl App {
    /// Where the secret of any of its invitations was found.
    fn leaks(&self) -> Vec<String> {
        if self.count("invitations") == 0 {
            return Vec::new();
        }
        let key = SecretKey::from_hex(KEY).expect("a key");
        let links = "SELECT string_agg(id::text || ' ' || g, ',') FROM invitations, generate_series(1, generation) g";
        let secret = |link: &str| {
            let (id, generation) = link.split_once(' ')?;
            let (id, generation) = (uuid::Uuid::parse_str(id).ok()?, generation.parse().ok()?);
            Some(guildhall::secrets::invitation_secret(&key, id, generation))
        };
        let secrets: Vec<String> = self.text(links).split(',').filter_map(secret).collect();
        let tables = "invitations invitation_links invitation_batches mails audit_events signin_flows signin_proofs \
                      kept_forms used_form_keys sessions mail_stops connections partner_records";
        let rows = tables.split_whitespace().map(|table| {
            self.text(&format!(
                "SELECT coalesce(string_agg(encode(convert_to({table}::text, 'UTF8'), 'escape'), ''), '') FROM {table}"
            ))
        });
        if super::proof::planted("suite") {
            tracing::info!(what = ?secrets, "a planted leak");
        }
        super::leaks::found(self.server.port, &secrets, &rows.collect::<String>())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        // The order is sent at once; its future only waits, which joining the thread does as well.
        drop(self.handle.stop(false));
        let ended = self.thread.take().map(JoinHandle::join);
        if !std::thread::panicking() {
            let leaks = self.leaks();
            assert!(leaks.is_empty(), "the secret of an invitation is in {leaks:?}");
            assert!(matches!(ended, Some(Ok(()))), "the portal's thread ended well");
        }
    }
}

fn configured(database_url: &str, base: BaseUrl, port: u16, clock: &Clock) -> (Config, IdentityProvider) {
    let redirect_uri = base.join("/signin/callback/dev");
    let client = Client {
        id: "guildhall".into(),
        secret: CLIENT_SECRET.into(),
        redirect_uris: vec![redirect_uri.clone()],
        post_logout_redirect_uris: vec![base.join("/signed-out")],
    };
    let assets = Assets { stylesheet: "/static/none.css".into() };
    let folder = cluster::folder();
    let provider = {
        // One at a time: the first one makes the key file that the others read.
        static OPENING: Mutex<()> = Mutex::new(());
        let _turn = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
        IdentityProvider::open(&folder, base.url(), vec![client], Vec::new(), assets, clock.clone())
            .expect("the identity provider opens")
    };
    let mut own = ProviderConfig::new("dev", &provider.issuer(), "guildhall", &redirect_uri);
    own.name = "the development sign-in".into();
    own.client_secret = Some(SecretString::from(CLIENT_SECRET));
    own.algorithms = vec![Alg::Es256];
    let key = SecretKey::from_hex(KEY).expect("a key");
    let mut config = Config::for_development(SecretString::from(database_url), base, key, own, port);
    config.pool_size = 4;
    (config, provider)
}

fn serve(config: Config, extras: Extras, listener: TcpListener, clock: &Clock) -> (ServerHandle, JoinHandle<()>) {
    let (tell, told) = mpsc::channel();
    let clock = clock.clone();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let portal = app::portal(config, &clock, true);
            let server = app::serve(actix_web::web::Data::new(portal), listener, 1, extras).expect("the portal serves");
            tell.send(server.handle()).expect("the test waits for the handle");
            server.await.expect("the portal stops without an error");
        });
    });
    (told.recv().expect("the portal starts"), thread)
}
