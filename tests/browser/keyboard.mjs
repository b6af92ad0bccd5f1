// The main job with the keyboard alone: only keys are pressed from here on, nothing is clicked or filled.
import { check, expect, expectSame } from './lib/checks.mjs';
import { press, tabTo, type } from './lib/keys.mjs';
import { OWNER, PARTNERS, expectText, heading } from './lib/portal.mjs';

export const title = 'The keyboard alone is enough';

export async function run(portal) {
  const page = await portal.stranger();
  await check('signs in', async () => {
    await page.goto('/');
    await press(page, 'Continue with');
    await page.waitForURL('**/dev/**');
    await page.keyboard.type(OWNER);
    await page.keyboard.press('Enter');
    await heading(page, 'Partners');
  });
  await check('the first Tab offers to skip to the content, and does', async () => {
    await page.goto(PARTNERS);
    await page.keyboard.press('Tab');
    const skip = page.getByRole('link', { name: 'Skip to main content' });
    expect(await skip.evaluate((link) => link === document.activeElement), 'the skip link is not first');
    expect((await skip.boundingBox()).y >= 0, 'the skip link cannot be seen');
    await page.keyboard.press('Enter');
    expectSame(await page.evaluate(() => document.activeElement.id), 'main', 'what has the focus');
  });
  await check('/ goes to the search, and Enter finds', async () => {
    await page.goto(PARTNERS);
    await page.keyboard.press('/');
    await page.keyboard.type('northwind');
    await page.keyboard.press('Enter');
    await page.waitForURL((url) => url.searchParams.get('q') === 'northwind');
    await expectText(page, 'Northwind Resellers');
  });
  await check('fills in and sends the form of a new organisation', async () => {
    await page.goto(PARTNERS);
    await press(page, 'Create Partner');
    await heading(page, 'Create a partner organisation');
    await type(page, 'Partner organisation name', 'Okapi Trading');
    await type(page, 'Zuora account ID', 'A00067890');
    await tabTo(page, await firstChoice(page));
    await page.keyboard.press('ArrowDown');
    await press(page, 'Create Partner Organisation');
    await heading(page, 'Okapi Trading');
  });
  await check('Escape closes the menu and gives the focus back', async () => {
    await tabTo(page, await page.locator('.menu--person .avatar').innerText());
    await page.keyboard.press('Enter');
    expect(await page.getByRole('button', { name: 'Sign out' }).isVisible(), 'the menu did not open');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Escape');
    expect(!await page.getByRole('button', { name: 'Sign out' }).isVisible(), 'the menu did not close');
    expectSame(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY', 'what has the focus');
  });
}

/** The label of the radio that Tab stops at: the checked one, else the first. */
const firstChoice = (page) => page.evaluate(() =>
  (document.querySelector('input[type=radio]:checked') ?? document.querySelector('input[type=radio]')).labels[0].textContent);
