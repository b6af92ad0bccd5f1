// The browser tests: starts the built program with a data folder of its own, runs every script beside this file in a
// real Chromium, and stops the program. One line per check; the last line counts them; the exit code says how it went.
//
//   node run.mjs                      everything
//   node run.mjs keyboard dark        the scripts whose name contains one of the words
//   node run.mjs --screenshots DIR    no checks: pictures of every page, 1280 and 390 pixels wide, light and dark
//
//   GUILDHALL_BINARY   the program to test, instead of the one that cargo built (in CARGO_TARGET_DIR, if that is set)
//   CHROMIUM           the browser to use, instead of the machine's
//   GUILDHALL_PLANT    browser: a picture without a text and a script that breaks, in every page; must be noticed
import { readdir } from 'node:fs/promises';
import { check, counts, expectSame } from './lib/checks.mjs';

const folder = new URL('./', import.meta.url);

async function scripts(words) {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs') && file !== 'run.mjs').sort();
  return words.length ? files.filter((file) => words.some((word) => file.includes(word))) : files;
}

/** Runs the scripts one after the other; one that breaks outside its checks does not keep the next from running. */
async function runScripts(portal, words) {
  for (const file of await scripts(words)) {
    const { title, run } = await import(new URL(file, folder));
    console.log(`${title} (${file})`);
    try {
      await run(portal);
    } catch (error) {
      await check('runs to its end', () => { throw error; });
    }
    for (const context of portal.browser.contexts()) await context.close();
  }
}

async function main(words, pictures) {
  // Imported here, so that a missing library is told in a sentence.
  const { launch } = await import('./lib/chromium.mjs');
  const { Portal } = await import('./lib/portal.mjs');
  const { start } = await import('./lib/program.mjs');
  const browser = await launch();
  try {
    const program = await start();
    const stop = () => program.stop().then(() => process.exit(130));
    process.once('SIGINT', stop).once('SIGTERM', stop);
    try {
      const portal = new Portal(browser, program.url);
      if (pictures) await (await import('./lib/screenshots.mjs')).take(portal, pictures);
      else await runScripts(portal, words);
    } finally {
      const ended = await program.stop();
      await check('the program ends in order when told to', () => expectSame(ended, 0, `how it ended (${program.output()})`));
    }
  } finally {
    await browser.close();
  }
}

function sentence(error) {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') return error.message;
  return `${error.message.split('\n')[0]}. Run "npm ci" in tests/browser and try again.`;
}

const words = process.argv.slice(2);
const option = words.indexOf('--screenshots');
const pictures = option >= 0 ? words.splice(option, 2)[1] ?? 'screenshots' : undefined;
try {
  await main(words, pictures);
} catch (error) {
  await check('the browser tests can run', () => { throw new Error(sentence(error)); });
}
const { passed, failed } = counts();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
