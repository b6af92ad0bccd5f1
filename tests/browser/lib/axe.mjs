// What axe-core says of an open page. Contrast is measured in both schemes.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { expect } from './checks.mjs';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** The rules that depend on the scheme; the others would say the same once more. */
const COLOURS = ['color-contrast', 'link-in-text-block'];
/** So many rules apply to the barest page; fewer mean that axe did not look. */
const FEWEST_RULES = 10;

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Throws what is wrong with the open page, in light and in dark. */
export async function expectAccessible(page) {
  // By the debugger, not as a script of the page: the portal's policy would not let that run.
  await page.evaluate(axe);
  const light = await violations(page, 'light', { type: 'tag', values: TAGS }, FEWEST_RULES);
  const dark = await violations(page, 'dark', { type: 'rule', values: COLOURS }, 1);
  const found = [...light, ...dark];
  expect(found.length === 0, found.join('\n'));
}

/** The same for a page of a browser without scripts, which axe needs: its HTML is shown once more in one that has them. */
export async function expectAccessibleHtml(page, portal) {
  const twin = await portal.stranger();
  const [address, html] = [page.url(), await page.content()];
  await twin.route(address, (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  await twin.goto(address);
  await expectAccessible(twin);
  await twin.context().close();
}

async function violations(page, colorScheme, rules, fewest) {
  await page.emulateMedia({ colorScheme });
  const found = await page.evaluate((runOnly) => window.axe.run(document, { runOnly }), rules);
  expect(found.passes.length >= fewest, `only ${found.passes.length} rules applied`);
  return found.violations.map(({ id, nodes }) => `${colorScheme}: ${id} at ${nodes.map(told).join(', ')}`);
}

const told = ({ target, any, all, none }) =>
  `${target} (${[...any, ...all, ...none].map((reason) => reason.message).join('; ')})`;
