/** What the declarations of prom-client and its successor accept, ours accept. */
import { assertEquals } from "@std/assert";
import { ROOT, runCommand } from "../../_support/command.ts";

/** The problems that the type checker finds in a program with a client. */
async function problemsWith(client: string, program: string): Promise<string> {
  const importMap = await Deno.makeTempFile({ suffix: ".json" });
  try {
    await Deno.writeTextFile(importMap, JSON.stringify({ imports: { "client-under-test": client } }));
    const command = ["deno", "check", "--quiet", "--no-config", "--import-map", importMap, program];
    const { code, stdout, stderr } = await runCommand({ command });
    return code === 0 ? "" : stdout + stderr;
  } finally {
    await Deno.remove(importMap);
  }
}

const OURS = new URL("src/compat/mod.ts", ROOT).href;
const PROM_CLIENT = "npm:prom-client@15.1.3";
const SUCCESSOR = "npm:@prometheus-io/client@0.16.1";

for (
  const [program, clients] of [
    ["tests/types/compat_usage.ts", [OURS, PROM_CLIENT, SUCCESSOR]],
    ["tests/types/compat_usage_16.ts", [OURS, SUCCESSOR]],
  ] as const
) {
  for (const client of clients) {
    Deno.test(`the declarations of ${client.replace(/^.*\/src/, "src")} accept ${program}`, async () => {
      assertEquals(await problemsWith(client, program), "");
    });
  }
}
