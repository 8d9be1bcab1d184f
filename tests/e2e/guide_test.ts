// needs: prometheus, npx
/**
 * Pages of the guide, followed word by word in a clone. (Blocks of TypeScript alone run as doc tests.)
 */
import { assert } from "@std/assert";
import { blocksOf, followPage, missingTools } from "../_support/guide_page.ts";
import { ROOT } from "../_support/command.ts";
import { filesUnder } from "../../tools/_run.ts";

for (const page of ["README.md", ...filesUnder("docs/guide", ".md")]) {
  const blocks = blocksOf(Deno.readTextFileSync(new URL(page, ROOT)));
  if (!blocks.some(({ words }) => words.includes("run") || words.includes("start"))) continue;
  const missing = missingTools(blocks);
  Deno.test({
    name: `${page} can be followed${missing.length === 0 ? "" : ` (needs ${missing.join(", ")})`}`,
    ignore: missing.length > 0,
    fn: async () => {
      assert(await followPage(page) > 0);
    },
  });
}
