// Every page of the portal in every state that a browser can be brought into: who sees it and how to get there.
import { expectSame } from './checks.mjs';
import { ALL_INVITATIONS, OWN_INVITATIONS, invite, linkOf, mailTo, signInAt } from './invited.mjs';
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

/** A page of a list's row, and what lies below it. */
const row = (name, as, list, label, below = '') => ({
  name,
  as,
  reach: async (page) => {
    await visit(page, list);
    await page.getByRole('link', { name: label }).first().click();
    await page.waitForLoadState();
    if (below) await sub(below)(page);
  },
});

/** A form, sent as it comes. */
const refusedForm = (name, as, address, button) => ({
  name,
  as,
  reach: async (page) => {
    await visit(page, address);
    await refuse(page, button);
  },
});

/** The invitations whose links the places below open; each is sent once for a portal. */
const LETTERS = {
  colleague: { email: 'petra@northwind.example' },
  partner: { email: 'quentin@quill-paper.example', company: 'Quill Paper' },
  revoked: { email: 'rosa@northwind.example', revoked: true },
};
const links = new Map();

async function linkFor({ house }, which) {
  if (links.has(house.url + which)) return links.get(house.url + which);
  const letter = LETTERS[which];
  const manager = await house.as(MANAGER);
  await invite(manager, OWN_INVITATIONS, letter);
  const link = linkOf(await mailTo(house, letter.email));
  if (letter.revoked) {
    await manager.getByRole('link', { name: letter.email }).click();
    await manager.getByRole('button', { name: 'Revoke' }).click();
    await manager.waitForLoadState();
  }
  await manager.context().close();
  links.set(house.url + which, link);
  return link;
}

/** A page of an invitation for the one who was invited. */
const letter = (name, as, which, below = '', status = 200) => ({
  name, as, reach: async (page) => visit(page, `${await linkFor(page, which)}${below}`, status),
});

/** The same page after signing in as the invited person, who is then asked for names. */
const decision = (name, which, query, way = async () => {}) => ({
  name,
  as: STRANGER,
  reach: async (page) => {
    await signInAt(page, `${await linkFor(page, which)}${query}`, LETTERS[which].email);
    await way(page);
  },
});

/** Leaves out the name, which is asked for. */
async function withoutName(page) {
  page.asked = /\/acceptance/;
  await page.locator('#name').fill('');
  await page.locator('main .button--primary').click();
  await page.locator('.error-summary').waitFor();
}

const sub = (below) => async (page) => visit(page, `${new URL(page.url()).pathname}${below}`);

const RECORDS = '/settings/partner-records';
const OWN_RECORDS = '/organisation/partners';
const OWN_CONNECTIONS = '/organisation/connections';

const NORTHWIND = 'Northwind Resellers';
const HOST_KEYS = '/settings/api-clients';
const OWN_KEYS = '/organisation/api';

/** A list with the call that answers the same, unfolded. */
const withCall = (name, as, address) => ({
  name,
  as,
  reach: async (page) => {
    await visit(page, address);
    await page.locator('.as-call > summary').click();
  },
});

/** Makes a credential through its form and stays on the page that shows its secret, the only time. */
async function create(page, list, kind) {
  await visit(page, `${list}/new`);
  await page.getByLabel('Name').fill(`Nightly sync by ${kind}`);
  await page.getByRole('radio', { name: kind }).check();
  await page.getByRole('checkbox').first().check();
  await page.getByRole('button', { name: 'Create and show the secret' }).click();
  await page.locator('#secret').waitFor();
}

/** A credential that was just made, and what can be done with it. */
const credential = (name, as, list, kind, way = async () => {}) => ({
  name,
  as,
  reach: async (page) => {
    await create(page, list, kind);
    await way(page);
  },
});

/** From the page of its secret to its own. */
async function toCredential(page) {
  await page.getByRole('link', { name: 'I have copied it' }).click();
  await page.waitForLoadState();
  if (await page.locator('.row-link').count()) {
    await page.locator('.row-link').first().click();
    await page.waitForLoadState();
  }
}

async function rotated(page) {
  await toCredential(page);
  await page.getByRole('button', { name: 'Rotate the secret' }).click();
  await page.locator('#secret').waitFor();
}

async function afterRotation(page) {
  await rotated(page);
  await toCredential(page);
  await page.getByRole('button', { name: 'End the old secret now' }).waitFor();
}

