import { assertEquals, assertRejects } from "@std/assert";
import type { Result } from "../../../bench/runner/result.ts";
import { runSuites } from "../../../bench/runner/run.ts";
import type { Suite } from "../../../bench/runner/suite.ts";
import { makeResult, makeRow } from "./_make_result.ts";

const { machine } = makeResult([]);
const PLACE = { machine, commit: "abc" };
const SELECTION = { patterns: [], subjects: [], runtimes: ["deno"], rounds: 3, quick: false };

/** A suite that gives a row for each work, and says which it measured. */
function suiteOf(name: string, works: readonly string[], measured: string[] = []): Suite {
  return {
    name,
    question: "",
    run(run) {
      const wanted = works.filter((work) => run.wants(name, work));
      measured.push(...wanted.map((work) => `${name}/${work}`));
      const rows = wanted.map((work) => makeRow({ suite: name, work }));
      return Promise.resolve({ rows, skips: [], versions: {} });
    },
  };
}

function failing(name: string): Suite {
  return {
    name,
    question: "",
    run(run) {
      run.wants(name, "work");
      return Promise.reject(new Error("no luck"));
    },
  };
}

Deno.test("runSuites() hands out the result after each suite that measured something", async () => {
  const saved: Result[] = [];
  const save = (result: Result) => Promise.resolve(void saved.push(structuredClone(result)));
  const suites = [suiteOf("micro", ["a", "b"]), suiteOf("merge", []), suiteOf("memory", ["c"])];
  const result = await runSuites(suites, SELECTION, { save, place: PLACE });
  assertEquals(saved.map(({ rows }) => rows.map(({ work }) => work)), [["a", "b"], ["a", "b", "c"]]);
  assertEquals(result.parts.map(({ works }) => works), [["micro/a", "micro/b", "memory/c"]]);
  assertEquals(result.command, "deno task bench --runtimes deno --rounds 3");
});

Deno.test("runSuites() goes on with a result: measures what it lacks, and what failed in it", async () => {
  const first = await runSuites(
    [suiteOf("micro", ["a"]), failing("merge"), suiteOf("memory", ["c"])],
    { ...SELECTION, patterns: ["micro", "merge"] },
    { place: PLACE },
  );
  assertEquals(first.skips.map(({ suite, failed }) => ({ suite, failed })), [{
    suite: "merge",
    failed: true,
  }]);
  const measured: string[] = [];
  const suites = [
    suiteOf("micro", ["a"], measured),
    suiteOf("merge", ["b"], measured),
    suiteOf("memory", ["c"], measured),
  ];
  const whole = await runSuites(suites, SELECTION, { before: first, place: PLACE });
  assertEquals(measured, ["merge/b", "memory/c"]);
  assertEquals(whole.parts.map(({ works }) => works), [["micro/a"], ["merge/b", "memory/c"]]);
  assertEquals(whole.rows.map(({ work }) => work), ["a", "b", "c"]);
  assertEquals([whole.skips, whole.date, whole.patterns], [[], first.date, []]);
});

Deno.test("runSuites() names the command that measures all parts at once", async () => {
  const suites = [suiteOf("micro", ["a"]), suiteOf("memory", ["c"])];
  const selection = { ...SELECTION, runtimes: [], rounds: 15 };
  const options = { place: PLACE };
  const before = await runSuites(suites, { ...selection, patterns: ["micro/a"] }, options);
  assertEquals(before.command, "deno task bench micro/a");
  const some = await runSuites(suites, { ...selection, patterns: ["memory"] }, { before, ...options });
  assertEquals(some.command, "deno task bench micro/a memory");
  const subjects = ["promslab", "prom-client cluster"];
  const two = await runSuites(suites, { ...selection, subjects }, options);
  assertEquals(two.command, 'deno task bench --subjects "promslab,prom-client cluster"');
  const all = await runSuites(suites, { ...selection, patterns: ["micro", "memory"] }, options);
  assertEquals(all.command, "deno task bench");
});

Deno.test("runSuites() goes on only on the same machine and commit, without changed files", async () => {
  const before = makeResult([], PLACE);
  const resumed = (place: typeof PLACE) => runSuites([], SELECTION, { before, place });
  await assertRejects(
    () => resumed({ machine, commit: "abd" }),
    TypeError,
    "it is of abc, the sources are abd",
  );
  await assertRejects(
    () => resumed({ machine: { ...machine, cores: 3 }, commit: "abc" }),
    TypeError,
    "this machine is",
  );
  const changed = { machine, commit: "abc+" };
  await assertRejects(
    () => runSuites([], SELECTION, { before: { ...before, commit: "abc+" }, place: changed }),
    TypeError,
    "there are changed files",
  );
});
