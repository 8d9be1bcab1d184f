// needs: prometheus, promtool, npx
/**
 * Pages of the documentation, followed word by word in a clone. (Blocks of TypeScript alone run as doc tests.)
 */
import { assert } from "@std/assert";
import { checkOf, PAGES } from "../_support/block_checks.ts";
import { blocksOf, followPage, missingTools } from "../_support/guide_page.ts";
import { ROOT } from "../_support/command.ts";

for (const page of PAGES) {
  const blocks = blocksOf(Deno.readTextFileSync(new URL(page, ROOT)));
  if (!blocks.some((_, at) => ["run", "file"].includes(checkOf({ page, blocks, at }) ?? ""))) continue;
  const missing = missingTools(blocks);
  Deno.test({
    name: `${page} can be followed${missing.length === 0 ? "" : ` (needs ${missing.join(", ")})`}`,
    ignore: missing.length > 0,
    fn: async () => {
      assert(await followPage(page) > 0);
    },
  });
}
