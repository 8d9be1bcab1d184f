/**
 * `--watch`: the workers follow the files, and metrics are defined once however often that happens.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { bun, DENO, node, type Runtime } from "../_support/runtimes.ts";
import { ROOT } from "../_support/command.ts";
import { toFileUrl } from "../_support/file_url.ts";
import { waitFor } from "../_support/wait_for.ts";

function source(version: string, labelNames: string[] = []): string {
  const labels = Object.fromEntries(labelNames.map((name) => [name, "x"]));
  return `import { Counter } from "${new URL("mod.ts", ROOT)}";
import { suffix } from "../lib/suffix.ts";
const seen = new Counter({ name: "app_seen_total", help: "Requests seen.", labelNames: ${
    JSON.stringify(labelNames)
  } });
export default {
  fetch: () => {
    seen.inc(${labelNames.length === 0 ? "" : JSON.stringify(labels)});
    return new Response("${version}" + suffix);
  },
};
`;
}

const RUNTIMES: [string, () => Promise<Runtime>][] = [
  ["Deno", () => Promise.resolve(DENO)],
  ["Bun", bun],
  ["Node", node],
];

for (const [name, find] of RUNTIMES) {
  Deno.test(`${name}: --watch follows the handler and what it imports, and outlives mistakes`, async () => {
    const folder = await Deno.makeTempDir();
    const write = (path: string, text: string) => Deno.writeTextFile(`${folder}/${path}`, text);
    try {
      await Deno.mkdir(`${folder}/app`);
      await Deno.mkdir(`${folder}/lib`);
      await write("lib/suffix.ts", 'export const suffix: string = ".1";\n');
      await write("app/app.ts", source("one"));
      await using app = await startApp({
        program: (await find()).program,
        module: toFileUrl(`${folder}/app/app.ts`).href,
        workers: 2,
        flags: ["--watch"],
        deadlineMs: 60_000,
      });
      let asked = 0;
      const answers = async () => {
        const found = new Set<string>();
        for (let i = 0; i < 12; i++) {
          const response = await fetch(app.url, { headers: { connection: "close" } });
          found.add(await response.text());
          asked++;
        }
        return [...found].join(" ");
      };
      // Not a failed connection: those of the workers that go are told to close, or end before they are counted.
      const becomes = async (wanted: string) => {
        await waitFor(async () => await answers() === wanted, { what: `only ${wanted}`, deadlineMs: 30_000 });
      };
      assertEquals(await answers(), "one.1");
      await write("app/app.ts", source("two"));
      await becomes("two.1");
      assertMatch(app.command.stderr, /^promslab: app\.ts changed: replacing all workers/m);
      await write("lib/suffix.ts", 'export const suffix: string = ".2";\n');
      await becomes("two.2");
      assertMatch(app.command.stderr, /^promslab: \/.*\/lib\/suffix\.ts changed: replacing all workers/m);

      await write("app/app.ts", "export default {};\n");
      await waitFor(() => /not all workers are replaced: Cannot use handler/.test(app.command.stderr), {
        what: "the refusal",
      });
      assertEquals(await answers(), "two.2", "the old workers go on");
      await write("app/app.ts", source("three"));
      await becomes("three.2");

      await waitFor(
        async () => (await app.scrape()).sum("promslab_worker_restarts_total", 'reason="rolling"') === 6,
        { what: "the last replacement to be counted" },
      );
      const text = await (await fetch(`${app.adminUrl}/metrics`)).text();
      assertEquals(text.match(/^# TYPE app_seen_total counter$/gm)?.length, 1);
      const scrape = await app.scrape();
      assertEquals(scrape.sum("app_seen_total"), asked);
      assertEquals(scrape.sum("http_requests_total"), asked);

      // A definition that changes begins anew, as soon as the last worker that has the old one is gone.
      await write("app/app.ts", source("four", ["kind"]));
      await becomes("four.2");
      const counted = async () => (await app.scrape()).sum("app_seen_total", 'kind="x"');
      await waitFor(async () => await counted() > 0, { what: "the new definition", deadlineMs: 30_000 });
      const before = await counted();
      await answers();
      assertEquals(await counted(), before + 12);
      assertEquals((await app.command.stop()).code, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}
