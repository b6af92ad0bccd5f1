// The main job, as done with the mouse and a browser as it comes; then what is taken away and given back.
import { check, expect } from './lib/checks.mjs';
import { mainJob } from './lib/main-job.mjs';
import { OWNER, createPartner, expectText, heading, signIn } from './lib/portal.mjs';

export const title = 'A partner manager creates Zebra Trading and its user';

export async function run(portal) {
  await mainJob(portal, { organisation: 'Zebra Trading', email: 'zoe@zebra.example' });

  const page = await portal.as(OWNER);
  const name = 'Bongo Trading';
  await createPartner(page, name);
  const address = page.url();
  for (const [link, said] of [['Suspend', 'is suspended'], ['Delete', 'is in the bin']]) {
    await check(`${link} asks first, says what it did, and Undo takes it back`, async () => {
      await page.goto(address);
      await page.getByRole('link', { name: link, exact: true }).click();
      await heading(page, `${link} ${name}`);
      expect(await page.locator('.toll__number').count() > 0, 'no number says what goes with it');
      await page.getByRole('button', { name: `${link} ${name}` }).click();
      await expectText(page, said);
      await page.getByRole('button', { name: 'Undo' }).click();
      await heading(page, name);
      await expectText(page, 'Active');
    });
  }
  await check('a suspended person is told so instead of signed in', async () => {
    const stranger = await portal.stranger();
    await signIn(stranger, 'theo.marchetti@northwind.example');
    expect(!await stranger.locator('.rail').isVisible(), 'they are in');
    await expectText(stranger, 'suspended');
  });
}
