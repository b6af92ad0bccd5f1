"""A wire that can be cut without either end noticing. Modes: `pass`, `swallow` (takes bytes, forwards none)."""

import select
import socket
import threading
import time


class Wire:
    def __init__(self, port, target):
        self.target, self.mode, self.open = target, "pass", True
        self.listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        while self.open:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(near,), daemon=True).start()

    def carry(self, near):
        if self.mode == "swallow":
            while self.mode == "swallow" and self.open:
                time.sleep(0.05)
            return near.close()
        try:
            far = socket.create_connection(self.target, 2)
        except OSError:
            return near.close()
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            while self.open:
                if self.mode == "swallow":
                    # Bytes of a connection that was cut are gone, whatever comes later.
                    while self.mode == "swallow" and self.open:
                        time.sleep(0.05)
                    return None
                for end in select.select([near, far], [], [], 0.1)[0]:
                    data = end.recv(65536)
                    if not data:
                        return None
                    if self.mode == "pass":
                        (far if end is near else near).sendall(data)
        except OSError:
            return None
        finally:
            near.close()
            far.close()

    def close(self):
        self.open = False
        self.listener.close()
