// A refused form says what to mend, leads there, and keeps what was typed.
import { check, expect, expectSame } from './lib/checks.mjs';
import { OWNER, PARTNERS, createPartner, expectText } from './lib/portal.mjs';

export const title = 'A refused form helps to mend it';

const focused = (page) => page.evaluate(() => document.activeElement.id || document.activeElement.className);

export async function run(portal) {
  const page = await portal.as(OWNER);
  const send = async () => {
    await page.getByRole('button', { name: 'Create Partner Organisation' }).click();
    await page.locator('.error-summary').waitFor();
  };
  await page.goto(`${PARTNERS}/new`);
  await page.getByLabel('Logo (URL)').fill('http://pictures.example/logo.png');
  await send();

  await check('the title begins with Error:', async () => {
    expect((await page.title()).startsWith('Error: '), `the title is ${await page.title()}`);
  });
  await check('the summary has the focus', async () => expectSame(await focused(page), 'error-summary', 'what has the focus'));
  await check('each link of the summary reaches its field, which says the same', async () => {
    const links = page.locator('.error-summary a');
    expect(await links.count() >= 3, `${await links.count()} links for at least three wrong fields`);
    for (const link of await links.all()) {
      const [target, message] = [(await link.getAttribute('href')).slice(1), await link.innerText()];
      await link.click();
      expectSame(await focused(page), target, `what has the focus after "${message}"`);
      const beside = await page.locator(`#${target}-error`).innerText();
      expect(beside.includes(message), `beside ${target} stands "${beside}" instead of "${message}"`);
    }
  });
  await check('wrong fields are marked for those who hear the page', async () => {
    const name = page.getByLabel('Partner organisation name');
    expectSame(await name.getAttribute('aria-invalid'), 'true', 'aria-invalid of the name');
    expect((await name.getAttribute('aria-describedby')).includes('name-error'), 'the name does not refer to its message');
  });
  await check('what was typed is kept', async () => {
    expectSame(await page.getByLabel('Logo (URL)').inputValue(), 'http://pictures.example/logo.png', 'the logo’s address');
  });
  await check('a hostile name is shown as text and nothing else', async () => {
    await page.getByLabel('Partner organisation name').fill('<img src=x onerror=alert(1)>"\'');
    await send();
    expectSame(await page.getByLabel('Partner organisation name').inputValue(), '<img src=x onerror=alert(1)>"\'', 'the name');
    expectSame(await page.locator('main img').count(), 0, 'pictures on the page');
  });
  await check('of two who save the same form, the second sees both versions and loses nothing', async () => {
    const [first, second] = [await portal.as(OWNER), await portal.as(OWNER)];
    const name = (window) => window.getByLabel('Partner organisation name');
    const save = (window) => window.getByRole('button', { name: 'Save' }).click();
    await createPartner(first, 'Eland Trading');
    await first.getByRole('link', { name: 'Edit name and logo' }).click();
    await first.waitForURL('**/edit');
    await second.goto(first.url());
    await name(first).fill('Eland Trading Ltd');
    await save(first);
    await first.waitForURL((url) => !url.pathname.endsWith('/edit'));
    await name(second).fill('Eland Trading Inc.');
    await save(second);
    await second.locator('.error-summary').waitFor();
    await expectText(second, 'Eland Trading Ltd');
    expectSame(await name(second).inputValue(), 'Eland Trading Inc.', 'what the second had typed');
    expectSame(await focused(second), 'error-summary', 'what has the focus');
    expect((await second.title()).startsWith('Error: '), `the title is ${await second.title()}`);
  });
}
