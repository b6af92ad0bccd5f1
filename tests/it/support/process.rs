//! The real binary as a process of its own, configured as in production, with the test's database.

use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, ChildStdout, Command, Stdio};

use super::App;
use super::app::KEY;
use super::http::Server;

/// `guildhall <argument>` with a complete configuration and nothing else in its environment. Its identity provider is
/// the one of the test's portal, which answers while that runs.
pub fn guildhall(app: &App, argument: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_guildhall"));
    command.arg(argument).env_clear().envs([
        ("DATABASE_URL", app.database.url.as_str()),
        ("BASE_URL", "https://partners.acme.example"),
        ("GUILDHALL_SECRET_KEY", KEY),
        ("OIDC_PROVIDERS", "dev"),
        ("OIDC_DEV_ISSUER", &format!("{}/dev/identity", app.server.origin)),
        ("OIDC_DEV_CLIENT_ID", "guildhall"),
        ("OIDC_DEV_ALGORITHMS", "ES256"),
    ]);
    command
}

/// A port that was free a moment ago.
pub fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|taken| taken.local_addr()).expect("a free port").port()
}

/// `guildhall serve`, until it is dropped.
pub struct Serving {
    child: Child,
    /// Its log, line by line.
    pub log: BufReader<ChildStdout>,
    pub server: Server,
}

impl Serving {
    /// Starts and waits until it answers.
    pub fn start(app: &App, more: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = guildhall(app, "serve");
        command.env("PORT", port.to_string()).envs(more.iter().copied()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("the portal starts");
        let log = BufReader::new(child.stdout.take().expect("its log"));
        let server =
            Server { port, authority: "partners.acme.example".into(), origin: "https://partners.acme.example".into() };
        let mut serving = Self { child, log, server };
        while std::net::TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            let ended = serving.child.try_wait().expect("the process can be asked");
            assert!(ended.is_none(), "it ended before it served");
            std::thread::yield_now();
        }
        serving
    }

    /// The next line of its log that holds this.
    pub fn line(&mut self, wanted: &str) -> String {
        let mut line = String::new();
        while !line.contains(wanted) {
            line.clear();
            assert!(self.log.read_line(&mut line).expect("a line of the log") > 0, "no line has {wanted}");
        }
        line
    }

    /// Tells it to stop and waits until it has.
    #[expect(unsafe_code, reason = "the standard library sends no other signal than SIGKILL")]
    pub fn stop(mut self) {
        let process = i32::try_from(self.child.id()).expect("a process");
        // SAFETY: a signal to a child that has not been waited for, so that the number is still its own.
        assert_eq!(unsafe { libc::kill(process, libc::SIGTERM) }, 0);
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
