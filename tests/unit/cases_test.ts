/** The table of cases names tests that exist. */
import { assert, assertEquals } from "@std/assert";

const root = new URL("../../", import.meta.url);
const text = await Deno.readTextFile(new URL("docs/internals/cases.md", root));
const rows = text.split("\n").filter((line) => /^\|\s+\d+ \|/.test(line)).map((line) => {
  const [number, , name, link] = line.split("|").slice(1, -1).map((cell) => cell.trim());
  return { number: Number(number), name: name.slice(1, -1), file: /\[(.*)\]/.exec(link)![1] };
});

Deno.test("docs/internals/cases.md has each of the 62 cases once", () => {
  assertEquals(rows.map(({ number }) => number), Array.from({ length: 62 }, (_, k) => k + 1));
});

Deno.test("docs/internals/cases.md names tests that are where it says, and that name their case", async () => {
  for (const { number, name, file } of rows) {
    const source = await Deno.readTextFile(new URL(file, root));
    const quoted = ['"', "`"].some((quote) => source.includes(`${quote}${name}`));
    assert(quoted, `case ${number}: "${name}" is not in ${file}`);
    const numbers = [...name.matchAll(/case (\d+|\$\{number\})/g)].map((match) => match[1]);
    assert(numbers.includes(String(number)) || numbers.includes("${number}"), `case ${number}: "${name}"`);
    if (numbers.includes("${number}")) assert(source.includes(`  [${number}, `), `case ${number} in ${file}`);
  }
});
