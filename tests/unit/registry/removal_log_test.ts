import { assertEquals, assertLess } from "@std/assert";
import { RemovalLog } from "../../../src/registry/removal_log.ts";
import { createSlab, openSlab } from "../../../src/slab/slab.ts";
import { slabStatus } from "../../../src/slab/slab_status.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";

function setup() {
  const slab = openSlab(createSlab({ bytes: 65536 }));
  return { slab, writer: new SlabWriter(slab), log: new RemovalLog(slab) };
}

const removal = (family: string) => JSON.stringify({ family, labels: {}, reset: false, origin: "0/1" });

Deno.test("RemovalLog hands over each removal once, numbered from 1", () => {
  const { writer, log } = setup();
  const seen: [string, number][] = [];
  const read = () => log.read((removal, number) => seen.push([removal.family, number]));
  read();
  writer.appendRemoval(removal("a"));
  writer.appendRemoval(removal("b"));
  read();
  read();
  writer.appendRemoval(removal("c"));
  read();
  assertEquals(seen, [["a", 1], ["b", 2], ["c", 3]]);
});

Deno.test("RemovalLog hands over what a record carries", () => {
  const { writer, log } = setup();
  const removal = { family: "f", labels: { a: 'é"\\' }, reset: true, origin: "2/7", ask: 3 };
  writer.appendRemoval(JSON.stringify(removal));
  const seen: unknown[] = [];
  log.read((one) => seen.push(one));
  assertEquals(seen, [removal]);
});

Deno.test("RemovalLog reads on in order while records are used anew, and the directory does not grow", () => {
  const { slab, writer, log } = setup();
  const seen: string[] = [];
  for (let k = 0; k < 1000; k++) {
    writer.appendRemoval(removal(`family ${k}`));
    writer.appendRemoval(removal(`family ${k} and more of it`));
    log.read(({ family }) => seen.push(family));
    // What was read a round before is forgotten, so that records of both sizes lie in any order.
    writer.forgetRemovals(2 * k);
  }
  assertEquals(
    seen,
    Array.from({ length: 1000 }, (_, k) => [`family ${k}`, `family ${k} and more of it`]).flat(),
  );
  assertLess(slabStatus(slab).usedBytes, 2000);
});

Deno.test("RemovalLog: who comes late begins with what is not forgotten; passOver() leaves out that too", () => {
  const { slab, writer } = setup();
  for (const family of ["a", "b", "c", "d"]) writer.appendRemoval(removal(family));
  writer.forgetRemovals(2);
  writer.appendRemoval(removal("e"));
  const seen: [string, number][] = [];
  new RemovalLog(slab).read(({ family }, number) => seen.push([family, number]));
  assertEquals(seen, [["c", 3], ["d", 4], ["e", 5]]);
  const late = new RemovalLog(slab);
  assertEquals(late.passOver(), 5);
  writer.appendRemoval(removal("f"));
  const next: [string, number][] = [];
  late.read(({ family }, number) => next.push([family, number]));
  assertEquals(next, [["f", 6]]);
});
