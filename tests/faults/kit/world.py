"""The machines of a scenario: a private PostgreSQL, portals, and their neighbours. Ends what it started, by pid."""

import base64
import glob
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.parse
import uuid
import zlib

from .client import Client, Unanswered
from .provider import Provider
from .smtp import Sink

OWNER = "ana@acme.example"


class Failed(Exception):
    """What was promised does not hold."""


class Skipped(Exception):
    """This machine cannot show it; why."""


def demand(holds, otherwise):
    if not holds:
        raise Failed(otherwise)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def is_open(port):
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(what, patience, otherwise):
    """Asks until it is so; tells how long that took."""
    begun = time.monotonic()
    while not what():
        demand(time.monotonic() - begun < patience, f"{otherwise} ({patience} s)")
        time.sleep(0.02)
    return time.monotonic() - begun


def as_postgres():
    """initdb and the server refuse to run as root."""
    return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups", "--"] if os.getuid() == 0 else []


def programs():
    from_environment = os.environ.get("PG_BIN")
    if from_environment:
        return from_environment
    found = subprocess.run("ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1", shell=True, capture_output=True, text=True)
    path = found.stdout.strip() or os.path.dirname(shutil.which("initdb") or "")
    if not path:
        raise Skipped("PostgreSQL's initdb is missing")
    return path


def german(folder):
    """A place for locales with a German one; None where the machine cannot make one or PostgreSQL speaks none."""
    made = subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", f"{folder}/de_DE.UTF-8"], capture_output=True) if shutil.which("localedef") else None
    speaks = glob.glob("/usr/share/locale/de/LC_MESSAGES/postgres-*.mo")
    return f"{folder}:/usr/lib/locale" if made and made.returncode == 0 and speaks else None


