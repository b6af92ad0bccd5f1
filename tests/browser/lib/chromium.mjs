// The browser: Debian's Chromium, driven by playwright-core, and a watch over what its pages complain about.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

function find() {
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(':')];
  const places = process.env.CHROMIUM
    ? [process.env.CHROMIUM]
    : NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const found = places.find((place) => {
    try { accessSync(place, constants.X_OK); return true; } catch { return false; }
  });
  if (found) return found;
  throw new Error('Chromium was not found. Install the Debian package "chromium" (apt-get install chromium), or name '
    + 'the program in the variable CHROMIUM.');
}

export const launch = () => chromium.launch({ executablePath: find(), args: FLAGS });

/** A window with nothing remembered. `complaints` of its pages collect what no page may do. */
export async function openWindow(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(45_000);
  if (process.env.GUILDHALL_PLANT === 'browser') await context.addInitScript(plant);
  const page = await context.newPage();
  page.complaints = [];
  page.on('pageerror', (error) => page.complaints.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !expected(message, page)) page.complaints.push(message.text());
  });
  return page;
}

/** What the checks must notice: a picture without a text, and a script that breaks. */
function plant() {
  addEventListener('DOMContentLoaded', () => {
    document.body.append(document.createElement('img'));
    throw new Error('planted');
  });
}

/** Chromium reports a page's own 403, 404 and 422 as an error; those are answers that a script asked for. */
function expected(message, page) {
  return /^Failed to load resource.*status of 4/.test(message.text()) && page.asked?.test(message.location().url);
}
