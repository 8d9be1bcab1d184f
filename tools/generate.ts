/**
 * Writes what is generated from the definitions: dashboards, rules, reference pages. Usage: `deno task generate
 * [--check]`; with `--check` nothing is written, and files that are not up to date are named.
 *
 * @module
 */
import { familyGroups } from "./family_catalog.ts";
import { grafanaJson } from "./operate/grafana.ts";
import { dashboards } from "./operate/panels.ts";
import { alertRulesYaml, recordingRulesYaml, ruleTestsYaml } from "./operate/rule_files.ts";
import { ruleGroups } from "./operate/rules.ts";
import { referencePages } from "./reference/pages.ts";
import { DENO, filesUnder, ROOT, run } from "./_run.ts";

/** All generated files, by path from the root. */
export async function generatedFiles(): Promise<Map<string, string>> {
  const groups = await familyGroups();
  const rules = ruleGroups(groups);
  const files = new Map<string, string>();
  for (const dashboard of dashboards(groups)) {
    files.set(`deploy/grafana/dashboards/${dashboard.id}.json`, grafanaJson(dashboard));
  }
  files.set("deploy/prometheus/recording_rules.yml", recordingRulesYaml(rules));
  files.set("deploy/prometheus/alert_rules.yml", alertRulesYaml(rules));
  files.set("deploy/prometheus/rules_test.yml", ruleTestsYaml(rules));
  for (const [name, text] of await referencePages()) files.set(`docs/reference/${name}`, text);
  files.set("docs/decisions/README.md", await decisionsPage());
  return files;
}

/** The list of the decisions, by their titles. */
async function decisionsPage(): Promise<string> {
  const names = filesUnder("docs/decisions", ".md").map((file) => file.replace("docs/decisions/", ""));
  const lines: string[] = [];
  for (const name of names.filter((name) => /^\d/.test(name)).sort()) {
    const text = await Deno.readTextFile(`${ROOT}/docs/decisions/${name}`);
    const [, number, title] = /^# (\d+)\. (.+)$/m.exec(text) ?? [];
    if (Number(number) !== Number(name.slice(0, 4))) {
      throw new Error(
        `Cannot list docs/decisions/${name}: wanted the title "# ${Number(name.slice(0, 4))}. …"`,
      );
    }
    lines.push(`- [${number}: ${title}](${name})`);
  }
  return `# Decisions

Each says what the question was, which ways there were, what was measured, and what would change our mind. Numbers are
given by area: from 1 memory and workers, from 10 serving, from 20 exposition, from 30 the client library and its
packages, from 40 models and the page, from 50 pipelines.

${lines.join("\n")}
`;
}

/** What is not up to date of the files whose path begins so, one line for each. */
export async function checkGenerated(prefix = ""): Promise<string[]> {
  const folder = await Deno.makeTempDir({ prefix: "promslab_generated_" });
  try {
    const stale: string[] = [];
    for (const [file, text] of await write(folder)) {
      if (!file.startsWith(prefix)) continue;
      const found = await Deno.readTextFile(`${ROOT}/${file}`).catch(() => undefined);
      if (found !== text) stale.push(`${file}: ${found === undefined ? "missing" : "not up to date"}`);
    }
    return stale;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes the files below a folder, formats them, and gives their texts. */
async function write(folder: string): Promise<Map<string, string>> {
  const files = await generatedFiles();
  for (const [file, text] of files) {
    await Deno.mkdir(`${folder}/${file.replace(/\/[^/]*$/, "")}`, { recursive: true });
    await Deno.writeTextFile(`${folder}/${file}`, text);
  }
  const paths = [...files.keys()].map((file) => `${folder}/${file}`);
  const { code, output } = await run([DENO, "fmt", "--quiet", "--config", `${ROOT}/deno.json`, ...paths]);
  if (code !== 0) throw new Error(`Cannot format generated files: ${output}`);
  for (const file of files.keys()) files.set(file, await Deno.readTextFile(`${folder}/${file}`));
  return files;
}

if (import.meta.main) {
  if (Deno.args.includes("--check")) {
    const stale = await checkGenerated();
    for (const line of stale) console.log(line);
    Deno.exit(stale.length === 0 ? 0 : 1);
  }
  for (const file of (await write(ROOT)).keys()) console.log(`wrote ${file}`);
}
