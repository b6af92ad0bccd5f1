"""A mail server that keeps what it takes, and can be slow, refuse, or take a mail and never say so."""

import email
import socketserver
import threading
import time


class Sink:
    """Modes: `well`; `down` (nobody listens); `slow` (a second for each answer); `hang` (keeps the content, then silence);
    `drop` (keeps the content, then hangs up)."""

    def __init__(self, port):
        self.port, self.mode, self.mails, self.server = port, "well", [], None
        self.lock, self.stop = threading.Lock(), threading.Event()
        self.up()

    def up(self):
        sink = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                try:
                    sink.converse(self)
                except OSError:
                    pass

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address, daemon_threads, request_queue_size = True, True, 64

        self.server = Server(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def down(self):
        if self.server:
            self.server.shutdown()
            self.server.server_close()
            self.server = None

    def converse(self, wire):
        def say(text):
            if self.mode == "slow":
                time.sleep(1)
            wire.wfile.write(text.encode() + b"\r\n")

        to = []
        say("220 sink")
        for line in wire.rfile:
            verb = line[:4].upper()
            if verb == b"RCPT":
                to.append(line.decode().split("<")[1].split(">")[0])
                say("250 well")
            elif verb == b"DATA":
                say("354 go on")
                content = b""
                for line in wire.rfile:
                    if line == b".\r\n":
                        break
                    content += line
                else:
                    return  # Hung up before the final dot: nothing was sent.
                self.keep(to, content)
                if self.mode == "hang":
                    self.stop.wait(60)
                if self.mode in ("hang", "drop"):
                    return
                say("250 taken")
                to = []
            elif verb == b"QUIT":
                return say("221 bye")
            else:
                say("250 well")

    def keep(self, to, content):
        parsed = email.message_from_bytes(content)
        with self.lock:
            self.mails.append({"to": to, "id": parsed["Message-ID"], "subject": str(parsed["Subject"]), "raw": content})

    def copies(self):
        """Message-ID → how many times it came."""
        with self.lock:
            count = {}
            for mail in self.mails:
                count[mail["id"]] = count.get(mail["id"], 0) + 1
            return count