async function revocation(page) {
  await toCredential(page);
  await page.getByRole('link', { name: 'Revoke' }).click();
  await page.waitForLoadState();
}

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
  at('invitations of twelve weeks', OWNER, '/settings/invitations/weeks'),
  at('import partners', OWNER, `${PARTNERS}/import`),
  {
    name: 'import partners, checked',
    as: OWNER,
    reach: async (page) => {
      await visit(page, `${PARTNERS}/import`);
      const rows = ['Name\tZuora account ID\tZuora Invoice Owner', 'Fern & Sons\tz\tPartner', 'Moss Ltd\t\tnobody'];
      await page.getByLabel('Partners', { exact: true }).fill(rows.join('\n'));
      await page.getByRole('button', { name: 'Check the rows' }).click();
      await page.getByRole('heading', { name: 'What would happen' }).waitFor();
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
  of('partner, invitations', NORTHWIND, sub('/invitations')),
  of('partner, invitations received', NORTHWIND, sub('/invitations/received')),
  of('partner, records', NORTHWIND, sub('/partners')),
  of('partner, connections', NORTHWIND, sub('/connections')),
  of('partner, connection', NORTHWIND, async (page) => {
    await sub('/connections')(page);
    await page.getByRole('link', { name: 'Contoso Distribution' }).click();
    await page.waitForLoadState();
  }),
  at('invitations sent', OWNER, ALL_INVITATIONS),
  at('invitations, none match', OWNER, `${ALL_INVITATIONS}?q=zzzzzzzz`),
  at('invitations received', OWNER, `${ALL_INVITATIONS}/received`),
  at('invite a colleague', OWNER, `${ALL_INVITATIONS}/new`),
  at('invite a partner', OWNER, `${ALL_INVITATIONS}/new?kind=partner`),
  row('invitation, waiting', OWNER, ALL_INVITATIONS, 'lea.fontaine@acme.example'),
  at('partner records', OWNER, RECORDS),
  at('partner records, none match', OWNER, `${RECORDS}?q=zzzzzzzz`),
  at('connections', OWNER, '/settings/connections'),
  withCall('partners, as API call', OWNER, `${PARTNERS}?q=north`),
  at('credentials', OWNER, HOST_KEYS),
  at('credentials, none revoked', OWNER, `${HOST_KEYS}?state=revoked`),
  at('new credential', OWNER, `${HOST_KEYS}/new`),
  refusedForm('new credential with errors', OWNER, `${HOST_KEYS}/new`, 'Create and show the secret'),
  row('credential', OWNER, HOST_KEYS, 'Demo API client'),
  row('credential, revocation', OWNER, HOST_KEYS, 'Demo API client', '/revocation'),
  credential('secret of a client', OWNER, HOST_KEYS, 'API client'),
  of('partner, credentials', NORTHWIND, sub('/api')),
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
  at('own invitations', MANAGER, OWN_INVITATIONS),
  at('own invitations received', MANAGER, `${OWN_INVITATIONS}/received`),
  refusedForm('invite a colleague, with errors', MANAGER, `${OWN_INVITATIONS}/new`, 'Send invitation'),
  refusedForm('invite a partner, with errors', MANAGER, `${OWN_INVITATIONS}/new?kind=partner`, 'Send invitation'),
  row('invitation, stuck', MANAGER, OWN_INVITATIONS, 'Bluefin Retail Group'),
  row('invitation, expired', MANAGER, OWN_INVITATIONS, 'sam.ibarra@northwind.example'),
  at('own records', MANAGER, OWN_RECORDS),
  at('new record', MANAGER, `${OWN_RECORDS}/new`),
  refusedForm('new record with errors', MANAGER, `${OWN_RECORDS}/new`, 'Add partner'),
  row('record', MANAGER, OWN_RECORDS, 'Old Mill Freight'),
  at('own connections', MANAGER, OWN_CONNECTIONS),
  at('own connections, none ended', MANAGER, `${OWN_CONNECTIONS}?state=ended`),
  row('connection', MANAGER, OWN_CONNECTIONS, 'Contoso Distribution'),
  at('own credentials, none yet', MANAGER, OWN_KEYS),
  refusedForm('own new credential with errors', MANAGER, `${OWN_KEYS}/new`, 'Create and show the secret'),
  credential('own secret of a key', MANAGER, OWN_KEYS, 'API key'),
  credential('own credential, rotated', MANAGER, OWN_KEYS, 'API client', rotated),
  credential('own credential, two secrets', MANAGER, OWN_KEYS, 'API client', afterRotation),
  credential('own credential, revocation', MANAGER, OWN_KEYS, 'API key', revocation),
  at('own credentials', MANAGER, OWN_KEYS),
  withCall('own records, as API call', MANAGER, OWN_RECORDS),
  at('API', STRANGER, '/api/docs'),
  at('Shop of development mode', STRANGER, '/dev/applications/shop'),
  {
    name: 'on the way to Shop',
    as: STRANGER,
    reach: (page) => visit(page, '/gate/shop/enter'),
  },
  at('Shop, refused to staff', OWNER, '/gate/shop/enter', 403),
  row('connection, end', MANAGER, OWN_CONNECTIONS, 'Contoso Distribution', '/end'),

  letter('letter to a colleague', STRANGER, 'colleague'),
  letter('letter to a partner', STRANGER, 'partner'),
  letter('letter in German', STRANGER, 'partner', '?lang=de'),
  decision('letter, signed in', 'partner', ''),
  decision('letter, signed in, with errors in German', 'partner', '?lang=de', withoutName),
  letter('letter to somebody else', MANAGER, 'colleague', '', 403),
  letter('letter, withdrawn', STRANGER, 'revoked', '', 410),
  at('letter, unknown link', STRANGER, '/invitations/nothing', 404),
  letter('stop mails', STRANGER, 'partner', '/stop'),
  {
    name: 'stop mails, with errors in German',
    as: STRANGER,
    reach: async (page) => {
      await visit(page, `${await linkFor(page, 'partner')}/stop?lang=de`);
      page.asked = exactly(page.url());
      await page.locator('main .button--primary').click();
      await page.locator('.field__error').waitFor();
    },
  },
  {
    name: 'development mail with mails',
    as: STRANGER,
    reach: async (page) => {
      await linkFor(page, 'colleague');
      await visit(page, '/dev/mail');
      await page.locator('.letter').first().waitFor();
    },
  },
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
  // A form may be sent to its address without what chose it.
  page.asked = new RegExp(`${exactly(page.url().split('?')[0]).source.slice(0, -1)}($|\\?)`);
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
    page.house = portal;
    if (place.as) windows.set(place.as, page);
    await body(place, page);
    if (!place.as) await page.context().close();
  }
  for (const page of windows.values()) await page.context().close();
}
