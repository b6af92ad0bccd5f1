// Whether a page fits a screen, without scrolling sideways.
import { expect } from './checks.mjs';

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

/** Throws what sticks out of the open page on a screen of this size. */
export async function fits(page, size, name) {
  await page.setViewportSize(size);
  const { by, elements } = await overflow(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  expect(by <= 0 && elements.length === 0, `at ${name} the page is ${by} pixels too wide: ${elements.join(', ')}`);
}
