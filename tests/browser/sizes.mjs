// Small screens and large zoom: nobody scrolls sideways. A zoom of 400 % on a screen of 1280 pixels leaves 320.
import { check } from './lib/checks.mjs';
import { everyPlace } from './lib/places.mjs';
import { fits } from './lib/width.mjs';

export const title = 'Every page fits 320 pixels, and a zoom of 400 %';

export async function run(portal) {
  await everyPlace(portal, (place, page) => check(place.name, async () => {
    await place.reach(page);
    await fits(page, { width: 320, height: 640 }, '320 pixels');
    await fits(page, { width: 320, height: 180 }, '400 %');
    await fits(page, { width: 768, height: 1024 }, '768 pixels');
  }));
}
