// What people do in the portal, by the words that they see. Works with and without scripts in the page.
import { expect } from './checks.mjs';
import { openWindow } from './chromium.mjs';

export const OWNER = 'owner@acme.example';
export const MANAGER = 'manager@northwind.example';
/** Known in both programmes of the demo. */
export const IN_BOTH = 'imogen.harrow@harrowquill.example';

export const PARTNERS = '/settings/profile/partners';

/** The portal as one run of the tests has it. */
export class Portal {
  constructor(browser, url) {
    this.browser = browser;
    this.url = url;
    this.sessions = new Map();
  }

  /** A window of somebody who is not signed in. */
  stranger(options) {
    return openWindow(this.browser, { baseURL: this.url, ...options });
  }

  /** A window of a person who is signed in; they sign in once in a run and are remembered. */
  async as(email, options) {
    if (!this.sessions.has(email)) {
      const page = await this.stranger();
      await signIn(page, email);
      this.sessions.set(email, await page.context().storageState());
      await page.context().close();
    }
    return this.stranger({ ...options, storageState: this.sessions.get(email) });
  }
}

export async function signIn(page, email) {
  await page.goto('/');
  await page.getByRole('link', { name: /^Continue/ }).click();
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL((url) => !url.pathname.startsWith('/dev/'));
}

export async function signOut(page) {
  const menu = page.locator('.menu--person summary');
  if (await menu.isVisible()) await menu.click();
  await page.getByRole('button', { name: 'Sign out' }).click();
}

/** Creates an organisation from the list and stays on the page that follows. */
export async function createPartner(page, name) {
  await page.goto(PARTNERS);
  await page.getByRole('link', { name: 'Create Partner' }).click();
  await page.getByLabel('Partner organisation name').fill(name);
  await page.getByLabel('Zuora account ID').fill('A00012345');
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Create Partner Organisation' }).click();
  await heading(page, name);
}

/** Creates a user on the organisation's page that is open. */
export async function createUser(page, name, email, role) {
  await page.getByRole('link', { name: 'Create user' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('radio', { name: role }).check();
  await page.getByRole('button', { name: 'Save' }).click();
}

/** Opens a partner's page by searching for its name, as a person would. */
export async function openPartner(page, name) {
  await page.goto(`${PARTNERS}?${new URLSearchParams({ q: name })}`);
  await page.getByRole('link', { name, exact: true }).click();
  await heading(page, name);
}

/** Waits for the page's heading, which may end in a count. */
export async function heading(page, text) {
  await page.getByRole('heading', { level: 1, name: text }).waitFor();
}

/** What a reader sees of the page. */
export async function text(page) {
  // Without scripts a page is read while it still comes.
  await page.waitForLoadState();
  return page.locator('body').innerText();
}

export async function expectText(page, wanted) {
  const seen = await text(page);
  expect(seen.includes(wanted), `"${wanted}" is not on ${page.url()}, which reads:\n${seen}`);
}

export async function expectNoText(page, unwanted) {
  expect(!(await text(page)).includes(unwanted), `"${unwanted}" is on ${page.url()}`);
}
