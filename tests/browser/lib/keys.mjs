// What somebody does who has a keyboard and nothing else.
import { expect } from './checks.mjs';

const MOST_TABS = 60;

/** Presses Tab until the control with this name has the focus, as someone looking at the screen would. */
export async function tabTo(page, name) {
  const seen = [];
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = element.labels?.[0]?.textContent ?? element.textContent;
      const shown = getComputedStyle(element);
      const marked = shown.outlineStyle !== 'none' || shown.boxShadow !== 'none' || element.type === 'radio';
      return { label: label.replace(/\s+/g, ' ').trim(), marked };
    });
    seen.push(focused.label);
    if (!focused.label.startsWith(name)) continue;
    expect(focused.marked, `"${name}" does not show that it has the focus`);
    return;
  }
  throw new Error(`"${name}" cannot be reached by Tab, which went over: ${seen.join(' | ')}`);
}

/** Goes to a control by Tab and presses Enter. */
export async function press(page, name) {
  await tabTo(page, name);
  await page.keyboard.press('Enter');
}

/** Goes to a field by Tab and types, in place of what is in it. */
export async function type(page, label, text) {
  await tabTo(page, label);
  await page.keyboard.type(text);
}
