// Inviting and being invited, from the form over the mail to the organisation: with scripts in English, and without them
// in German. Each page on the way is looked at as it is reached.
import { expectAccessible, expectAccessibleHtml } from './lib/axe.mjs';
import { check, expect, expectSame } from './lib/checks.mjs';
import { ALL_INVITATIONS, OWN_INVITATIONS, invite, linkOf, mailTo } from './lib/invited.mjs';
import { press, type } from './lib/keys.mjs';
import { MANAGER, OWNER, expectNoText, expectText, heading } from './lib/portal.mjs';
import { fits } from './lib/width.mjs';

export const title = 'An invited person comes in, and a company becomes a partner';

/** Words of the page in a language, as the invited person reads them. */
const ENGLISH = {
  lang: 'en', language: 'English', accept: 'Accept invitation', decline: 'Decline', error: 'Error: ', name: 'Your name',
  company: 'Your organisation’s name', switch: /^Switch account with/, write: 'Write to', accepted: 'This invitation was accepted',
  signedIn: 'You are signed in as', mend: 'There is something to mend', local: 'in your time', stop: 'Stop mails',
  stopped: 'No more mails from Northwind Resellers',
};
const GERMAN = {
  lang: 'de', language: 'Deutsch', accept: 'Einladung annehmen', decline: 'Ablehnen', error: 'Fehler: ', name: 'Ihr Name',
  company: 'Name Ihrer Organisation', switch: /^Konto bei .* wechseln$/, write: 'Nachricht an', accepted: 'Diese Einladung wurde angenommen',
  signedIn: 'Sie sind als', mend: 'Es gibt noch etwas zu korrigieren', local: 'in Ihrer Zeitzone', stop: 'E-Mails abbestellen',
  stopped: 'Keine E-Mails mehr von Northwind Resellers',
};
const LANGUAGES = ['en', 'de', 'fr', 'es', 'it'];

export async function run(portal) {
  await walk(portal, {
    words: ENGLISH, scripts: true, colleague: 'greta@northwind.example', person: 'Greta Garner',
    company: 'Ottawa Parts', partner: 'olga@ottawa-parts.example', chief: 'Olga Orwell',
  });
  await walk(portal, {
    words: GERMAN, scripts: false, colleague: 'heiner@northwind.example', person: 'Heiner Hagedorn',
    company: 'Elchteile Ottawa', partner: 'elke@elchteile.example', chief: 'Elke Ehlers',
  });
}

async function walk(portal, way) {
  const options = way.scripts ? {} : { javaScriptEnabled: false };
  const named = `${way.words.language}, ${way.scripts ? 'with' : 'without'} scripts`;
  const walker = { ...way, portal, options, told: (sentence, body) => check(`${named}: ${sentence}`, body) };
  await colleague(walker);
  await partner(walker);
}

/** What holds for every page of an invitation, whoever reads it. */
async function sound(page, { portal, words, scripts }) {
  expectSame(await page.locator('html').getAttribute('lang'), words.lang, 'the language of the page');
  await (scripts ? expectAccessible(page) : expectAccessibleHtml(page, portal));
  await page.emulateMedia({ colorScheme: null });
  await fits(page, { width: 320, height: 640 }, '320 pixels');
  expect(page.complaints.length === 0, page.complaints.join('\n'));
}

