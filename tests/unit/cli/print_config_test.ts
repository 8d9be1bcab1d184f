import { assertEquals } from "@std/assert";
import { readCommandLine } from "../../../src/cli/command_line.ts";
import { gatherOptions } from "../../../src/cli/gather_options.ts";
import { configText } from "../../../src/cli/print_config.ts";
import { SETTINGS } from "../../../src/cli/settings.ts";

function gather(...args: string[]) {
  return gatherOptions(SETTINGS, { line: readCommandLine(args, SETTINGS), variable: () => undefined });
}

Deno.test("configText() gives what was set and the defaults, names files, and keeps secrets", () => {
  const gathered = gather(
    "--workers=3",
    "--tls-cert=/c.pem",
    "--tls-key=/k.pem",
    "--admin-token=hush-hush",
  );
  const config = JSON.parse(
    configText(SETTINGS, gathered, { workers: 8, port: 8000, tls: { cert: "X", key: "Y" } }),
  );
  assertEquals(config, { "workers": 3, "port": 8000, "tls-cert": "/c.pem", "tls-key": "/k.pem" });
});
