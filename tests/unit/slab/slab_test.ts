import { assert, assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { PAGE_BYTES } from "../../../src/layout/cell_page.ts";
import { DIRECTORY_START, HEADER32, LAYOUT_VERSION, MAIN_SLOT } from "../../../src/layout/slab_header.ts";
import {
  createConfinedSlab,
  createPrivateSlab,
  createSlab,
  DEFAULT_SLAB_BYTES,
  MAX_SLAB_BYTES,
  MIN_SLAB_BYTES,
  openSlab,
  Slab,
  SlabError,
} from "../../../src/slab/slab.ts";

Deno.test("createSlab() reserves whole pages of shared memory and says whose they are", () => {
  const buffer = createSlab({ bytes: MIN_SLAB_BYTES + 1, slot: 3, epoch: 7 });
  assertInstanceOf(buffer, SharedArrayBuffer);
  assertEquals(buffer.byteLength, MIN_SLAB_BYTES + PAGE_BYTES);
  const slab = openSlab(buffer);
  assertEquals([slab.slot, slab.epoch], [3, 7]);
  assertEquals(slab.i32[HEADER32.directoryEnd], DIRECTORY_START);
  assertEquals(slab.i32[HEADER32.cellsStart], buffer.byteLength);
});

Deno.test("createSlab() takes 64 MiB for main unless told otherwise", () => {
  const slab = openSlab(createSlab());
  assertEquals([slab.slot, slab.epoch], [MAIN_SLOT, 1]);
  assertEquals(slab.buffer.byteLength, DEFAULT_SLAB_BYTES);
});

Deno.test("createSlab() refuses sizes that are too small, too large or no whole number", () => {
  for (const bytes of [0, -1, MIN_SLAB_BYTES - 1, MAX_SLAB_BYTES + 1, 1e5 + 0.5, NaN]) {
    assertThrows(() => createSlab({ bytes }), RangeError, `Cannot create slab of "${bytes}" bytes: wanted`);
  }
});

Deno.test("createPrivateSlab() cannot be shared", () => {
  const slab = createPrivateSlab(MIN_SLAB_BYTES);
  assertInstanceOf(slab.buffer, ArrayBuffer);
  assertEquals(slab.shareable, false);
});

Deno.test("createConfinedSlab() is confined until its memory is taken, and never again", () => {
  const slab = createConfinedSlab({ bytes: MIN_SLAB_BYTES, slot: 2 });
  assertEquals([slab.shareable, slab.confined, slab.slot, slab.epoch], [true, true, 2, 1]);
  assertEquals(slab.u8.length, MIN_SLAB_BYTES);
  assert(slab.confined, "views and header are looked at by its owner");
  assertStrictEquals(slab.buffer, slab.i32.buffer);
  assertEquals(slab.confined, false);
  assertInstanceOf(openSlab(slab.buffer), Slab);
  assertEquals(slab.confined, false);
});

Deno.test("Slab is confined no more when a message carries it, in whatever", () => {
  const carriers: ((slab: Slab) => unknown)[] = [
    (slab) => slab,
    (slab) => [{ deep: new Map([["slab", slab]]) }],
    (slab) => ({ ...slab }),
  ];
  for (const carry of carriers) {
    const slab = createConfinedSlab({ bytes: MIN_SLAB_BYTES });
    structuredClone(carry(slab));
    assertEquals(slab.confined, false, String(carry));
  }
});

Deno.test("Slab over memory that came from elsewhere is never confined", () => {
  const buffer = createSlab({ bytes: MIN_SLAB_BYTES });
  for (const slab of [openSlab(buffer), new Slab(buffer), createPrivateSlab(MIN_SLAB_BYTES)]) {
    assertEquals(slab.confined, false);
  }
});

Deno.test("no module takes a slab's memory from its views, which nobody would notice", async () => {
  const root = new URL("../../../src/", import.meta.url);
  const folders = [root];
  let modules = 0;
  for (const folder of folders) {
    for await (const { name, isDirectory } of Deno.readDir(folder)) {
      if (isDirectory) folders.push(new URL(`${name}/`, folder));
      if (!name.endsWith(".ts")) continue;
      modules++;
      const text = await Deno.readTextFile(new URL(name, folder));
      const found = /\b(?:i32|f64|u8)\.buffer\b/.exec(text);
      assertEquals(found, null, `${folder.pathname}${name}: take the slab's own buffer`);
    }
  }
  assert(modules > 100);
});

Deno.test("case 54: openSlab() refuses what is no slab, and says why", () => {
  const refused = (bytes: number, change: (i32: Int32Array) => void) => {
    const buffer = createSlab({ bytes });
    change(new Int32Array(buffer));
    return assertThrows(() => openSlab(buffer), SlabError);
  };
  const wrongMagic = refused(MIN_SLAB_BYTES, (i32) => i32[HEADER32.magic] = 0x1234);
  assertEquals(wrongMagic.message, "Cannot open slab: wanted magic 51ab51ab, found 1234");
  assertEquals(wrongMagic.code, "BAD_SLAB");
  const wrongVersion = refused(MIN_SLAB_BYTES, (i32) => i32[HEADER32.version] = 99);
  assertEquals(wrongVersion.code, "LAYOUT_VERSION");
  assertEquals(
    wrongVersion.message,
    `Cannot open slab: it has layout version 99, this library reads version ${LAYOUT_VERSION}`,
  );
  const wrongSize = refused(MIN_SLAB_BYTES, (i32) => i32[HEADER32.slabBytes] = MIN_SLAB_BYTES * 2);
  assertEquals(wrongSize.message, "Cannot open slab: its header says 32768 bytes, the buffer has 16384");
  for (const bytes of [0, 100, PAGE_BYTES, MIN_SLAB_BYTES + 8]) {
    assertThrows(
      () => openSlab(new SharedArrayBuffer(bytes)),
      SlabError,
      `Cannot open slab of ${bytes} bytes`,
    );
  }
});
