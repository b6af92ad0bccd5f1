// One line per check. A check that fails is told with its reason, and the next one runs.
let passed = 0;
let failed = 0;

/** Runs `body`; what it throws is why the check failed. */
export async function check(sentence, body) {
  try {
    await body();
    passed += 1;
    console.log(`  ok    ${sentence}`);
  } catch (error) {
    failed += 1;
    console.log(`  FAIL  ${sentence}\n        ${String(error.message ?? error).split('\n').slice(0, 12).join('\n        ')}`);
  }
}

/** Throws `sentence` when `fact` does not hold. */
export function expect(fact, sentence) {
  if (!fact) throw new Error(sentence);
}

export function expectSame(actual, wanted, what) {
  expect(actual === wanted, `${what}: expected ${JSON.stringify(wanted)}, found ${JSON.stringify(actual)}`);
}

export const counts = () => ({ passed, failed });
