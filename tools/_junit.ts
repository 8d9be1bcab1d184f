/**
 * The JUnit reports of the three test runners: how many passed, failed, were skipped.
 *
 * @module
 */

/** Numbers of tests by their end. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** The sum of two counts. */
export function addCounts(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** Counts the test cases of a report; an empty or broken one gives zeros. */
export function readJunit(xml: string): Counts {
  let passed = 0, failed = 0, skipped = 0;
  for (const { body } of testCases(xml)) {
    if (/<(?:failure|error)\b/.test(body)) failed++;
    else if (/<skipped\b/.test(body)) skipped++;
    else passed++;
  }
  return { passed, failed, skipped };
}

/** The names of the test cases that failed. */
export function failedTests(xml: string): string[] {
  return testCases(xml).filter(({ body }) => /<(?:failure|error)\b/.test(body)).map(({ name }) => name);
}

function testCases(xml: string): { name: string; body: string }[] {
  // Messages may quote reports, so what they say is blanked first.
  const bare = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "");
  const pattern = /<testcase\b((?:[^>"]|"[^"]*")*?)(?:\/>|>([\s\S]*?)<\/testcase>)/g;
  return [...bare.matchAll(pattern)].map(([, attributes, body]) => ({
    name: unescape(/\bname="([^"]*)"/.exec(attributes)?.[1] ?? ""),
    body: body ?? "",
  }));
}

function unescape(text: string): string {
  const names: Record<string, string> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&", "#39": "'" };
  return text.replace(/&(lt|gt|quot|apos|amp|#39);/g, (_, name: string) => names[name]);
}
