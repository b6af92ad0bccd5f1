// Small screens and large zoom: nobody scrolls sideways. A zoom of 400 % on a screen of 1280 pixels leaves 320.
import { check, expect } from './lib/checks.mjs';
import { everyPlace } from './lib/places.mjs';

export const title = 'Every page fits 320 pixels, and a zoom of 400 %';

/** What sticks out at the right, by its tag and class. */
const overflow = (page) => page.evaluate(() => {
  const width = document.documentElement.clientWidth;
  const hidden = (element) => element.closest('.visually-hidden, datalist, option, [hidden]');
  const scrolls = (element) => /auto|scroll|hidden/.test(getComputedStyle(element).overflowX);
  const wide = [...document.body.querySelectorAll('*')].filter((element) => {
    if (hidden(element) || element.getBoundingClientRect().right <= width + 1) return false;
    for (let outer = element.parentElement; outer; outer = outer.parentElement) if (scrolls(outer)) return false;
    return true;
  });
  return {
    by: document.documentElement.scrollWidth - width,
    elements: wide.map((element) => `${element.tagName.toLowerCase()}.${element.className}`),
  };
});

export async function run(portal) {
  await everyPlace(portal, (place, page) => check(place.name, async () => {
    await place.reach(page);
    await fits(page, { width: 320, height: 640 }, '320 pixels');
    await fits(page, { width: 320, height: 180 }, '400 %');
    await fits(page, { width: 768, height: 1024 }, '768 pixels');
  }));
}

async function fits(page, size, name) {
  await page.setViewportSize(size);
  const { by, elements } = await overflow(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(by <= 0 && elements.length === 0, `at ${name} the page is ${by} pixels too wide: ${elements.join(', ')}`);
}
