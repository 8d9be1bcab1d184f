import { assertEquals } from "@std/assert";
import { parseRemoval, RemovalLog } from "../../../src/registry/removal_log.ts";
import { createSlab, openSlab } from "../../../src/slab/slab.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";

Deno.test("RemovalLog hands over each removal once, numbered from 1", () => {
  const slab = openSlab(createSlab({ bytes: 65536 }));
  const writer = new SlabWriter(slab);
  const log = new RemovalLog(slab);
  const seen: [string, number][] = [];
  const read = () => log.read((removal, number) => seen.push([removal.family, number]));
  const removal = (family: string) => JSON.stringify({ family, labels: {}, reset: false, origin: "0/1" });
  read();
  writer.appendRemoval(removal("a"));
  writer.appendRemoval(removal("b"));
  read();
  read();
  writer.appendRemoval(removal("c"));
  read();
  assertEquals(seen, [["a", 1], ["b", 2], ["c", 3]]);
});

Deno.test("parseRemoval() reads what a record carries", () => {
  const removal = { family: "f", labels: { a: 'é"\\' }, reset: true, origin: "2/7" };
  assertEquals(parseRemoval(new TextEncoder().encode(JSON.stringify(removal))), removal);
});
