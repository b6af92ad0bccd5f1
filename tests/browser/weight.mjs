// What a first visit costs on a slow line, as it comes over the wire.
import { check, expect } from './lib/checks.mjs';
import { MANAGER, OWNER, PARTNERS } from './lib/portal.mjs';

export const title = 'Pages are light';

const FIRST_VISIT = 80 * 1024;
const LIST_HTML = 30 * 1024;

/** Loads an address with an empty cache and answers with the bytes of each file, headers included. */
async function load(page, address) {
  const network = await page.context().newCDPSession(page);
  const files = new Map();
  const names = new Map();
  await network.send('Network.enable');
  await network.send('Network.setCacheDisabled', { cacheDisabled: true });
  network.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, response.url));
  network.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => files.set(names.get(requestId), encodedDataLength));
  await page.goto(address, { waitUntil: 'networkidle' });
  return files;
}

const told = (files) => [...files].map(([file, bytes]) => `${new URL(file).pathname} ${bytes}`).join(', ');

export async function run(portal) {
  for (const [name, page, address] of [
    ['the sign-in page', await portal.stranger(), '/signin'],
    ['the list of partners', await portal.as(OWNER), PARTNERS],
    ['the own organisation', await portal.as(MANAGER), '/organisation'],
  ]) {
    await check(`a first visit to ${name} takes less than 80 KB`, async () => {
      const files = await load(page, address);
      const bytes = [...files.values()].reduce((sum, each) => sum + each, 0);
      expect(files.size >= 3, `only ${told(files)} were loaded`);
      expect(bytes < FIRST_VISIT, `${bytes} bytes: ${told(files)}`);
      console.log(`        ${(bytes / 1024).toFixed(1)} KB in ${files.size} files`);
    });
  }
  const page = await portal.as(OWNER);
  await check('the list’s HTML is at most 30 KB before compression', async () => {
    const html = await (await page.goto(PARTNERS)).body();
    expect(html.length <= LIST_HTML, `${html.length} bytes`);
    console.log(`        ${(html.length / 1024).toFixed(1)} KB`);
  });
  await check('shared files are kept for good', async () => {
    const answer = page.waitForResponse((response) => response.url().endsWith('.css'));
    await page.goto('/account');
    const control = (await answer).headers()['cache-control'];
    expect(/immutable/.test(control) && /max-age=31536000/.test(control), `cache-control: ${control}`);
  });
}
