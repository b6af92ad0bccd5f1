// The browser's console stays empty: no script errors, nothing that the content policy blocks, nothing missing.
import { check, expect, expectSame } from './lib/checks.mjs';
import { everyPlace } from './lib/places.mjs';
import { OWNER, PARTNERS, createPartner } from './lib/portal.mjs';

export const title = 'The browser complains about no page';

export async function run(portal) {
  await everyPlace(portal, (place, page) => check(place.name, async () => {
    page.complaints.length = 0;
    await place.reach(page);
    expect(page.complaints.length === 0, page.complaints.join('\n'));
  }));
  await check('a logo that cannot be shown leaves the monogram', async () => {
    const page = await portal.as(OWNER);
    // Nothing outside this machine is asked: the address is answered here, with a picture that is none.
    await page.context().route('https://pictures.example/**', (route) => route.fulfill({ contentType: 'image/png', body: 'no' }));
    await createPartner(page, 'Broken Picture Ltd');
    await page.getByRole('link', { name: 'Edit name and logo' }).click();
    await page.getByLabel('Logo (URL)').fill('https://pictures.example/logo.png');
    await page.getByRole('button', { name: 'Save' }).click();
    for (const address of [page.url(), `${PARTNERS}?q=broken`]) {
      await page.goto(address);
      const logo = page.locator('main .logo').first();
      await page.waitForFunction(() => document.querySelector('main .logo img')?.complete);
      expectSame((await logo.innerText()).trim(), 'BL', 'the monogram');
      expect(!await logo.locator('img').isVisible(), 'the broken picture covers the monogram');
    }
  });
}
