import { assertEquals, assertRejects } from "@std/assert";
import { CHECK } from "../../../src/cli/check_command.ts";
import { TargetError, UsageError } from "../../../src/cli/usage_error.ts";

/** What the command prints of a text, and with what it ends. */
async function check(text: string, flags: Record<string, string> = {}) {
  const file = await Deno.makeTempFile();
  const lines: string[] = [];
  const log = console.log;
  console.log = (line: string) => void lines.push(line.replaceAll(file, "FILE"));
  try {
    await Deno.writeTextFile(file, text);
    const code = await CHECK.run({ target: file, values: new Map(Object.entries(flags)) });
    return { code, lines };
  } finally {
    console.log = log;
    await Deno.remove(file);
  }
}

const GOOD = "# HELP a_total A.\n# TYPE a_total counter\na_total 1\n";

Deno.test("check says so if there is nothing to object to", async () => {
  assertEquals(await check(GOOD), {
    code: 0,
    lines: ["FILE: text format, 1 family, 1 sample: nothing to object to"],
  });
  const openMetrics = "# TYPE a counter\n# HELP a A.\na_total 1.0\n# EOF\n";
  assertEquals((await check(openMetrics)).lines, [
    "FILE: OpenMetrics, 1 family, 1 sample: nothing to object to",
  ]);
});

Deno.test("check has a line for each finding, with place, severity and code, and ends with 1", async () => {
  const { code, lines } = await check(`${GOOD}b_total 1\nb_total 2\n`);
  assertEquals(code, 1);
  assertEquals(
    lines.slice(0, -1).every((line) => /^FILE:\d+: (error|style): .* \([a-z-]+\)$/.test(line)),
    true,
  );
  assertEquals(lines.at(-1), "FILE: text format, 2 families, 3 samples: 1 error, 1 of style");
  assertEquals((await check("b_total 1\n", { "no-style": "" })).code, 0);
});

Deno.test("check --json is one object", async () => {
  const { code, lines } = await check("b_total 1\n", { json: "" });
  assertEquals([code, lines.length], [1, 1]);
  const { target, dialect, families, samples, findings } = JSON.parse(lines[0]);
  assertEquals([target, dialect, families, samples], ["FILE", "text", 1, 1]);
  assertEquals(findings.map(({ line, severity, code }: Record<string, unknown>) => [line, severity, code]), [
    [1, "style", "no-help"],
  ]);
});

Deno.test("check refuses a format that it does not know, and a target that is not there", async () => {
  await assertRejects(
    () => check(GOOD, { format: "protobuf" }),
    UsageError,
    'Cannot use --format "protobuf"',
  );
  const target = "/no/such/file";
  await assertRejects(() => CHECK.run({ target, values: new Map() }), TargetError, "there is no such file");
});
