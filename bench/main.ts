/**
 * The benches' command: `deno task bench`.
 *
 * @module
 */
import { writeComparison } from "./report/compare.ts";
import { fileStem, plotFile, writeReport } from "./report/markdown.ts";
import { readmeFigures, replaceFigures, type ResultFile } from "./report/readme.ts";
import { parseArguments, USAGE } from "./runner/arguments.ts";
import { BENCH, ROOT } from "./runner/machine.ts";
import { parseResult, type Result, type Selection, stringifyResult } from "./runner/result.ts";
import { runSuites } from "./runner/run.ts";
import { installPackages } from "./runner/runtimes.ts";
import { SUITES } from "./suites.ts";

const NO_FILE = "Cannot read a result: its file is not given (see --help)";
const QUESTIONS = Object.fromEntries(
  SUITES.map(({ name, question }) => [name, question]),
);

try {
  await main(Deno.args);
} catch (error) {
  if (!(error instanceof TypeError || error instanceof Deno.errors.NotFound)) {
    throw error;
  }
  console.error(error.message);
  Deno.exit(2);
}

async function main(words: readonly string[]): Promise<void> {
  if (words.includes("--help")) return console.log(USAGE);
  const [command, ...files] = words;
  switch (command) {
    case "compare":
      return console.log(
        writeComparison(await read(files[0]), await read(files[1])),
      );
    case "report":
      return await saveReport(await read(files[0]), files[0]);
    case "readme":
      return await saveReadme(files);
    default:
      return await runBenches(words);
  }
}

async function read(file: string | undefined): Promise<Result> {
  if (file === undefined) throw new TypeError(NO_FILE);
  return parseResult(await Deno.readTextFile(file));
}

async function runBenches(words: readonly string[]): Promise<void> {
  const quick = Deno.env.get("PROMSLAB_BENCH_QUICK") === "1";
  const { output, resume, ...given } = parseArguments(words, { quick });
  const before = resume === undefined ? undefined : await read(resume);
  await installPackages();
  const selection = { ...given, ...(before && selectionOf(before)), patterns: given.patterns };
  const fileOf = (result: Result) => resume ?? output ?? `${BENCH}results/${fileStem(result)}.json`;
  const result = await runSuites(SUITES, selection, {
    before,
    async save(result) {
      if (output === "none") return;
      const file = fileOf(result);
      await Deno.mkdir(folderOf(file) || ".", { recursive: true });
      // WHY: in one step, so that a run which is broken off now leaves what it had before.
      await Deno.writeTextFile(`${file}.part`, stringifyResult(result));
      await Deno.rename(`${file}.part`, file);
    },
  });
  console.log(writeReport(result, QUESTIONS).markdown);
  // A suite that fails must not pass unseen where nobody reads the report.
  if (result.skips.some(({ failed }) => failed)) Deno.exitCode = 1;
  if (output === "none") return;
  const file = fileOf(result);
  console.log(`Raw samples: ${file}`);
  await saveReport(result, file);
}

function selectionOf({ subjects, runtimes, rounds, quick }: Result): Omit<Selection, "patterns"> {
  return { subjects, runtimes, rounds, quick };
}

/** Writes the report and its plots beside the result. */
async function saveReport(result: Result, file: string): Promise<void> {
  const { markdown, plots } = writeReport(result, QUESTIONS);
  const folder = folderOf(file);
  const report = file.replace(/\.json$/, "") + ".md";
  await Deno.writeTextFile(report, markdown);
  for (const plot of plots) {
    await Deno.writeTextFile(folder + plotFile(result, plot), plot.svg);
  }
  console.log(`Report: ${report}, with ${plots.length} plots`);
}

/** The folder of a file, with the slash at its end; empty for a file of the current folder. */
function folderOf(file: string): string {
  return file.includes("/") ? file.replace(/\/[^/]*$/, "/") : "";
}

async function saveReadme(files: readonly string[]): Promise<void> {
  const readme = `${ROOT}README.md`;
  const root = await Deno.realPath(ROOT) + "/";
  const results: ResultFile[] = [];
  if (files.length === 0) throw new TypeError(NO_FILE);
  for (const file of files) {
    results.push({ result: await read(file), file: (await Deno.realPath(file)).replace(root, "") });
  }
  await Deno.writeTextFile(
    readme,
    replaceFigures(await Deno.readTextFile(readme), readmeFigures(results)),
  );
  console.log(`Figures written to ${readme}`);
}
