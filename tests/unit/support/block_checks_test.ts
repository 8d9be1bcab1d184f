import { assertEquals, assertGreater } from "@std/assert";
import { checkOf, PAGES, problemOf, UNRUN } from "../../_support/block_checks.ts";
import { type Block, blocksOf } from "../../_support/guide_page.ts";

const ROOT = new URL("../../../", import.meta.url);

Deno.test("every code block of the documentation is checked by something", () => {
  const counts: Record<string, number> = {};
  const problems: string[] = [];
  for (const page of PAGES) {
    const blocks = blocksOf(Deno.readTextFileSync(new URL(page, ROOT)));
    for (const at of blocks.keys()) {
      const problem = problemOf({ page, blocks, at });
      if (problem !== undefined) problems.push(`${page}:${blocks[at].line}: ${problem}`);
      const check = checkOf({ page, blocks, at }) ?? "none";
      counts[check] = (counts[check] ?? 0) + 1;
    }
  }
  console.log(`code blocks by check: ${JSON.stringify(counts)}`);
  assertEquals(problems, []);
  assertEquals(counts.unrun, Object.keys(UNRUN).length);
  assertGreater(counts.run + counts.doc + counts.output, 50);
});

function checks(markdown: string, page = "docs/guide/x.md"): (string | undefined)[] {
  const blocks = blocksOf(markdown);
  return blocks.map((_, at) => checkOf({ page, blocks, at }));
}

function problem(markdown: string): string | undefined {
  const blocks: Block[] = blocksOf(markdown);
  return problemOf({ page: "docs/guide/x.md", blocks, at: blocks.length - 1 });
}

function block(head: string, text = "x\n"): string {
  return `\`\`\`${head}\n${text}\`\`\`\n`;
}

Deno.test("checkOf() knows what runs, and that nothing checks a block without a word", () => {
  assertEquals(checks(block("ts")), ["doc"]);
  assertEquals(checks(block("ts ignore")), [undefined]);
  assertEquals(checks(block("sh")), [undefined]);
  assertEquals(checks(block("")), [undefined]);
  assertEquals(checks(block("text output")), [undefined], "of which command?");
  assertEquals(checks(block("sh run") + block("text output")), ["run", "output"]);
  assertEquals(checks(block("ts ignore file=a.ts")), [undefined], "no command names it");
  assertEquals(checks(block("ts ignore file=a.ts") + block("sh start", "deno run a.ts\n")), ["file", "run"]);
  assertEquals(checks(block("yaml promtool=config")), ["file"]);
  assertEquals(checks(block("text"), "docs/internals/slab_layout.md"), ["layouts"]);
});

Deno.test("problemOf() finds excerpts, names, commands and tests that are not there", () => {
  assertEquals(problem(block("yaml excerpt=deno.json", '  "license": "MIT",\n  "links": [\n')), undefined);
  assertEquals(
    problem(block("yaml excerpt=deno.json", '"links": [\n"license": "MIT",\n')),
    "not in deno.json",
  );
  assertEquals(problem(block("text drawing", "| EngineLoop | overview.ts\n")), undefined);
  assertEquals(problem(block("text drawing", "| NoSuchLoop |\n")), "names that are not in src: NoSuchLoop");
  assertEquals(problem(block("sh ci", "npx -y deno@2.9.6 task test\n")), undefined);
  assertEquals(problem(block("sh ci", "deno task rest\n")), "not in .ci/run: deno task rest");
  assertEquals(
    problem(block("sh tested=tests/unit/tidy_test.ts")),
    "tests/unit/tidy_test.ts does not read the page",
  );
  assertEquals(problem(block("sh unrun")), "no reason is given why it does not run");
  assertEquals(problem(block("sh")), "nothing checks it");
});
