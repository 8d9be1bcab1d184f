/**
 * The reference says what the definitions say today, and the public interface is documented.
 */
import { assertEquals } from "@std/assert";
import { checkDocs } from "../../tools/check_docs.ts";
import { filesUnder, ROOT } from "../../tools/_run.ts";
import { checkGenerated } from "../../tools/generate.ts";

Deno.test("generated pages are up to date; if not: deno task generate", async () => {
  assertEquals(await checkGenerated("docs/"), []);
});

Deno.test("every export has a docstring, an example, its errors and its units", async () => {
  assertEquals(await checkDocs(), []);
});

Deno.test("docs/README.md leads to every page of guide, reference and internals, and to the list of decisions", async () => {
  const index = await Deno.readTextFile(`${ROOT}/docs/README.md`);
  assertEquals(index.includes("(decisions/README.md)"), true);
  const pages = ["guide", "reference", "internals"].flatMap((folder) => filesUnder(`docs/${folder}`, ".md"));
  assertEquals(pages.length > 20, true);
  assertEquals(pages.filter((page) => !index.includes(`(${page.replace("docs/", "")})`)), []);
});
