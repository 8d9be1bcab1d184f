/**
 * Makes a release: checks and tests, the version in its files, the changelog's heading, the packages in `dist`.
 * It publishes nothing; its last lines are the commands that do. With `--dry-run` no file of the repository changes.
 *
 * Usage: `deno task release VERSION [--dry-run] [--skip-tests]`
 *
 * @module
 */
import { buildNpm, type NpmPackage } from "./build_npm.ts";
import { DENO, ROOT, run } from "./_run.ts";

/** Where the version stands: file, and what surrounds it. */
const VERSION_PLACES: readonly { readonly file: string; readonly pattern: RegExp }[] = [
  { file: "deno.json", pattern: /(^\s*"version": ")([^"]+)(")/m },
  { file: "package.json", pattern: /(^\s*"version": ")([^"]+)(")/m },
  { file: "src/server/version.ts", pattern: /(VERSION = ")([^"]+)(")/ },
];

/** Numbers with an optional pre-release part, as Semantic Versioning has them. */
const VERSION = /^(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?$/;

const NPM_PACKAGES: readonly NpmPackage[] = ["promslab", "core"];

/**
 * The text of a file with another version.
 *
 * @throws {Error} If the file has none
 */
export function withVersion(text: string, pattern: RegExp, version: string): string {
  if (!pattern.test(text)) throw new Error(`Cannot set version "${version}": the file has none`);
  return text.replace(pattern, `$1${version}$3`);
}

/**
 * Whether a version comes after another one. A pre-release comes before its release; two of one release are compared
 * as text.
 *
 * @throws {RangeError} If one of them is no version
 */
export function isLater(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => {
    const parts = VERSION.exec(text);
    if (parts === null) throw new RangeError(`Cannot compare version "${text}": wanted MAJOR.MINOR.PATCH`);
    return { numbers: parts.slice(1, 4).map(Number), tag: parts[4] ?? "\uffff" };
  });
  for (const [i, number] of a.numbers.entries()) {
    if (number !== b.numbers[i]) return number > b.numbers[i];
  }
  return a.tag > b.tag;
}

/**
 * The changelog with what is unreleased under the version's heading, and an empty heading for what comes next.
 *
 * @param text the changelog
 * @param date the day, as `2026-01-31`
 * @throws {Error} If nothing is unreleased
 */
export function releasedChangelog(text: string, version: string, date: string): string {
  const heading = "## [Unreleased]\n";
  const at = text.indexOf(heading);
  const after = at + heading.length;
  const next = text.indexOf("\n## [", after);
  const entries = text.slice(after, next < 0 ? text.length : next);
  if (at < 0 || !entries.includes("\n- ")) {
    throw new Error(`Cannot release "${version}": CHANGELOG.md has nothing under [Unreleased]`);
  }
  return `${text.slice(0, after)}\n## [${version}] - ${date}\n${text.slice(after)}`;
}

async function main(args: readonly string[]): Promise<number> {
  const [version] = args.filter((arg) => !arg.startsWith("--"));
  const dryRun = args.includes("--dry-run");
  const { version: before } = JSON.parse(await Deno.readTextFile(`${ROOT}/deno.json`));
  if (version === undefined || !VERSION.test(version)) {
    console.error("usage: deno task release MAJOR.MINOR.PATCH [--dry-run] [--skip-tests]");
    return 2;
  }
  if (version !== before && !isLater(version, before)) {
    console.error(`release: Cannot release "${version}": ${before} is later`);
    return 1;
  }
  await step("clean tree", async () => {
    const { stdout } = await run(["git", "status", "--porcelain"]);
    return stdout === "" || dryRun ? "" : `uncommitted changes:\n${stdout}`;
  });
  await step("check", () => command([DENO, "task", "check"]));
  if (!args.includes("--skip-tests")) await step("tests", () => command([DENO, "task", "test"]));
  const today = new Date().toISOString().slice(0, 10);
  await step(`version ${before} -> ${version}`, () => setVersion(version, today, dryRun));
  for (const name of NPM_PACKAGES) await step(`npm package ${name}`, () => packNpm(name));
  await step("JSR package", () => command([DENO, "publish", "--dry-run", "--allow-dirty"]));
  console.log(instructions(version, dryRun));
  return 0;
}

async function setVersion(version: string, date: string, dryRun: boolean): Promise<string> {
  const texts = new Map<string, string>();
  for (const { file, pattern } of VERSION_PLACES) {
    texts.set(file, withVersion(await Deno.readTextFile(`${ROOT}/${file}`), pattern, version));
  }
  const changelog = await Deno.readTextFile(`${ROOT}/CHANGELOG.md`);
  texts.set("CHANGELOG.md", releasedChangelog(changelog, version, date));
  if (!dryRun) { for (const [file, text] of texts) await Deno.writeTextFile(`${ROOT}/${file}`, text); }
  return "";
}

async function packNpm(name: NpmPackage): Promise<string> {
  const folder = `${ROOT}/dist/${name}`;
  await buildNpm(folder, name);
  const { code, stdout, output } = await run(["npm", "pack", "--dry-run", "--json"], { cwd: folder });
  if (code !== 0) return output;
  const [{ unpackedSize, size }] = JSON.parse(stdout);
  console.log(`        ${unpackedSize} bytes, ${size} packed`);
  return "";
}

function instructions(version: string, dryRun: boolean): string {
  const commands = [
    `git commit --all --message "release: ${version}"`,
    `git tag --annotate v${version} --message "promslab ${version}"`,
    "git push --follow-tags",
    "deno publish",
    ...NPM_PACKAGES.map((name) => `npm publish --access public ./dist/${name}`),
  ];
  const intro = dryRun ? "Dry run: no file changed. A release goes on with" : "Ready. To publish";
  return `\n${intro}:\n${commands.map((line) => `  ${line}`).join("\n")}`;
}

/** Runs a step; one that finds something wrong ends the release. */
async function step(name: string, work: () => Promise<string>): Promise<void> {
  const problem = await work().catch((error: Error) => error.message);
  console.log(`${problem === "" ? "ok    " : "FAILED"}  ${name}`);
  if (problem === "") return;
  console.error(problem);
  Deno.exit(1);
}

async function command(words: readonly string[]): Promise<string> {
  const { code, output } = await run(words);
  return code === 0 ? "" : output;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
