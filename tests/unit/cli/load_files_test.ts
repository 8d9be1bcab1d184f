import { assertEquals, assertRejects } from "@std/assert";
import { readCommandLine } from "../../../src/cli/command_line.ts";
import { gatherOptions } from "../../../src/cli/gather_options.ts";
import { loadFiles } from "../../../src/cli/load_files.ts";
import { SETTINGS } from "../../../src/cli/settings.ts";
import { SettingError } from "../../../src/cli/usage_error.ts";

function gather(...args: string[]) {
  return gatherOptions(SETTINGS, { line: readCommandLine(args, SETTINGS), variable: () => undefined });
}

Deno.test("loadFiles() puts the text of files in place of their names", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/cert`, "CERT\n");
    await Deno.writeTextFile(`${folder}/key`, "KEY\n");
    await Deno.writeTextFile(`${folder}/token`, "TOKEN\n");
    const flags = [
      "--tls-cert",
      `${folder}/cert`,
      "--tls-key",
      `${folder}/key`,
      "--admin-token-file",
      `${folder}/token`,
    ];
    const { options } = await loadFiles(SETTINGS, gather(...flags, "--port", "1"));
    assertEquals(options, { tls: { cert: "CERT", key: "KEY" }, adminToken: "TOKEN", port: 1 });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadFiles() names the setting whose file is not there", async () => {
  const error = await assertRejects(
    () => loadFiles(SETTINGS, gather("--tls-key", "/none.pem")),
    SettingError,
  );
  assertEquals(error.message, 'Cannot use --tls-key "/none.pem": there is no such file');
});
