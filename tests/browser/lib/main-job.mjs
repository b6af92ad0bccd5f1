// From an empty browser to a partner's user who sees their own organisation and nothing else.
import { check, expect, expectSame } from './checks.mjs';
import {
  OWNER, PARTNERS, createPartner, createUser, expectNoText, expectText, heading, signIn, signOut,
} from './portal.mjs';

export async function mainJob(portal, { organisation, email, options }) {
  const manager = await portal.stranger(options);
  await check('the owner signs in and arrives at the partners', async () => {
    await signIn(manager, OWNER);
    await heading(manager, 'Partners');
  });
  await check(`the owner creates ${organisation} and is told so`, async () => {
    await createPartner(manager, organisation);
    await expectText(manager, organisation);
    expect(await manager.locator('.flash').isVisible(), 'no sentence says what was done');
  });
  await check('the owner creates its user, who is then in the table', async () => {
    await createUser(manager, 'Zoe Stripes', email, 'Manager');
    await expectText(manager, email);
  });
  await check('the list finds it by a part of its name', async () => {
    await manager.goto(`${PARTNERS}?q=${organisation.slice(0, 4).toLowerCase()}`);
    await manager.getByRole('link', { name: organisation, exact: true }).waitFor();
  });
  await check('the owner signs out', async () => {
    await signOut(manager);
    await heading(manager, 'You are signed out');
    await manager.goto(PARTNERS);
    await heading(manager, 'Sign in to the partner portal');
  });

  const user = await portal.stranger(options);
  await check('the new user signs in and arrives at their organisation', async () => {
    await signIn(user, email);
    await heading(user, organisation);
    await expectText(user, 'Zoe Stripes');
  });
  await check('the new user sees no other organisation anywhere', async () => {
    const links = user.locator('.rail a');
    const places = await links.evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(places.length > 0, 'there is no place to go');
    for (const place of places) {
      await user.goto(place);
      await expectText(user, organisation);
      await expectNoText(user, 'Northwind');
    }
  });
  await check('the staff’s pages are refused to the new user', async () => {
    for (const address of [PARTNERS, `${PARTNERS}/new`, '/settings', '/settings/staff', '/settings/history']) {
      expectSame((await user.goto(address)).status(), 403, `status of ${address}`);
      await expectNoText(user, 'Northwind');
    }
  });
}
