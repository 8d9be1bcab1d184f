// needs: promtool
/**
 * Prometheus' own tool judges the rules, and plays the example of every alert.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { findTool } from "../../tools/_tools.ts";
import { familyGroups } from "../../tools/family_catalog.ts";
import { ruleGroups } from "../../tools/operate/rules.ts";
import { ROOT, runCommand } from "../_support/command.ts";

const FOLDER = new URL("deploy/prometheus/", ROOT);

async function promtool(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand({
    command: [findTool("promtool").path, ...args],
    cwd: FOLDER,
    deadlineMs: 120_000,
  });
  assertEquals(code, 0, stdout + stderr);
  return stdout + stderr;
}

Deno.test("promtool reads all rules", async () => {
  const rules = ruleGroups(await familyGroups());
  const counts = [
    ["recording_rules.yml", rules.flatMap(({ recording }) => recording).length],
    ["alert_rules.yml", rules.flatMap(({ alerts }) => alerts).length],
  ] as const;
  for (const [file, count] of counts) {
    assert(count > 0);
    assertMatch(await promtool("check", "rules", file), new RegExp(`SUCCESS: ${count} rules found`));
  }
});

Deno.test("every alert fires in one example and is quiet in another", async () => {
  assertMatch(await promtool("test", "rules", "rules_test.yml"), /SUCCESS/);
  const text = await Deno.readTextFile(new URL("rules_test.yml", FOLDER));
  for (const { alert } of ruleGroups(await familyGroups()).flatMap(({ alerts }) => alerts)) {
    for (const how of ["fires", "is quiet"]) {
      assert(text.includes(`name: ${alert} ${how}`), `${alert} ${how}`);
    }
  }
});

Deno.test("the example of an alert fails with another threshold", async () => {
  const folder = await Deno.makeTempDir();
  try {
    for (const file of ["recording_rules.yml", "rules_test.yml"]) {
      await Deno.copyFile(new URL(file, FOLDER), `${folder}/${file}`);
    }
    const alerts = await Deno.readTextFile(new URL("alert_rules.yml", FOLDER));
    await Deno.writeTextFile(
      `${folder}/alert_rules.yml`,
      alerts.replace("waiting:sum > 100", "waiting:sum > 1000"),
    );
    const { code } = await runCommand({
      command: [findTool("promtool").path, "test", "rules", "rules_test.yml"],
      cwd: folder,
      deadlineMs: 120_000,
    });
    assertEquals(code, 1);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
