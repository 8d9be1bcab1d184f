/**
 * The first minutes of a newcomer: the commands of the README, as they stand there.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { ROOT, startCommand } from "../_support/command.ts";

const READY = /promslab ready: (http:\S+) \((\d+) workers?\), metrics (http:\S+)\n/;
const ANY_PORTS = ["--port", "0", "--admin-port", "0"];

/** Names of the packages below a cache folder of Deno: scopes are folders of their own. */
function cachedPackages(denoDir: string): string[] {
  const names: string[] = [];
  const npm = `${denoDir}/npm`;
  const list = (path: string) => {
    try {
      return [...Deno.readDirSync(path)].filter((entry) => entry.isDirectory).map((entry) => entry.name);
    } catch {
      return [];
    }
  };
  for (const host of list(npm)) {
    for (const name of list(`${npm}/${host}`)) {
      const members = name.startsWith("@")
        ? list(`${npm}/${host}/${name}`).map((part) => `${name}/${part}`)
        : [name];
      names.push(...members);
    }
  }
  return names.sort();
}

Deno.test("deno run server on an empty DENO_DIR downloads run-time packages only", async () => {
  const denoDir = await Deno.makeTempDir();
  try {
    await using server = await startCommand({
      command: ["deno", "run", "server", ...ANY_PORTS],
      ready: READY,
      deadlineMs: 120_000,
      env: { DENO_DIR: denoDir },
    });
    assert(server.ready !== undefined);
    const { dependencies } = JSON.parse(await Deno.readTextFile(new URL("package.json", ROOT)));
    assertEquals(cachedPackages(denoDir), Object.keys(dependencies).sort());
    assertEquals((await server.stop()).code, 0);
  } finally {
    await Deno.remove(denoDir, { recursive: true });
  }
});

Deno.test("the README's application is served and counted by the README's command", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", ROOT));
  const [, source] = /```ts ignore[^\n]*\n(\/\/ app\.ts\n[\s\S]*?)```/.exec(readme)!;
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/app.ts`, source);
    await using server = await startCommand({
      command: ["deno", "task", "serve", `${folder}/app.ts`, "--workers", "2", ...ANY_PORTS],
      ready: READY,
      deadlineMs: 60_000,
    });
    const [, url, workers, metrics] = server.ready!;
    assertEquals(workers, "2");
    for (let i = 0; i < 20; i++) {
      const response = await fetch(`${url}/?kind=mail`);
      assertEquals(await response.text(), "done\n");
    }
    for (const address of [metrics, `${url}/metrics`]) {
      const text = await (await fetch(address)).text();
      assertMatch(text, /^jobs_total\{kind="mail"\} 20$/m);
      assertMatch(text, /^http_requests_total\{method="GET",route="\/jobs\/:kind",status="200"\} 20$/m);
    }
    assertEquals((await server.stop()).code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
