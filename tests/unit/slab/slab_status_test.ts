import { assertEquals } from "@std/assert";
import { HEADER32, SLAB_STATE } from "../../../src/layout/slab_header.ts";
import { createSlab, openSlab } from "../../../src/slab/slab.ts";
import { fenceSlab, slabBeat, slabStatus } from "../../../src/slab/slab_status.ts";
import { SlabWriter } from "../../../src/slab/slab_writer.ts";
import { COUNTER_SHAPE } from "../../../src/slab/cell_shape.ts";

Deno.test("slabStatus() tells a new slab's owner and fill", () => {
  const status = slabStatus(openSlab(createSlab({ bytes: 65536, slot: 2, epoch: 5 })));
  assertEquals(status, {
    slot: 2,
    epoch: 5,
    state: SLAB_STATE.NEW,
    beat: 0,
    seriesCount: 0,
    droppedSeries: 0,
    droppedFamilies: 0,
    removalsSeen: 0,
    usedBytes: 384,
    totalBytes: 65536,
  });
});

Deno.test("slabStatus() follows the owner", () => {
  const slab = openSlab(createSlab({ bytes: 65536 }));
  const writer = new SlabWriter(slab);
  writer.appendFamily("{}", { ...COUNTER_SHAPE, payload: new Uint8Array(0) });
  writer.appendSeries({ familyId: 0, payload: new Uint8Array(0), ...COUNTER_SHAPE });
  writer.countDroppedSeries();
  writer.countDroppedFamily();
  writer.beat();
  const status = slabStatus(slab);
  assertEquals([status.state, status.beat, status.seriesCount], [SLAB_STATE.LIVE, 1, 1]);
  assertEquals([status.droppedSeries, status.droppedFamilies], [1, 1]);
  assertEquals(status.usedBytes, 384 + 48 + 40 + 4096);
});

Deno.test("slabStatus() shows beats as a count that does not turn negative", () => {
  const slab = openSlab(createSlab({ bytes: 65536 }));
  slab.i32[HEADER32.beat] = -1;
  assertEquals([slabStatus(slab).beat, slabBeat(slab)], [2 ** 32 - 1, 2 ** 32 - 1]);
});

Deno.test("fenceSlab() sets the word that the owner looks at", () => {
  const slab = openSlab(createSlab({ bytes: 65536 }));
  fenceSlab(slab);
  assertEquals(slab.i32[HEADER32.fence], 1);
});
