// The dark scheme is a scheme of its own, not a filter. Its contrast is measured by accessibility.mjs.
import { check, expect } from './lib/checks.mjs';
import { OWNER, PARTNERS } from './lib/portal.mjs';

export const title = 'Dark is dark';

/** The brightness, 0 to 1, of the page's ground and of its text, as the screen shows them. */
const brightness = (page) => page.evaluate(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const of = (colour) => {
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue] = canvas.getImageData(0, 0, 1, 1).data;
    return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255;
  };
  const style = getComputedStyle(document.body);
  const ground = [style.backgroundColor, getComputedStyle(document.documentElement).backgroundColor]
    .find((colour) => colour !== 'rgba(0, 0, 0, 0)') ?? 'white';
  return { ground: of(ground), text: of(style.color), scheme: getComputedStyle(document.documentElement).colorScheme };
});

export async function run(portal) {
  for (const [name, page, address] of [
    ['the sign-in page', await portal.stranger(), '/signin'],
    ['the list', await portal.as(OWNER), PARTNERS],
  ]) {
    await page.goto(address);
    await check(`${name} is dark on light, and light on dark where the reader wants that`, async () => {
      await page.emulateMedia({ colorScheme: 'light' });
      const light = await brightness(page);
      await page.emulateMedia({ colorScheme: 'dark' });
      const dark = await brightness(page);
      expect(light.ground > 0.9 && light.text < 0.3, `light: ${JSON.stringify(light)}`);
      expect(dark.ground < 0.2 && dark.text > 0.7, `dark: ${JSON.stringify(dark)}`);
      expect(dark.scheme.includes('dark'), `scroll bars and controls stay light: color-scheme is ${dark.scheme}`);
    });
  }
  const page = await portal.as(OWNER);
  await check('the states of the list keep a word in forced colours', async () => {
    await page.emulateMedia({ forcedColors: 'active' });
    await page.goto(PARTNERS);
    expect((await page.locator('.badge').first().innerText()).length > 3, 'the state has no word');
  });
}
