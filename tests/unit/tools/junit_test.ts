import { assertEquals } from "@std/assert";
import { addCounts, failedTests, readJunit } from "../../../tools/_junit.ts";

const REPORT = `<?xml version="1.0"?><testsuites tests="5">
  <testsuite name="a"><testcase name="one &gt; two" time="0.1"></testcase>
    <testcase name="quotes <x>" failure="1 > 2"><failure message="no &lt;testcase/>">text</failure></testcase>
    <testcase name="late"><skipped/></testcase></testsuite>
  <testcase name="short" classname="g" />
  <testcase name="broken &amp; gone"><error type="x"><![CDATA[<testcase name="quoted"/>]]></error></testcase>
</testsuites>`;

Deno.test("readJunit() counts the cases of Deno's, Bun's and Node's reports", () => {
  assertEquals(readJunit(REPORT), { passed: 2, failed: 2, skipped: 1 });
  assertEquals(readJunit(""), { passed: 0, failed: 0, skipped: 0 });
});

Deno.test("failedTests() gives the names as they were written", () => {
  assertEquals(failedTests(REPORT), ["quotes <x>", "broken & gone"]);
});

Deno.test("addCounts() adds each number", () => {
  const sum = addCounts({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 });
  assertEquals(sum, { passed: 11, failed: 22, skipped: 33 });
});
