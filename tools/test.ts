/**
 * Runs the tests, kind by kind, and counts them. Usage: `test.ts [KIND ...] [-- FLAG ...]`; without a kind all of them,
 * and everything after `--` goes to `deno test`. The last line is `N passed, N failed`, with `, N skipped` where a kind
 * or a test could not run. Exits with 1 if a test failed or if there was none.
 *
 * @module
 */
import { addCounts, type Counts, failedTests, readJunit } from "./_junit.ts";
import { KINDS, type Suite, suitesOf } from "./_suites.ts";
import { run } from "./_run.ts";

const separator = Deno.args.indexOf("--");
const names = separator < 0 ? Deno.args : Deno.args.slice(0, separator);
const flags = separator < 0 ? [] : Deno.args.slice(separator + 1);
const unknown = names.filter((name) => !KINDS.includes(name));
if (unknown.length > 0) {
  console.error(`Cannot test "${unknown.join(" ")}": wanted one of ${KINDS.join(", ")}`);
  Deno.exit(2);
}

let total: Counts = { passed: 0, failed: 0, skipped: 0 };
for (const kind of names.length > 0 ? names : KINDS) {
  for (const suite of await suitesOf(kind)) total = addCounts(total, await runSuite(suite));
}
if (total.passed + total.failed === 0) {
  console.error("No test was found");
  total = { ...total, failed: 1 };
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
Deno.exit(total.failed === 0 ? 0 : 1);

/** Runs one suite, prints a line on it, and what it said if something failed. */
async function runSuite(suite: Suite): Promise<Counts> {
  if (suite.missing !== undefined) {
    console.log(`${suite.name.padEnd(14)} skipped: ${suite.missing}`);
    return { passed: 0, failed: 0, skipped: 1 };
  }
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const result = await run(suite.command(report, flags), { limitSeconds: suite.limitSeconds });
    const xml = await Deno.readTextFile(report);
    const counts = readJunit(xml);
    // A run that broke off (a module that does not load, a process that died) counts as one failure.
    const broken = result.code !== 0 && counts.failed === 0;
    const failed = counts.failed + (broken ? 1 : 0);
    const seconds = result.seconds.toFixed(1);
    console.log(`${suite.name.padEnd(14)} ${counts.passed} passed, ${failed} failed (${seconds} s)`);
    if (failed > 0) {
      console.log(whatFailed(result.output).replace(/^/gm, "    "));
      for (const test of failedTests(xml)) console.log(`  failed: ${test}`);
      if (result.timedOut) console.log(`  stopped: not done after ${suite.limitSeconds} s`);
      if (broken) console.log(`  exit code ${result.code}`);
      console.log(`  to repeat: deno task test ${suite.kind}`);
    }
    return { ...counts, failed };
  } finally {
    await Deno.remove(report);
  }
}

/** Of Deno's report the part on failures; of any other all of it. */
function whatFailed(output: string): string {
  const at = output.indexOf("\n ERRORS \n");
  return output.slice(at < 0 ? 0 : at).replace(/\n+Stack backtrace:[\s\S]*$/, "").trim();
}
