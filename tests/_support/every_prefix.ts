/**
 * Write paths that are stopped after every single one of their stores.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { PAGE_BYTES } from "../../src/layout/cell_page.ts";
import { createSlab, openSlab, type Slab } from "../../src/slab/slab.ts";
import { TracedSlab } from "./traced_slab.ts";

/** A write path and how to look at what it leaves. */
export interface Story<Reading> {
  /** Brings a new slab to where the write path begins. */
  prepare?(slab: Slab): void;
  write(slab: Slab): void;
  /** Reads what is there, by the same code as a scrape. */
  read(slab: Slab): Reading;
  /** Other writes that may come next, each by itself, where the writer goes on. */
  readonly next?: readonly ((slab: Slab) => void)[];
  /** Whether a writer that fails on the way loses memory, so that its next write goes elsewhere. */
  readonly loses?: boolean;
}

function begin({ prepare }: Story<unknown>): TracedSlab {
  const traced = new TracedSlab(openSlab(createSlab({ bytes: 8 * PAGE_BYTES })));
  traced.run(() => prepare?.(traced.slab));
  return traced;
}

/** What a reader gets after the write path was run to its end so many times. */
function readingAfter<Reading>(story: Story<Reading>, times: number): Reading {
  const traced = begin(story);
  for (let k = 0; k < times; k++) traced.run(() => story.write(traced.slab));
  return story.read(traced.real);
}

/** What a reader gets after another write, the write path having been run to its end before or not at all. */
function readingAfterNext<Reading>(
  story: Story<Reading>,
  next: (slab: Slab) => void,
  turned: boolean,
): Reading {
  const traced = begin(story);
  traced.run(() => {
    if (turned) story.write(traced.slab);
    next(traced.slab);
  });
  return story.read(traced.real);
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/**
 * Stops a write path after every single store. There is one store at which the reading turns; and a writer that goes
 * on, because it was an exception and not an end, brings the whole of its next write.
 *
 * @returns how many stores the whole write path makes
 */
export function checkEveryPrefix<Reading>(story: Story<Reading>): number {
  const [before, after, twice] = [0, 1, 2].map((times) => readingAfter(story, times));
  assert(!same(before, after), "the write path changes something");
  const whole = begin(story);
  const stores = whole.run(() => story.write(whole.slab));
  let turned = false;
  for (let limit = 0; limit <= stores; limit++) {
    const traced = begin(story);
    assertEquals(traced.run(() => story.write(traced.slab), limit), limit);
    const reading = story.read(traced.real);
    turned ||= limit > 0 && !same(reading, before);
    assertEquals(reading, turned ? after : before, `after ${limit} of ${stores} stores`);
    for (const next of story.next ?? []) {
      const traced = begin(story);
      traced.run(() => story.write(traced.slab), limit);
      traced.run(() => next(traced.slab));
      const wanted = readingAfterNext(story, next, turned);
      assertEquals(story.read(traced.real), wanted, `${next}, after ${limit} of ${stores} stores`);
    }
    if (story.loses) continue;
    traced.run(() => story.write(traced.slab));
    assertEquals(
      story.read(traced.real),
      turned ? twice : after,
      `and then again, after ${limit} of ${stores}`,
    );
  }
  assert(turned);
  return stores;
}
