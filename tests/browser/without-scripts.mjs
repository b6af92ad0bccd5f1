// The same job in a browser that runs no scripts at all, and the menu of a phone.
import { check, expect } from './lib/checks.mjs';
import { mainJob } from './lib/main-job.mjs';
import { OWNER, PARTNERS, heading } from './lib/portal.mjs';

export const title = 'The same without JavaScript';

const options = { javaScriptEnabled: false };

export async function run(portal) {
  await mainJob(portal, { organisation: 'Quagga Trading', email: 'quentin@quagga.example', options });

  const phone = await portal.as(OWNER, { ...options, viewport: { width: 390, height: 800 } });
  await check('on a phone the menu opens and leads to the places', async () => {
    await phone.goto(PARTNERS);
    expect(!await phone.locator('.rail').last().isVisible(), 'the rail takes the phone’s width');
    await phone.locator('.menu--nav summary').click();
    await phone.locator('.menu--nav').getByRole('link', { name: 'Staff' }).click();
    await heading(phone, 'Staff');
  });
}
