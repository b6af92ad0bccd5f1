// w3m, a browser of text: what it shows of a page, and a session of it in a terminal, steered by keys alone.
import { execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const WAIT_MS = 30_000;
const COLUMNS = 90;
const OPTIONS = ['-cookie', '-W', '-no-proxy', '-cols', String(COLUMNS), '-I', 'UTF-8', '-O', 'UTF-8'];

/** Whether this machine has it, and `script`, which lends it a terminal. */
export async function isInstalled() {
  const found = await Promise.all(['w3m', 'script'].map((name) => run('sh', ['-c', `command -v ${name}`]).then(() => true, () => false)));
  return found.every(Boolean);
}

/** A w3m with nothing remembered, which forgets everything at its end. */
export class TextBrowser {
  #home = path.join(tmpdir(), `guildhall-w3m-${randomUUID()}`);
  #child;
  #ended;

  /** The page at an address as text, read and left. */
  async read(address) {
    return (await run('w3m', [...OPTIONS, '-dump', address], { env: this.#environment() })).stdout;
  }

  /** Opens an address in a terminal. */
  async open(address) {
    await mkdir(path.join(this.#home, '.w3m'), { recursive: true });
    // A key of its own hands the page over as text: reading a terminal's screen would be guessing.
    const keys = `keymap P PRINT "|cat > '${this.#home}/part' && mv '${this.#home}/part' '${this.#home}/page'"\n`;
    await writeFile(path.join(this.#home, '.w3m', 'keymap'), keys);
    const command = `stty rows 50 cols ${COLUMNS} && exec w3m ${OPTIONS.join(' ')} "$ADDRESS"`;
    this.#child = spawn('script', ['-qec', command, '/dev/null'], {
      env: { ...this.#environment(), ADDRESS: address }, stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#ended = new Promise((resolve) => { this.#child.on('exit', resolve).on('error', resolve); });
  }

  /** What the page that is shown reads like, as soon as it has these words. */
  async shows(words) {
    let page = '';
    for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
      page = await this.#page();
      if (page.includes(words)) return page;
    }
    throw new Error(`w3m does not show "${words}", but:\n${page}`);
  }

  /** Searches for a link or a button by its words and follows it. */
  press(words) {
    this.#type(`g/${words}\r\r`);
  }

  /** Searches for a field by the words before it, goes to it and fills it. */
  fill(words, text) {
    // Tab goes on to the next control; ^U empties the line that w3m opens for a field.
    this.#type(`g/${words}\r\t\r\u0015${text}\r`);
  }

  async close() {
    this.#child?.stdin.end('Q');
    const ended = this.#child && await Promise.race([this.#ended.then(() => true), pause(2_000)]);
    if (this.#child && !ended) this.#child.kill('SIGKILL');
    await rm(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }

  #type(keys) {
    this.#child.stdin.write(keys);
  }

  async #page() {
    const file = path.join(this.#home, 'page');
    await rm(file, { force: true });
    this.#type('P');
    for (let waited = 0; waited < 1_000; waited += 50) {
      await pause(50);
      const page = await readFile(file, 'utf8').catch(() => undefined);
      if (page !== undefined) return page;
    }
    return '';
  }

  #environment() {
    return { PATH: process.env.PATH, HOME: this.#home, TERM: 'vt100', LANG: 'C.UTF-8' };
  }
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });
