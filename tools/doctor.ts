/**
 * What this machine offers: versions, cores, memory, optional tools, and which tests they leave out.
 *
 * @module
 */
import { missingTools } from "./_suites.ts";
import { findTool, TOOL_NAMES } from "./_tools.ts";
import { filesUnder, ROOT } from "./_run.ts";

/** Deno that the sources are written for. */
const OLDEST_DENO = "2.9.4";

const rows: [string, string][] = [
  [
    "Deno",
    `${Deno.version.deno}${
      isOlder(Deno.version.deno, OLDEST_DENO) ? `, too old: wanted ${OLDEST_DENO}` : ""
    }`,
  ],
  ["V8, TypeScript", `${Deno.version.v8}, ${Deno.version.typescript}`],
  ["system", `${Deno.build.os} ${Deno.osRelease()}, ${Deno.build.arch}`],
  ["cores", String(navigator.hardwareConcurrency)],
  [
    "memory",
    `${mebibytes(Deno.systemMemoryInfo().total)} MiB, ${
      mebibytes(Deno.systemMemoryInfo().available)
    } available`,
  ],
  ["shared memory", typeof SharedArrayBuffer === "function" ? "yes" : "no: nothing here can run"],
  [
    "reusePort",
    typeof Deno.listenDatagram === "function"
      ? "yes (unstable net is on)"
      : "no: workers listen through node:http",
  ],
];
for (const tool of TOOL_NAMES.map(findTool)) {
  const cure = tool.apt === undefined ? "" : ` (Debian package ${tool.apt})`;
  rows.push([tool.name, tool.found ? tool.version : `not found${cure}`]);
}
const width = Math.max(...rows.map(([name]) => name.length));
for (const [name, value] of rows) console.log(`${name.padEnd(width)}  ${value}`);

const skipped = filesUnder("tests", "_test.ts").flatMap((file) => {
  const missing = missingTools(Deno.readTextFileSync(`${ROOT}/${file}`));
  return missing.length > 0 ? [`${file} (needs ${missing.join(", ")})`] : [];
});
console.log(
  skipped.length === 0
    ? "\nAll tests can run here."
    : `\nTests that are skipped here:\n${skipped.join("\n")}`,
);

/** Whether version `a` comes before version `b`. */
function isOlder(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split(".").map((part) => parseInt(part)));
  const at = left.findIndex((part, i) => part !== right[i]);
  return at >= 0 && left[at] < right[at];
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / 2 ** 20);
}
