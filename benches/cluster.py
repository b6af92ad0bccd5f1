"""What a benchmark run starts and must end: processes by their ids, one folder, and a private PostgreSQL in it.
Knows nothing of pages."""

import csv
import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time


class TimeIsUp(Exception):
    """The whole run takes longer than --minutes."""


class Run:
    """What the run has started and must end: processes by their ids, and one folder."""

    def __init__(self, minutes):
        self.deadline = time.monotonic() + minutes * 60
        self.processes = []
        self.folder = tempfile.mkdtemp(prefix="guildhall-bench-")
        # PostgreSQL refuses to run as root; root lends it to the user that Debian's package makes.
        self.postgres_user = pwd.getpwnam("postgres") if os.getuid() == 0 else None
        if self.postgres_user:
            os.chmod(self.folder, 0o711)

    def left(self, most):
        seconds = self.deadline - time.monotonic()
        if seconds < 1:
            raise TimeIsUp
        return min(seconds, most)

    def start(self, command, **options):
        process = subprocess.Popen(command, **options)
        self.processes.append(process)
        return process

    def end(self, process, how=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)
        self.processes.remove(process)

    def close(self):
        for process in reversed(list(self.processes)):
            self.end(process, signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)


def program(name):
    """A PostgreSQL program: from PATH, else the newest of Debian's versioned folders."""
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    found = shutil.which(name) or next((f"{path}/{name}" for path in reversed(folders) if os.path.exists(f"{path}/{name}")), None)
    if not found:
        package = {"wrk": "wrk"}.get(name, "postgresql")
        sys.exit(f"{name} is missing; on Debian: apt-get install {package}")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def checked(command, timeout, **options):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command[:3])} … failed:\n{done.stdout[-3000:]}")
    return done.stdout


class Postgres:
    """A private cluster on a unix socket. It need not survive a crash, so it does not wait for the disk."""

    SETTINGS = {
        "listen_addresses": "", "fsync": "off", "full_page_writes": "off", "synchronous_commit": "off",
        "shared_buffers": "512MB", "max_wal_size": "2GB", "autovacuum": "off", "max_connections": "80",
        "logging_collector": "on", "log_destination": "csvlog", "log_directory": "log", "log_filename": "all.log",
        "log_rotation_age": "0", "log_rotation_size": "0",
    }

    def __init__(self, run):
        self.run, self.socket, self.data = run, f"{run.folder}/pg", f"{run.folder}/pg/data"
        os.mkdir(self.socket, 0o755)
        user = {}
        if run.postgres_user:
            os.chown(self.socket, run.postgres_user.pw_uid, run.postgres_user.pw_gid)
            user = {"user": run.postgres_user.pw_uid, "group": run.postgres_user.pw_gid, "extra_groups": []}
        checked([program("initdb"), "-D", self.data, "-U", "bench", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8",
                 "--no-sync"], run.left(120), cwd="/", **user)
        options = [f"--{name}={value}" for name, value in self.SETTINGS.items()]
        self.process = run.start([program("postgres"), "-D", self.data, "-k", self.socket, *options], cwd="/",
                                 stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)
        for _ in range(100):
            if subprocess.run([program("pg_isready"), "-q", "-h", self.socket], check=False).returncode == 0:
                return
            time.sleep(0.1)
        sys.exit("the private PostgreSQL did not start")

    def psql(self, database, *arguments, timeout=60):
        return checked([program("psql"), "-X", "-q", "-At", "-h", self.socket, "-U", "bench", "-d", database, *arguments],
                       self.run.left(timeout))

    def log_statements(self, on):
        self.psql("postgres", "-c", f"ALTER SYSTEM SET log_statement = '{'all' if on else 'none'}'")
        self.psql("postgres", "-c", "SELECT pg_reload_conf()")
        time.sleep(0.5)

    def statements_since(self, offset):
        """(statement, parameters) of every statement that the program sent, in order."""
        with open(f"{self.data}/log/all.csv", encoding="utf-8", newline="") as log:
            log.seek(offset)
            rows = [row for row in csv.reader(log) if len(row) > 22 and row[22] == "guildhall"]
        rows.sort(key=lambda row: row[0])
        found = []
        for row in rows:
            message, detail = row[13], row[14]
            match = re.match(r"(?:execute [^:]+|statement): (.*)", message, re.DOTALL)
            # Not of the page: what a connection says when it is new, or when the pool asks whether it lives.
            if match and not re.match(r"SET (?!LOCAL)|SELECT 1$", match[1]):
                pairs = re.findall(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", detail)
                found.append((match[1], {int(number): value for number, value in pairs}))
        return found

    def log_size(self):
        return os.path.getsize(f"{self.data}/log/all.csv")
