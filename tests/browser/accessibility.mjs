// axe-core on every page, in light and in dark, which includes the contrast of every text.
import { expectAccessible } from './lib/axe.mjs';
import { check } from './lib/checks.mjs';
import { everyPlace } from './lib/places.mjs';

export const title = 'axe finds no violation on any page, light and dark';

export async function run(portal) {
  await everyPlace(portal, (place, page) => check(place.name, async () => {
    await place.reach(page);
    await expectAccessible(page);
  }));
}
