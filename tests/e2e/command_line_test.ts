/**
 * The commands as a person types them: one clear line for each mistake, and the right exit code.
 */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { ROOT, runCommand } from "../_support/command.ts";
import { waitFor } from "../_support/wait_for.ts";

/** Runs the command line to its end. */
async function run(args: string[], env: Record<string, string> = {}) {
  const { code, stdout, stderr } = await runCommand({
    command: ["deno", "run", "-A", "src/cli/main.ts", ...args],
    env,
  });
  return { code, stdout, stderr: stderr.trimEnd() };
}

const FREE = ["--port", "0", "--admin-port", "0"];

Deno.test("mistakes are one line on stderr, and exit code 2 for what was told, 1 for what it met", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/empty.ts`, "export const x = 1;\n");
  await Deno.writeTextFile(`${folder}/broken.json`, "{");
  const mistakes: { args: string[]; code: number; line: RegExp; env?: Record<string, string> }[] = [
    { args: ["server", "--wrokers", "2"], code: 2, line: /Unknown flag "--wrokers"/ },
    { args: ["server", "extra"], code: 2, line: /Unknown argument "extra"/ },
    { args: ["serve"], code: 2, line: /wants the module to serve/ },
    { args: ["sevre"], code: 2, line: /Unknown command "sevre"/ },
    { args: ["server", "--port"], code: 2, line: /Flag "--port" wants a value/ },
    { args: ["server", "--workers", "0"], code: 2, line: /Cannot use --workers "0": wanted a whole number/ },
    {
      args: ["server"],
      env: { PROMSLAB_WORKERS: "many" },
      code: 2,
      line: /Cannot use PROMSLAB_WORKERS "many": wanted a number/,
    },
    {
      args: ["serve", `${folder}/none.ts`],
      code: 1,
      line: /Cannot load handler ".*none\.ts": there is no such file/,
    },
    { args: ["serve", `${folder}/empty.ts`, ...FREE], code: 1, line: /found only the named exports x/ },
    {
      args: ["server", "--host", "192.0.2.1"],
      code: 1,
      line: /192\.0\.2\.1.*this machine has no such address/,
    },
    {
      args: ["server", "--host", "192.0.2.1", ...FREE],
      code: 1,
      line: /^promslab: Cannot listen on "192\.0\.2\.1:0": this machine has no such address$/,
    },
    {
      args: ["server", "--config", `${folder}/broken.json`],
      code: 2,
      line: /Cannot read configuration file/,
    },
    { args: ["server", "--config", `${folder}/none.toml`], code: 2, line: /there is no such file/ },
  ];
  try {
    const results = await Promise.all(mistakes.map(({ args, env }) => run(args, env)));
    results.forEach(({ code, stdout, stderr }, i) => {
      const { args, line } = mistakes[i];
      assertEquals(code, mistakes[i].code, `${args.join(" ")}: ${stderr}`);
      assertEquals(stdout, "");
      assertMatch(stderr, line);
      assertEquals(stderr.split("\n").length, 1, stderr);
    });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a port that is taken is named, on the serving side and on the admin side, also by another promslab", async () => {
  await using app = await startApp();
  const serving = await run(["server", "--port", String(app.port), "--admin-port", "0"]);
  assertEquals(serving.code, 1);
  assertEquals(
    serving.stderr,
    `promslab: Cannot listen on "127.0.0.1:${app.port}": the port is taken by another program; --port chooses another`,
  );
  const taken = String(app.adminPort);
  for (
    const [args, env, choice] of [
      [["--admin-port", taken], {}, "--admin-port"],
      [[], { PROMSLAB_ADMIN_PORT: taken }, "PROMSLAB_ADMIN_PORT"],
    ] as const
  ) {
    const admin = await run(["server", "--port", "0", ...args], env);
    assertEquals(admin.code, 1);
    assertEquals(
      admin.stderr,
      `promslab: Cannot listen on "127.0.0.1:${taken}": the port is taken by another program; ${choice} chooses another`,
    );
  }
  const nowhere = await run(["server", "--port", "0", "--admin-port", "0", "--admin-host", "203.0.113.1"]);
  assertMatch(nowhere.stderr, /this machine has no such address; --admin-host chooses another$/);
  assertEquals(await fetch(`${app.url}/`).then((response) => response.text()), "Hello from promslab\n");
});

Deno.test("a module that throws is shown with its stack, then named in one line", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/thrower.ts`, "throw new Error('at the top');\n");
    const { code, stderr } = await run(["serve", `${folder}/thrower.ts`, ...FREE]);
    assertEquals(code, 1);
    assertMatch(stderr, /thrower\.ts:1:7/);
    assertMatch(stderr.split("\n").at(-1)!, /^promslab: Cannot load handler ".*": Error: at the top$/);
    // The end of a thread cuts its imports with null, of which there is nothing to show.
    await Deno.writeTextFile(`${folder}/thrower.ts`, "throw null;\n");
    const nothing = await run(["serve", `${folder}/thrower.ts`, ...FREE]);
    assertMatch(nothing.stderr, /^promslab: Cannot load handler ".*": null$/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("--help lists every flag on stdout", async () => {
  for (const args of [["server", "--help"], ["serve", "-h"]]) {
    const { code, stdout, stderr } = await run(args);
    assertEquals([code, stderr], [0, ""]);
    for (
      const flag of ["workers", "host", "port", "admin-host", "admin-port", "drain-seconds", "config", "help"]
    ) {
      assertStringIncludes(stdout, `--${flag}`);
    }
    assertStringIncludes(stdout, "PROMSLAB_ADMIN_PORT");
  }
});

Deno.test("--version is that of deno.json, with every command", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT)));
  const wanted = `promslab ${version} (deno ${Deno.version.deno})\n`;
  for (const command of [[], ["serve"], ["server"], ["demo"], ["top"], ["check"], ["inspect"]]) {
    assertEquals(await run([...command, "--version"]), { code: 0, stdout: wanted, stderr: "" }, command[0]);
  }
});

