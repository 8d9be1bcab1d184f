/** Every ordering claim in the sources is in the document, with a race. */
import { assert, assertEquals } from "@std/assert";
import type { Race } from "../litmus/_race.ts";

const root = new URL("../../", import.meta.url);
const text = await Deno.readTextFile(new URL("docs/internals/memory_model.md", root));

/** The races that the document links, by the name that the claims give them. */
const links = new Map(
  [...text.matchAll(/\[([a-z ]+)\]\(\.\.\/\.\.\/(tests\/litmus\/\w+\.ts)\)/g)].map((
    [, name, file],
  ) => [name, file]),
);

Deno.test("docs/internals/memory_model.md links the race of every claim in src/slab", async () => {
  const claims = new Set<string>();
  for await (const { name } of Deno.readDir(new URL("src/slab/", root))) {
    const source = await Deno.readTextFile(new URL(`src/slab/${name}`, root));
    for (const [, claim] of source.matchAll(/\(litmus: ([a-z ]+)\)/g)) claims.add(claim);
  }
  assert(claims.size > 10);
  for (const claim of claims) assert(links.has(claim), `no race is linked for the claim "${claim}"`);
});

Deno.test("every race that docs/internals/memory_model.md links is there, and has a broken variant", async () => {
  for (const [name, file] of links) {
    const { races } = await import(new URL(file, root).href) as { races: readonly Race[] };
    assert(
      races.some(({ broken }) => broken === true),
      `${name}: the harness is not shown to catch anything`,
    );
    assert(races.some(({ broken }) => broken !== true), `${name}: nothing is claimed`);
  }
  const files = [];
  for await (const { name } of Deno.readDir(new URL("tests/litmus/", root))) {
    if (/^[a-z].*_race\.ts$/.test(name)) files.push(`tests/litmus/${name}`);
  }
  assertEquals([...new Set(links.values())].sort(), files.sort(), "no race without its line in the document");
});