async function colleague(walker) {
  const { portal, options, words, told, colleague: email, person } = walker;
  const stranger = 'mallory@elsewhere.example';
  let link;
  await told('Northwind’s manager invites a colleague, and the mail is in that language', async () => {
    const manager = await portal.as(MANAGER, options);
    await invite(manager, OWN_INVITATIONS, { email, language: words.language });
    await expectText(manager, `${email} is invited`);
    const mail = await mailTo(portal, email);
    expect(mail.html.includes(`<html lang="${words.lang}">`), 'the mail is in another language');
    link = linkOf(mail);
  });
  const page = await portal.stranger(options);
  await told('the link says who invites, whom, until when, and leads to sign in', async () => {
    await page.goto(link);
    for (const said of ['Dana Whitfield', 'Northwind Resellers', email, words.accept, words.decline]) await expectText(page, said);
    const until = page.locator('.terms time');
    expectSame((await until.innerText()).includes(words.local), walker.scripts, 'the reader’s own time is told');
    expect(new Date(await until.getAttribute('datetime')) > new Date(), 'it is open until a moment that is past');
    await sound(page, walker);
  });
  await told('the page speaks each of its languages', async () => {
    for (const lang of LANGUAGES) {
      await page.locator(`.letter__languages a[href$="lang=${lang}"]`).click();
      await page.waitForURL(`**lang=${lang}`);
      expectSame(await page.locator('html').getAttribute('lang'), lang, 'the language of the page');
      expectSame(await page.locator('.letter__languages [aria-current]').count(), 1, 'languages marked as the current one');
    }
    await page.goto(link);
  });
  await told('somebody else reads both addresses, and whom to write to', async () => {
    await page.getByRole('button', { name: words.accept }).click();
    await page.locator('.providers a').click();
    expectSame(await page.getByLabel('Email address').inputValue(), email, 'the address suggested');
    page.asked = /\/invitations\//;
    await signInHere(page, stranger);
    expectSame((await page.reload()).status(), 403, 'the status');
    await expectText(page, email);
    await expectText(page, stranger);
    await expectNoText(page, words.accept);
    const write = page.getByRole('link', { name: new RegExp(`^${words.write}`) });
    expectSame(await write.getAttribute('href'), 'mailto:manager@northwind.example', 'where the link to write leads');
    await sound(page, walker);
  });
  await told('they switch the account, with the invited address filled in, and are back', async () => {
    await page.getByRole('link', { name: words.switch }).click();
    expectSame(await page.getByLabel('Email address').inputValue(), email, 'the address suggested');
    await signInHere(page);
    await expectText(page, words.signedIn);
    await expectText(page, email);
    await sound(page, walker);
  });
  await told('a form without the name comes back with the focus where it has to be', async () => {
    await page.getByLabel(words.name).fill('');
    await page.getByRole('button', { name: words.accept }).click();
    await page.locator('.error-summary').waitFor();
    await expectText(page, words.mend);
    expect((await page.title()).startsWith(words.error), `the title is ${await page.title()}`);
    const focused = await page.evaluate(() => document.activeElement.className);
    expectSame(focused === 'error-summary', walker.scripts, 'the summary has the focus');
    await sound(page, walker);
  });
  await told('the keyboard alone writes the name and accepts', async () => {
    await type(page, words.name, person);
    await press(page, words.accept);
    await page.waitForURL('**/organisation');
    await heading(page, 'Northwind Resellers');
    await expectText(page, 'You belong to Northwind Resellers now');
    await expectText(page, person);
    await sound(page, { ...walker, words: { lang: 'en' } });
  });
  await told('the link says from now on that it was accepted', async () => {
    await page.goto(link);
    await heading(page, words.accepted);
    await sound(page, walker);
  });
  await told('whoever wants no more mail types their address, which the field asks for again', async () => {
    await page.goto(`${link}/stop`);
    await page.getByRole('button', { name: words.stop }).click();
    await page.locator('.field__error').waitFor();
    expectSame(await page.evaluate(() => document.activeElement.id), 'email', 'what has the focus');
    await sound(page, walker);
    await page.locator('#email').fill(email);
    await page.getByRole('button', { name: words.stop }).click();
    await heading(page, words.stopped);
    await sound(page, walker);
  });
}

async function partner(walker) {
  const { portal, options, words, told, partner: email, company, chief } = walker;
  const owner = await portal.as(OWNER, options);
  const page = await portal.stranger(options);
  await told(`Acme’s owner invites ${company}, which is not here yet`, async () => {
    await invite(owner, ALL_INVITATIONS, { email, company, language: words.language });
    await expectText(owner, `${email} is invited`);
  });
  await told(`${company} stands in the form already and accepts`, async () => {
    await page.goto(linkOf(await mailTo(portal, email)));
    await expectText(page, company);
    await page.getByRole('button', { name: words.accept }).click();
    await page.locator('.providers a').click();
    await signInHere(page);
    expectSame(await page.getByLabel(words.company).inputValue(), company, 'the organisation’s name');
    await sound(page, walker);
    await page.getByLabel(words.name).fill(chief);
    await page.getByRole('button', { name: words.accept }).click();
    await heading(page, company);
    await expectText(page, 'You are connected with Acme Cloud now');
    await sound(page, { ...walker, words: { lang: 'en' } });
  });
  await told(`the owner sees ${company} among the connections and the partners`, async () => {
    await owner.goto('/settings/connections');
    await owner.getByRole('link', { name: company }).click();
    await heading(owner, company);
    await expectText(owner, 'Active');
    await sound(owner, { ...walker, words: { lang: 'en' } });
    await owner.goto(`/settings/profile/partners?${new URLSearchParams({ q: company })}`);
    await owner.getByRole('link', { name: company, exact: true }).waitFor();
  });
}

/** Sends the form of the development sign-in that is open, as the person it suggests or as another one. */
async function signInHere(page, email) {
  if (email) await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/invitations/**');
}
