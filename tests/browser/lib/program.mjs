// The program under test: finds it, starts it in development mode with a data folder of its own, stops it by its pid.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const START_MS = 60_000;
const STOP_MS = 30_000;

/** The built program, the younger of the two that cargo makes, or an error that says how to build it. */
export function find() {
  const target = path.resolve(root, process.env.CARGO_TARGET_DIR ?? 'target');
  const given = process.env.GUILDHALL_BINARY;
  const places = given ? [path.resolve(given)] : ['debug', 'release'].map((kind) => path.join(target, kind, 'guildhall'));
  const built = places.map((place) => [place, statSync(place, { throwIfNoEntry: false })?.mtimeMs ?? 0]).filter(([, time]) => time);
  if (built.length) return built.sort(([, one], [, other]) => other - one)[0][0];
  throw new Error(`The program was not found at ${places.join(' nor ')}. Build it with "cargo build" and run this again.`);
}

/** A port that nobody listens on right now. */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Environment without the variables that would configure a production portal. */
function environment(dataDir, port) {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'PG_BIN', 'LD_LIBRARY_PATH', 'USER', 'LOGNAME'];
  const own = Object.fromEntries(kept.filter((name) => name in process.env).map((name) => [name, process.env[name]]));
  return { ...own, GUILDHALL_DATA_DIR: dataDir, PORT: String(port) };
}

/** Starts the program and waits until it says that it is ready. */
export async function start() {
  const binary = find();
  // The program makes the folder itself: as root it opens it to PostgreSQL's user, which a private one would not be.
  const dataDir = path.join(tmpdir(), `guildhall-browser-${randomUUID()}`);
  const port = await freePort();
  // A group of its own: Ctrl-C in the terminal must not reach it before this file stops it in order.
  const child = spawn(binary, { cwd: root, env: environment(dataDir, port), detached: true });
  let output = '';
  const keep = (chunk) => { output = (output + chunk).slice(-20_000); };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const exited = new Promise((resolve) => {
    child.on('exit', (code, signal) => resolve(signal ?? code));
    child.on('error', (error) => { keep(error.message); resolve(error.message); });
  });
  const program = { url: `http://localhost:${port}`, pid: child.pid, output: () => output, stop };
  try {
    await ready(program.url, exited);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}. It said:\n${output}`);
  }
  return program;

  /** Asks it to stop and answers with its exit code, or with the name of the signal that ended it. */
  async function stop() {
    if (child.pid && child.exitCode === null && child.signalCode === null) process.kill(child.pid, 'SIGTERM');
    const ended = await Promise.race([exited, pause(STOP_MS).then(() => undefined)]);
    if (ended === undefined) process.kill(child.pid, 'SIGKILL');
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
    return ended ?? `still running ${STOP_MS / 1000} s after SIGTERM`;
  }
}

async function ready(url, exited) {
  let ended;
  exited.then((code) => { ended = code ?? 'unknown'; });
  for (const end = Date.now() + START_MS; Date.now() < end; await pause(100)) {
    if (ended !== undefined) throw new Error(`The program ended with ${ended} before it was ready`);
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
  }
  throw new Error(`The program was not ready within ${START_MS / 1000} s`);
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds).unref(); });
