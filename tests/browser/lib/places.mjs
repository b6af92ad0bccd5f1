// Every page of the portal in every state that a browser can be brought into: who sees it and how to get there.
import { expectSame } from './checks.mjs';
import { IN_BOTH, MANAGER, OWNER, PARTNERS, openPartner, signIn } from './portal.mjs';

const STRANGER = undefined;

/** A page with an address of its own. */
const at = (name, as, address, status = 200) => ({
  name, as, reach: (page) => visit(page, address, status),
});

/** Where a partner was found, by portal and name, so that it is searched for once. */
const addresses = new Map();

/** A page that is reached by going on from a partner's page. */
const of = (name, partner, way) => ({
  name,
  as: OWNER,
  reach: async (page) => {
    if (addresses.has(page.portal + partner)) {
      await visit(page, addresses.get(page.portal + partner));
    } else {
      await openPartner(page, partner);
      addresses.set(page.portal + partner, page.url());
    }
    await way(page);
  },
});

const sub = (below) => async (page) => visit(page, `${new URL(page.url()).pathname}${below}`);

const NORTHWIND = 'Northwind Resellers';

export const PLACES = [
  at('sign in', STRANGER, '/signin'),
  at('sign in to go on', STRANGER, '/signin?return_to=%2Faccount'),
  at('signed out', STRANGER, '/signed-out'),
  at('not found, signed out', STRANGER, '/static/nothing.css', 404),
  at('development mail', STRANGER, '/dev/mail'),
  { name: 'development sign-in', as: STRANGER, reach: (page) => visit(page, '/signin/begin/dev') },
  { name: 'sign-in refused', as: STRANGER, reach: refusedSignIn },
  { name: 'choose a programme', as: STRANGER, reach: (page) => signIn(page, IN_BOTH) },

  at('partners', OWNER, PARTNERS),
  at('partners, nothing matches', OWNER, `${PARTNERS}?q=zzzzzzzz`),
  at('partners, searched', OWNER, `${PARTNERS}?q=north`),
  at('partners, suspended', OWNER, `${PARTNERS}?state=suspended`),
  at('new partner', OWNER, `${PARTNERS}/new`),
  {
    name: 'new partner with errors',
    as: OWNER,
    reach: async (page) => {
      await visit(page, `${PARTNERS}/new`);
      await refuse(page, 'Create Partner Organisation');
    },
  },
  of('partner', NORTHWIND, async () => {}),
  of('partner, edit', NORTHWIND, sub('/edit')),
  of('partner, people', NORTHWIND, sub('/users')),
  of('partner, history', NORTHWIND, sub('/history')),
  of('partner, suspension', NORTHWIND, sub('/suspension')),
  of('partner, deletion', NORTHWIND, sub('/deletion')),
  of('new user', NORTHWIND, sub('/users/new')),
  of('new user with errors', NORTHWIND, async (page) => {
    await sub('/users/new')(page);
    await refuse(page, 'Save');
  }),
  of('user', NORTHWIND, async (page) => {
    await page.getByRole('link', { name: 'Luis Ortega' }).click();
    await page.waitForLoadState();
  }),
  of('user, removal', NORTHWIND, async (page) => {
    await page.getByRole('link', { name: 'Luis Ortega' }).click();
    await page.getByRole('link', { name: /^Remove/ }).click();
    await page.waitForLoadState();
  }),
  {
    name: 'partner, suspended',
    as: OWNER,
    reach: async (page) => {
      await visit(page, `${PARTNERS}?state=suspended`);
      await page.locator('.row-link').first().click();
      await page.waitForLoadState();
    },
  },
  at('bin', OWNER, '/settings/bin'),
  {
    name: 'partner, deleted',
    as: OWNER,
    reach: async (page) => {
      await visit(page, '/settings/bin');
      await page.locator('.row-link').first().click();
      await page.waitForLoadState();
    },
  },
  at('staff', OWNER, '/settings/staff'),
  at('new staff member', OWNER, '/settings/staff/new'),
  at('history', OWNER, '/settings/history'),
  at('settings', OWNER, '/settings'),
  at('profile', OWNER, '/settings/profile'),
  at('profile, edit', OWNER, '/settings/profile/edit'),
  at('account', OWNER, '/account'),
  at('not found', OWNER, '/settings/nothing', 404),

  at('own organisation', MANAGER, '/organisation'),
  at('own people', MANAGER, '/organisation/users'),
  at('own history', MANAGER, '/organisation/history'),
  at('own account', MANAGER, '/account'),
  at('forbidden', MANAGER, PARTNERS, 403),
];

/** Opens an address and expects its status; the browser's own word about a wanted 4xx is not a complaint. */
async function visit(page, address, status = 200) {
  page.asked = status === 200 ? undefined : exactly(new URL(address, page.portal).href);
  const answer = await page.goto(address, { waitUntil: 'load' });
  expectSame(answer.status(), status, `status of ${address}`);
}

/** Sends the open form as it is, which the portal refuses. */
async function refuse(page, button) {
  page.asked = exactly(page.url());
  await page.getByRole('button', { name: button }).click();
  await page.locator('.error-summary').waitFor();
}

async function refusedSignIn(page) {
  page.asked = /\/signin\/callback\//;
  await signIn(page, 'nobody@nowhere.example');
}

const exactly = (address) => new RegExp(`^${address.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);

/** Brings a window to every place in turn and hands it over; people keep their window. */
export async function everyPlace(portal, body, options) {
  const windows = new Map();
  for (const place of PLACES) {
    // Signing in changes who a stranger is, so each of their places gets a new window.
    const page = windows.get(place.as) ?? await (place.as ? portal.as(place.as, options) : portal.stranger(options));
    page.portal = portal.url;
    if (place.as) windows.set(place.as, page);
    await body(place, page);
    if (!place.as) await page.context().close();
  }
  for (const page of windows.values()) await page.context().close();
}