class Postgres:
    """A server of its own, durable as in production, on loopback and in a folder that goes away."""

    def __init__(self, folder, port=None, settings=(), make=True, locales=None):
        self.folder, self.port, self.bin = folder, port or free_port(), programs()
        self.environment = {**os.environ, **({"LOCPATH": locales} if locales else {})}
        self.data, self.log = f"{folder}/data", f"{folder}/server.log"
        if not make:
            return
        os.makedirs(folder, exist_ok=True)
        os.chmod(folder, 0o711)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        self.run("initdb", "-D", self.data, "-U", "guildhall", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "-N")
        self.configure(settings)
        self.start()

    def configure(self, settings=()):
        lines = [f"port = {self.port}", "listen_addresses = '127.0.0.1'", f"unix_socket_directories = '{self.folder}'",
                 "max_connections = 60", "shared_buffers = 64MB", "log_min_messages = warning", *settings]
        with open(f"{self.data}/postgresql.conf", "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def run(self, program, *arguments, check=True):
        done = subprocess.run([*as_postgres(), f"{self.bin}/{program}", *arguments], cwd="/", text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
        demand(done.returncode == 0 or not check, f"{program}: {done.stdout[-600:]}")
        return done

    def start(self, wait=True):
        # The log goes to a file, or pg_ctl's pipe would stay open as long as the server.
        with open(os.devnull, "w") as nowhere:
            done = subprocess.run([*as_postgres(), f"{self.bin}/pg_ctl", "-D", self.data, "-w" if wait else "-W", "-t", "60",
                                   "-l", self.log, "start"], cwd="/", env=self.environment, stdin=subprocess.DEVNULL, stdout=nowhere, stderr=nowhere, timeout=90)
        demand(done.returncode == 0, f"PostgreSQL does not start; see {self.log}")

    def stop(self, mode="fast"):
        self.run("pg_ctl", "-D", self.data, "-w", "-t", "30", "-m", mode, "stop", check=False)

    @property
    def pid(self):
        with open(f"{self.data}/postmaster.pid", encoding="utf-8") as file:
            return int(file.readline())

    def family(self):
        """The postmaster and its children."""
        mother = self.pid
        found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(mother)], capture_output=True, text=True)
        return [mother] + [int(pid) for pid in found.stdout.split()]

    def kill(self):
        """SIGKILL to every process: nothing of it runs any more."""
        family = self.family()
        for pid in family:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        until(lambda: not any(os.path.exists(f"/proc/{pid}") for pid in family), 10, "PostgreSQL survived kill -9")
        demand(not is_open(self.port), "PostgreSQL was to be killed, and its port still answers")

    def freeze(self):
        family = self.family()
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        return family

    @staticmethod
    def thaw(family):
        for pid in family:
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def url(self, database="guildhall", port=None):
        return f"postgres://guildhall@127.0.0.1:{port or self.port}/{database}"

    def sql(self, statement, database="guildhall", check=True):
        """Rows as lists of text."""
        done = subprocess.run([f"{self.bin}/psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", "\t", "-h", self.folder, "-p", str(self.port), "-U", "guildhall",
                               "-d", database, "-f", "-"], input=statement, text=True, capture_output=True, timeout=90)
        demand(done.returncode == 0 or not check, f"psql: {done.stderr[-400:]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def one(self, statement, database="guildhall"):
        return self.sql(statement, database)[0][0]

    def hold(self, statement, seconds, database="guildhall"):
        """Runs a statement in a transaction that stays open for some seconds."""
        sleeper = subprocess.Popen([f"{self.bin}/psql", "-XAtq", "-h", self.folder, "-p", str(self.port), "-U", "guildhall", "-d", database, "-c", f"BEGIN; {statement}; SELECT pg_sleep({seconds})"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        held = f"SELECT count(*) > 0 FROM pg_stat_activity WHERE query LIKE 'BEGIN;%pg_sleep%' AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()"
        until(lambda: self.one(held, database) == "t", 10, "the lock is not held")
        return sleeper


class Portal:
    """One process of `guildhall`."""

    def __init__(self, world, name="portal", command="serve", **more):
        self.world, self.name, self.command = world, name, command
        self.port = free_port()
        self.environment = dict(world.environment, PORT=str(self.port))
        self.environment.update(more)
        self.process, self.log = None, f"{world.folder}/{name}.log"

    def start(self, ready=True):
        with open(self.log, "a", encoding="utf-8") as log:
            self.process = subprocess.Popen([self.world.binary, self.command], env=self.environment, cwd=self.world.folder,
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.world.processes.append(self.process)
        if ready:
            self.is_ready()
        return self

    def is_ready(self, patience=20):
        def ready():
            demand(self.process.poll() is None, f"{self.name} ended: {self.tail()}")
            return self.health("ready") == 200
        return until(ready, patience, f"{self.name} does not get ready")

    def health(self, what, patience=6.0):
        try:
            return Client(f"http://127.0.0.1:{self.port}", patience=patience).get(f"/health/{what}").status
        except Unanswered:
            return None

    def kill(self, plant=None):
        if plant != "not-killed":
            self.process.kill()
            self.process.wait(10)
        demand(not is_open(self.port), "the portal was to be killed, and its port still answers")

    def terminate(self, patience=40):
        """SIGTERM; the exit code."""
        self.process.terminate()
        try:
            return self.process.wait(patience)
        except subprocess.TimeoutExpired:
            raise Failed(f"{self.name} does not end {patience} s after SIGTERM") from None

    def tail(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return " ".join(log.read()[-600:].split())

    def faults(self):
        """Lines of the log that tell of a fault of the portal's own."""
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return [line for line in log if '"level":"ERROR"' in line or "panicked" in line]


class World:
    """Everything that a scenario needs, with one tenant and its owner."""

    def __init__(self, binary, plant=None, settings=(), folder=None):
        self.binary, self.plant = os.path.abspath(binary), plant
        self.folder = folder or tempfile.mkdtemp(prefix="guildhall-faults-")
        os.chmod(self.folder, 0o711)
        self.processes, self.closing = [], []
        self.key = secrets.token_hex(32)
        self.provider, self.sink = Provider(free_port()), Sink(free_port())
        self.base = f"http://localhost:{free_port()}"
        self.postgres = Postgres(f"{self.folder}/pg", settings=settings)
        self.environment = {
            "PATH": os.environ.get("PATH", ""), "BASE_URL": self.base, "GUILDHALL_SECRET_KEY": self.key,
            "DATABASE_URL": self.postgres.url(), "OIDC_PROVIDERS": "test", "OIDC_TEST_ISSUER": self.provider.issuer,
            "OIDC_TEST_CLIENT_ID": "guildhall", "OIDC_TEST_CLIENT_SECRET": "a secret of the tests",
            "OIDC_TEST_ALGORITHMS": "ES256", "SMTP_URL": f"smtp://127.0.0.1:{self.sink.port}?tls=none", "WORKERS": "2",
            "DATABASE_POOL_SIZE": "4", "API_CALLS_PER_MINUTE": "1000000", "SIGN_INS_PER_MINUTE": "1000000", "GUILDHALL_LOG": "info",
        }
        self.fresh()

    def fresh(self, database="guildhall"):
        """An empty programme in a database of its own."""
        self.postgres.sql(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)', "postgres")
        self.postgres.sql(f'CREATE DATABASE "{database}"', "postgres")
        self.environment["DATABASE_URL"] = self.postgres.url(database)
        self.command("migrate")
        self.command("tenant", "create", "--slug", "acme", "--name", "Acme Cloud", "--owner-email", OWNER, "--owner-name", "Ana Sousa")
        self.provider.mode, self.sink.mode = "well", "well"
        self.sink.mails.clear()

    def command(self, *arguments, check=True, **more):
        done = subprocess.run([self.binary, *arguments], env=dict(self.environment, **more), cwd=self.folder, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=90)
        demand(done.returncode == 0 or not check, f"guildhall {' '.join(arguments)}: {done.stderr[-400:]}")
        return done

    def api_key(self):
        """A credential of the programme for the API, made behind the portal's back."""
        body, client = "ghk_" + secrets.token_hex(32)[:43], uuid.uuid4()
        secret = body + base64.urlsafe_b64encode(zlib.crc32(body.encode()).to_bytes(4, "big")).rstrip(b"=").decode()
        self.postgres.sql(f"""
            INSERT INTO api_clients (id, tenant_id, organisation_id, kind, name, permissions, created_by, created_at, updated_at)
            SELECT '{client}', o.tenant_id, o.id, 'key', 'A machine', ARRAY['READ_INVITATION', 'READ_PARTNER', 'WRITE_PARTNER'], u.id, now(), now()
            FROM organisations o JOIN users u ON u.organisation_id = o.id WHERE o.kind = 'host' LIMIT 1;
            INSERT INTO api_secrets (id, client_id, hash, hint, created_at)
            VALUES (gen_random_uuid(), '{client}', sha256('{secret}'), right('{secret}', 4), now())""")
        return secret

    def portal(self, name="portal", **more):
        return Portal(self, name, **more)

    def client(self, portal, patience=20.0):
        return Client(self.base, portal.port if isinstance(portal, Portal) else portal, patience)

    def over_wire(self, wire_port):
        return self.postgres.url(urllib.parse.urlsplit(self.environment["DATABASE_URL"]).path[1:], wire_port)

    def end_processes(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait(10)
        self.processes.clear()
        for close in self.closing:
            close()
        self.closing.clear()

    def end(self, keep=False):
        self.end_processes()
        self.postgres.stop("immediate")
        self.provider.down()
        self.sink.down()
        if not keep:
            shutil.rmtree(self.folder, ignore_errors=True)
