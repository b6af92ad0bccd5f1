// The same in a browser of text, without scripts, styles and pictures: the page reads well, and its form works.
import { check, expect } from './lib/checks.mjs';
import { OWN_INVITATIONS, invite, linkOf, mailTo } from './lib/invited.mjs';
import { MANAGER, expectText } from './lib/portal.mjs';
import { TextBrowser, isInstalled } from './lib/w3m.mjs';

export const title = 'w3m accepts an invitation';

const EMAIL = 'walt@northwind.example';

export async function run(portal) {
  if (!await isInstalled()) {
    console.log('  skipped: w3m is not installed here (apt-get install w3m)');
    return;
  }
  const manager = await portal.as(MANAGER);
  await invite(manager, OWN_INVITATIONS, { email: EMAIL });
  const link = linkOf(await mailTo(portal, EMAIL));
  const browser = new TextBrowser();
  try {
    await check('as text the page tells in this order who invites, whom, until when, the two buttons, and who vouches', async () => {
      expectInOrder(await browser.read(link), [
        'Acme Cloud', 'Dana Whitfield invites you to join Northwind Resellers', `For\n    ${EMAIL}`, 'From\n    Dana Whitfield',
        'As\n    member', 'Open until\n    ', 'What they will see\n', `sign in as ${EMAIL}`, 'Accept invitation\nDecline\n',
        'Is this real?', `begins with ${portal.url}`, 'Stop mails from Northwind Resellers', 'Deutsch',
      ]);
    });
    await check('in German too, letters beyond ASCII included', async () => {
      expectInOrder(await browser.read(`${link}?lang=de`), ['lädt Sie in das Team', 'Für\n', 'Gültig bis\n', 'Einladung annehmen\nAblehnen\n']);
    });
    await check('keys in a terminal sign in, write a name and accept', async () => {
      await browser.open(link);
      await browser.shows('invites you to join Northwind Resellers');
      browser.press('Accept invitation');
      await browser.shows('Continue with');
      browser.press('Continue with');
      await browser.shows(`[${EMAIL.slice(0, 18)}`);
      browser.press('Sign in');
      await browser.shows(`You are signed in as ${EMAIL}`);
      browser.fill('Your name', 'Walt Wren');
      await browser.shows('[Walt Wren');
      browser.press('Accept invitation');
      expectInOrder(await browser.shows('You belong to Northwind Resellers now'), ['Northwind Resellers', `Walt Wren ${EMAIL}`, 'Member']);
    });
    await check('the manager sees it accepted', async () => {
      await manager.goto(`${OWN_INVITATIONS}?state=accepted`);
      await expectText(manager, EMAIL);
    });
  } finally {
    await browser.close();
  }
}

/** Throws the first of the pieces that does not come after the one before it. */
function expectInOrder(page, pieces) {
  let from = 0;
  for (const piece of pieces) {
    const at = page.indexOf(piece, from);
    expect(at >= 0, `"${piece}" is missing there in:\n${page}`);
    from = at + piece.length;
  }
}
