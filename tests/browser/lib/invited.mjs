// Inviting, and being invited: from the form over the mail to the page of the invitation.
import { expect } from './checks.mjs';

export const OWN_INVITATIONS = '/organisation/invitations';
export const ALL_INVITATIONS = '/settings/invitations';

/** Sends an invitation through the form: to a colleague, or to a partner where a company is named. */
export async function invite(page, list, { email, company, language = 'English' }) {
  await page.goto(`${list}/new${company ? '?kind=partner' : ''}`);
  if (company) await page.getByLabel('Company').fill(company);
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Language of the mail').selectOption(language);
  await page.getByRole('button', { name: 'Send invitation' }).click();
  await page.waitForURL(`**${list}`);
}

/** The newest mail to an address, as development mode kept it. */
export async function mailTo(portal, email) {
  const mails = await (await fetch(`${portal.url}/dev/mail.json`)).json();
  const mail = mails.find(({ to }) => to === email);
  expect(mail, `no mail to ${email} among ${mails.map(({ to }) => to).join(', ')}`);
  return mail;
}

/** Where a mail leads: the page of its invitation. */
export const linkOf = (mail) => mail.text.match(/^http\S+\/invitations\/[^/\s]+$/m)[0];

/** Presses the first button of an invitation's page, whatever its language, and signs in on the way. */
export async function signInAt(page, link, email) {
  await page.goto(link);
  await page.locator('main .button--primary').click();
  await page.locator('.providers a').first().click();
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.waitForURL('**/invitations/**');
}
