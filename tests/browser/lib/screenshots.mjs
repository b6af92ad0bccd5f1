// Pictures of every page, to be looked at.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { check } from './checks.mjs';
import { everyPlace } from './places.mjs';

const WIDTHS = [1280, 390];

/** One picture per place, width and scheme, named by all three. */
export async function take(portal, folder) {
  await mkdir(folder, { recursive: true });
  await everyPlace(portal, (place, page) => check(place.name, async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    await place.reach(page);
    for (const colorScheme of ['light', 'dark']) {
      await page.emulateMedia({ colorScheme });
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 800 });
        const name = `${place.name.replace(/\W+/g, '-')}-${width}-${colorScheme}.png`;
        await page.screenshot({ path: path.join(folder, name), fullPage: true });
      }
    }
  }));
}