Deno.test("flags beat variables, variables beat the file", async () => {
  const path = await Deno.makeTempFile({ suffix: ".toml" });
  try {
    await Deno.writeTextFile(path, 'workers = 4\nmetrics-path = "/from-file"\ndrain-seconds = 1\n');
    await using app = await startApp({
      workers: 2,
      flags: ["--config", path],
      env: { PROMSLAB_WORKERS: "3", PROMSLAB_METRICS_PATH: "/from-variable" },
    });
    assertStringIncludes(app.command.stdout, "(2 workers)");
    const metrics = await fetch(`${app.url}/from-variable`);
    assertMatch(await metrics.text(), /^promslab_workers\{state="live"\} 2$/m);
    app.command.kill("SIGTERM");
    await waitFor(() => app.command.stderr.includes("draining, at most 1 s"), { what: "the drain" });
    await waitFor(() => /drained in \d+\.\d s$/m.test(app.command.stderr), { what: "the end of the drain" });
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("the tasks are the two commands", async () => {
  const tasks = JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))).tasks;
  assertStringIncludes(tasks.server.command, "src/cli/main.ts server");
  assertStringIncludes(tasks.serve.command, "src/cli/main.ts serve");
  await using app = await startApp({ program: ["deno", "run", "-A"], module: "examples/app.ts", workers: 1 });
  const lines = app.command.stdout.trim().split("\n");
  assertEquals(lines.length, 3, "a line for the server, one for the dashboard and one for who sends signals");
  assertStringIncludes(lines[1], "promslab dashboard: http://127.0.0.1:");
  assertEquals(lines[2], `promslab process: ${app.command.pid}`);
  assertStringIncludes(app.command.stdout, "(1 worker)");
});
