"""A generator of requests at a constant rate, and connections that are held open slowly. Knows neither pages nor the
program; counts what came back and when."""

import asyncio
import random
import time


def request(method, path, port, headers=(), body=b""):
    """A request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}", *(f"{name}: {value}" for name, value in headers)]
    if body or method == "POST":
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Tally:
    """What came back: answers by status, those that may only be 503 or 429 and lack Retry-After, and how long it took."""

    def __init__(self):
        self.statuses, self.without_retry_after, self.broken, self.unsent, self.times = {}, 0, 0, 0, []

    def note(self, status, headers, seconds):
        self.statuses[status] = self.statuses.get(status, 0) + 1
        if status in (429, 503) and b"\r\nretry-after:" not in headers.lower():
            self.without_retry_after += 1
        self.times.append((status, seconds))

    def percentile(self, share):
        times = sorted(seconds for status, seconds in self.times if status < 429)
        return times[min(len(times) - 1, int(len(times) * share))] * 1000 if times else float("nan")

    def number(self, *statuses):
        return sum(count for status, count in self.statuses.items() if status in statuses)

    def errors(self):
        """Answers that are neither good nor a polite refusal, and connections that broke."""
        return self.broken + sum(count for status, count in self.statuses.items() if status >= 400 and status not in (429, 503))


async def one(reader, writer, wire):
    """Sends one request on a connection and reads its answer: status, head, whether the connection goes on."""
    writer.write(wire)
    head = await reader.readuntil(b"\r\n\r\n")
    status, low = int(head[9:12]), head.lower()
    if b"transfer-encoding: chunked" in low:
        while True:
            size = int((await reader.readline()).split(b";")[0], 16)
            await reader.readexactly(size + 2)
            if size == 0:
                break
    else:
        at = low.find(b"content-length:")
        if at >= 0 and not wire.startswith(b"HEAD"):
            await reader.readexactly(int(low[at + 15:low.index(b"\r\n", at)]))
    return status, head, b"connection: close" not in low


async def drive(port, draw, rate, seconds, connections=200, patience=20):
    """Sends what `draw` gives, `rate` a second for `seconds`, over at most so many connections. A time is counted from
    the moment when the request was due, so that waiting for a free connection is part of it; but not how late this
    generator wakes up when a connection is free, a millisecond or more by its clock."""
    tally, began, total = Tally(), time.monotonic(), int(rate * seconds)
    number = iter(range(total))

    async def worker():
        link = None
        for at in number:
            due = began + at / rate
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
                due = time.monotonic()
            elif wait < -patience:
                tally.unsent += 1
                continue
            try:
                if link is None:
                    link = await asyncio.open_connection("127.0.0.1", port)
                status, head, goes_on = await asyncio.wait_for(one(*link, draw()), patience)
                tally.note(status, head, time.monotonic() - due)
            except (OSError, asyncio.IncompleteReadError, asyncio.TimeoutError, ValueError):
                tally.broken += 1
                goes_on = False
            if not goes_on and link:
                link[1].close()
                link = None
        if link:
            link[1].close()

    await asyncio.gather(*(worker() for _ in range(min(connections, total))))
    return tally


async def hold(port, number, at_once, slowly, seconds, pause=1.0):
    """Opens so many connections, sends the beginning of a request over each and the rest a byte at a time, for so long.
    The number that were still open at the end, and the number that were ended with an answer."""
    still, answered, until = 0, 0, time.monotonic() + seconds

    async def dribble():
        nonlocal still, answered
        await asyncio.sleep(random.random() * 2)
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            return
        writer.write(at_once)
        for byte in slowly:
            if time.monotonic() > until:
                still += 1
                break
            try:
                writer.write(bytes([byte]))
                said = await asyncio.wait_for(reader.read(16), pause)
                answered += said.startswith(b"HTTP/1.1 ")
                break
            except asyncio.TimeoutError:
                continue
            except OSError:
                break
        writer.close()

    await asyncio.gather(*(dribble() for _ in range(number)))
    return still, answered
