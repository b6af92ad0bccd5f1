// axe-core on every page, in light and in dark, which includes the contrast of every text.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { check, expect } from './lib/checks.mjs';
import { everyPlace } from './lib/places.mjs';

export const title = 'axe finds no violation on any page, light and dark';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** So many rules apply to the barest page; fewer mean that axe did not look. */
const FEWEST_RULES = 10;

async function violations(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  expect(found.passes.length >= FEWEST_RULES, `only ${found.passes.length} rules applied`);
  return found.violations.map(({ id, nodes }) => `${colorScheme}: ${id} at ${nodes.map(told).join(', ')}`);
}

const told = ({ target, any, all, none }) =>
  `${target} (${[...any, ...all, ...none].map((reason) => reason.message).join('; ')})`;

export async function run(portal) {
  const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  await everyPlace(portal, (place, page) => check(place.name, async () => {
    await place.reach(page);
    // By the debugger, not as a script of the page: the portal's policy would not let that run.
    await page.evaluate(axe);
    const found = [...await violations(page, 'light'), ...await violations(page, 'dark')];
    expect(found.length === 0, found.join('\n'));
  }));
}
