import { assertEquals, assertRejects } from "@std/assert";
import { readConfigFile } from "../../../src/cli/config_file.ts";
import { SettingError } from "../../../src/cli/usage_error.ts";

async function withFile(name: string, text: string, use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/${name}`, text);
    await use(`${folder}/${name}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("readConfigFile() reads JSON and TOML", async () => {
  await withFile("a.json", '{"workers": 3, "host": "::1"}', async (path) => {
    assertEquals([...await readConfigFile(path)], [["workers", 3], ["host", "::1"]]);
  });
  await withFile("a.toml", 'workers = 3\nhost = "::1" # here', async (path) => {
    assertEquals([...await readConfigFile(path)], [["workers", 3], ["host", "::1"]]);
  });
});

Deno.test("readConfigFile() says in one line what is wrong with a file", async () => {
  for (
    const [name, text] of [["a.json", "{"], ["a.toml", "workers = = 3"], ["a.json", "[1]"], [
      "a.json",
      "null",
    ]]
  ) {
    await withFile(name, text, async (path) => {
      const error = await assertRejects(() => readConfigFile(path), SettingError, path);
      assertEquals(error.message.includes("\n"), false);
    });
  }
  await assertRejects(() => readConfigFile("/none.json"), SettingError, "there is no such file");
});
