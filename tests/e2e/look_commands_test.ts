// needs: python3
/**
 * The commands that look at servers, against real ones and against malformed metrics.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { startApp } from "../_support/app_server.ts";
import { ROOT, runCommand, startCommand } from "../_support/command.ts";
import { requestMany } from "../_support/request_many.ts";
import { waitFor } from "../_support/wait_for.ts";

const CLI = ["deno", "run", "-A", "src/cli/main.ts"];

function run(...args: string[]) {
  return runCommand({ command: [...CLI, ...args] });
}

const FILES = {
  "good.txt": "# HELP a_total A.\n# TYPE a_total counter\na_total 1\n",
  "good.om": "# TYPE a counter\n# HELP a A.\na_total 1.0\n# EOF\n",
  "style.txt": "a_total 1\n",
  "torn.txt": '# HELP w_seconds W.\n# TYPE w_seconds histogram\nw_seconds_bucket{le="1"} 3\n' +
    'w_seconds_bucket{le="+Inf"} 2\nw_seconds_sum 1\nw_seconds_count 5\n',
  "cut.om": "# TYPE a counter\n# HELP a A.\na_total 1.0\n",
  "twice.txt": '# HELP b B.\n# TYPE b gauge\nb{x="1"} 1\nb{x="1"} 2\n',
  "noise.txt": "<html>\n",
} as const;

Deno.test("check finds what is malformed, by line, and its exit code tells", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(FILES)) await Deno.writeTextFile(`${folder}/${name}`, text);
    const cases: [string[], number, RegExp][] = [
      [["good.txt"], 0, /good\.txt: text format, 1 family, 1 sample: nothing to object to\n$/],
      [["good.om"], 0, /good\.om: OpenMetrics, 1 family/],
      [["style.txt"], 1, /style\.txt:1: style: Family "a_total": .* \(no-help\)\n/],
      [["style.txt", "--no-style"], 0, /nothing to object to/],
      [
        ["torn.txt"],
        1,
        /torn\.txt:4: error: .*\(not-cumulative\)\n.*torn\.txt:6: error: .*\(count-mismatch\)\n/,
      ],
      [["cut.om", "--format", "openmetrics"], 1, /cut\.om:3: error: .*\(missing-eof\)/],
      [["twice.txt"], 1, /twice\.txt:4: error: .*same labels as in line 3 \(duplicate-series\)/],
      [["noise.txt"], 1, /noise\.txt:1: error: /],
    ];
    for (const [[file, ...flags], code, output] of cases) {
      const result = await run("check", `${folder}/${file}`, ...flags);
      assertEquals(result.code, code, file + result.stderr);
      assertMatch(result.stdout, output);
    }
    const json = JSON.parse((await run("check", `${folder}/twice.txt`, "--json")).stdout);
    assertEquals([json.dialect, json.families, json.samples], ["text", 1, 2]);
    assertEquals(
      json.findings.map(({ line, severity, code }: Record<string, unknown>) => [line, severity, code]),
      [
        [4, "error", "duplicate-series"],
      ],
    );
    // A name of a file goes before what may be the name of a server.
    await Deno.writeTextFile(`${folder}/localhost:1`, FILES["good.txt"]);
    const main = new URL("src/cli/main.ts", ROOT).href;
    const named = await runCommand({
      command: ["deno", "run", "-A", main, "check", "localhost:1"],
      cwd: folder,
    });
    assertEquals([named.code, named.stderr], [0, ""]);
    const none = await run("check", `${folder}/none.txt`);
    assertEquals(none.code, 2);
    assertMatch(
      none.stderr,
      /^promslab: Cannot read ".*none\.txt": there is no such file \(a server is http:\/\/HOST:PORT\)\n$/,
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("check, top and inspect agree with a real server in both formats", async () => {
  await using app = await startApp({ workers: 2 });
  await requestMany({ url: () => `${app.url}/users/bob`, total: 300 });
  for (const format of ["text", "openmetrics"]) {
    const { code, stdout } = await run("check", `${app.adminUrl}/metrics`, "--format", format, "--no-style");
    assertEquals(code, 0, stdout);
  }
  // A URL without a path means /metrics, and a server can be named as Prometheus' configuration does.
  for (const target of [app.adminUrl, `127.0.0.1:${app.adminPort}`, `localhost:${app.adminPort}/metrics`]) {
    const { code, stdout, stderr } = await run("check", target, "--no-style");
    assertEquals(code, 0, stdout + stderr);
    assertMatch(stdout, / families, \d+ samples: nothing to object to\n$/);
  }
  const top = await run("top", app.adminUrl);
  assertEquals(top.code, 0, top.stderr);
  assertMatch(top.stdout, /^Requests +0\/s +300 in all$/m);
  assertMatch(top.stdout, /^GET +\/users\/:name +0\/s .* 300$/m);
  assertEquals(top.stdout.includes("\x1b"), false, "a pipe has no colours");

  const inspect = await run("inspect", app.adminUrl, "--families", "100");
  assertEquals(inspect.code, 0, inspect.stderr);
  const own = [...inspect.stdout.matchAll(/^ +http_requests_total +counter .* (\d+)$/gm)].map(([, part]) =>
    Number(part)
  );
  assertEquals(own.reduce((sum, part) => sum + part, 0), 300, "the slabs' own parts are the whole");
  const one = await run("inspect", app.adminUrl, "--slot", "1", "--json");
  assertEquals(JSON.parse(one.stdout).map(({ slot }: { slot: number }) => slot), [1]);
});

Deno.test("top and inspect say in one line why they cannot look, and end with 2", async () => {
  await using app = await startApp({ workers: 1, env: { PROMSLAB_ADMIN_TOKEN: "a-token-of-the-test" } });
  const refused = { hostname: "127.0.0.1", port: 0 };
  const listener = Deno.listen(refused);
  const { port } = listener.addr;
  listener.close();
  const cases: [string[], RegExp][] = [
    [["top", app.adminUrl], /answered 401, --token shows one$/],
    [["inspect", app.adminUrl], /answered 401, --token shows one$/],
    [["top", `127.0.0.1:${port}`], /Cannot read http:\/\/127\.0\.0\.1:\d+\/metrics: /],
    [["inspect", "ftp://x"], /wanted a URL such as/],
    [["inspect", app.url], /answered 404$|not the admin port of promslab$/],
    [["top", app.adminUrl, "--interval", "never"], /Cannot use --interval "never"/],
  ];
  for (const [args, line] of cases) {
    const { code, stdout, stderr } = await run(...args);
    assertEquals([code, stdout], [2, ""], args.join(" "));
    assertMatch(stderr.trimEnd(), line);
    assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  }
  const { code } = await run("inspect", app.adminUrl, "--token", "a-token-of-the-test");
  assertEquals(code, 0);
});

Deno.test("top draws on a terminal's second screen until somebody presses q", async () => {
  await using app = await startApp({ workers: 1 });
  await using top = await startCommand({
    command: [
      "python3",
      "tests/_support/in_terminal.py",
      Deno.execPath(),
      ...CLI.slice(1),
      "top",
      app.adminUrl,
    ],
  });
  const seen = await waitFor(() => top.ending && top.stdout, { what: "the end of top", deadlineMs: 40_000 });
  assertEquals(top.ending?.code, 0, top.stderr);
  assertStringIncludes(seen, "\x1b[?1049h", "it takes the second screen");
  assert(seen.trimEnd().endsWith("\x1b[?1049l"), "it gives the first screen back");
  assertMatch(seen, /promslab top http/);
  assertStringIncludes(top.stderr, "widest line 60 of 60", "it follows the size of the window");
});
