//! A mail server that does what real ones do on their bad days, and remembers what it was handed.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

/// Where a conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    Greeting,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// After the final dot.
    Content,
    Quit,
}

/// What the server does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// What an honest server says.
    Well,
    /// This, without the line's end.
    Say(&'static str),
    /// A good answer, byte by byte.
    Slowly,
    /// Nothing, until the other side is gone.
    Hang,
    /// Closes the connection.
    Drop,
    /// Closes it in the middle of the content; only at [`Step::Data`].
    DropInside,
}

/// A mail that the server had whole, and did not refuse: it may deliver it.
#[derive(Debug, Clone)]
pub struct Received {
    pub to: String,
    pub message_id: String,
    pub raw: Vec<u8>,
    /// Whether the client was told.
    pub confirmed: bool,
}

type Plan = dyn Fn(usize, Step) -> Act + Send + Sync;

/// Runs until it is dropped.
pub struct SmtpServer {
    pub port: u16,
    shared: Arc<Shared>,
    reached: Mutex<mpsc::Receiver<Step>>,
}

struct Shared {
    plan: Box<Plan>,
    received: Mutex<Vec<Received>>,
    connections: AtomicUsize,
    ended: AtomicBool,
    tell: mpsc::Sender<Step>,
}

impl SmtpServer {
    /// A server that acts by this plan, given the number of the connection and the step.
    pub fn start(plan: impl Fn(usize, Step) -> Act + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (tell, reached) = mpsc::channel();
        let shared = Arc::new(Shared {
            plan: Box::new(plan),
            received: Mutex::default(),
            connections: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            tell,
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if accepting.ended.load(Ordering::Relaxed) {
                    return;
                }
                let shared = Arc::clone(&accepting);
                let number = shared.connections.fetch_add(1, Ordering::Relaxed);
                std::thread::spawn(move || Conversation::new(stream, &shared, number).hold().unwrap_or_default());
            }
        });
        Self { port, shared, reached: Mutex::new(reached) }
    }

    /// One that takes everything.
    pub fn kind() -> Self {
        Self::start(|_, _| Act::Well)
    }

    /// The way to it.
    pub fn transport(&self) -> guildhall::mail::Transport {
        let url = guildhall::mail::SmtpUrl::parse(&self.url()).expect("an address");
        guildhall::mail::Transport::Smtp(guildhall::mail::Smtp::new(url, "portal.example").expect("no certificates"))
    }

    /// For `SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Everything that it may deliver.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received().iter().filter(|one| !one.to.is_empty()).cloned().collect()
    }

    /// Waits until some conversation has come to this step, before the server acts on it.
    #[track_caller]
    pub fn comes_to(&self, step: Step) {
        let reached = self.reached.lock().unwrap_or_else(PoisonError::into_inner);
        while reached.recv_timeout(Duration::from_secs(20)).expect("the client goes on") != step {}
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        drop(TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)));
    }
}

impl Shared {
    fn received(&self) -> MutexGuard<'_, Vec<Received>> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One connection.
struct Conversation<'a> {
    lines: BufReader<TcpStream>,
    shared: &'a Shared,
    number: usize,
    to: String,
}

impl<'a> Conversation<'a> {
    fn new(stream: TcpStream, shared: &'a Shared, number: usize) -> Self {
        Self { lines: BufReader::new(stream), shared, number, to: String::new() }
    }

    /// From the greeting to the end; None when it was cut short.
    fn hold(mut self) -> Option<()> {
        self.act(Step::Greeting, "220 mail.example ready")?;
        loop {
            let line = self.line()?;
            match line.get(..4)?.to_ascii_uppercase().as_str() {
                "EHLO" => self.act(Step::Ehlo, "250-mail.example\r\n250-PIPELINING\r\n250 8BITMIME")?,
                "MAIL" => self.act(Step::Mail, "250 2.1.0 Ok")?,
                "RCPT" => {
                    self.to = line.split(['<', '>']).nth(1)?.to_owned();
                    self.act(Step::Rcpt, "250-2.1.5 Ok\r\n250 it is known here")?
                }
                "DATA" => {
                    if self.act(Step::Data, "354 Go ahead")? {
                        self.content()?;
                    }
                    true
                }
                "QUIT" => {
                    self.act(Step::Quit, "221 Bye")?;
                    return Some(());
                }
                _ => self.say("502 5.5.1 Not here")?,
            };
        }
    }

    /// Acts by the plan; whether the client was told yes.
    fn act(&mut self, step: Step, well: &str) -> Option<bool> {
        // Nobody may be listening any more.
        self.shared.tell.send(step).unwrap_or_default();
        match (self.shared.plan)(self.number, step) {
            Act::Well => self.say(well),
            Act::Say(words) => self.say(words),
            Act::Slowly => format!("{well}\r\n").bytes().try_for_each(|byte| self.write(&[byte])).map(|()| true),
            Act::Hang => {
                while self.line().is_some() {}
                None
            }
            Act::Drop => None,
            Act::DropInside => {
                self.say(well)?;
                self.line()?;
                None
            }
        }
    }

    fn content(&mut self) -> Option<()> {
        let mut raw = Vec::new();
        loop {
            let mut line = Vec::new();
            self.lines.read_until(b'\n', &mut line).ok().filter(|read| *read > 0)?;
            if line == b".\r\n" {
                break;
            }
            raw.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        let text = String::from_utf8_lossy(&raw).into_owned();
        let message_id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_owned();
        let place = {
            let mut received = self.shared.received();
            received.push(Received { to: self.to.clone(), message_id, raw, confirmed: false });
            received.len() - 1
        };
        // Without an answer it stays: the server may deliver it. A refused one is nobody's.
        let taken = self.act(Step::Content, "250 2.0.0 Queued")?;
        let mut received = self.shared.received();
        received[place].confirmed = taken;
        if !taken {
            received[place].to.clear();
        }
        Some(())
    }

    fn say(&mut self, words: &str) -> Option<bool> {
        self.write(format!("{words}\r\n").as_bytes())?;
        Some(words.starts_with(['2', '3']))
    }

    fn write(&mut self, bytes: &[u8]) -> Option<()> {
        let stream = self.lines.get_mut();
        stream.write_all(bytes).ok()?;
        stream.flush().ok()
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        self.lines.read_line(&mut line).ok().filter(|read| *read > 0)?;
        Some(line.trim_end().to_owned())
    }
}
