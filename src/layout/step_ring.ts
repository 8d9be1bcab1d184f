/**
 * A ring in which several workers put together one observation per step.
 *
 * A head, then a slot for each of the last steps, a power of two of them: step `s` uses slot `s mod slots`.
 *
 * @module
 */
import { defineLayout, toIndex32 } from "./layout.ts";

/** How many workers may contribute to one ring: one bit of an Int32 each, without the sign. */
export const CONTRIBUTORS_MAX = 31;

// <layout:step_ring>
// offset  size  view  field      writer                    ordering                              meaning
// ------  ----  ----  ---------  ------------------------  ------------------------------------  ---------------------------------------------------------------------------------
//      0     4  i32   slotCount  creator                   plain, before the contributors start  number of slots, a power of two
//      4     4  i32   dead       supervisor                Atomics.or                            bits of the contributors that have ended
//      8   124  i32   cells      each contributor its own  Atomics.store                         where contributor 0 to 30 observes: its histogram cell, as an element of its slab
//    132   124  -     reserved   nobody                    zero                                  pad to two cache lines
// total 256 bytes = 4 cache lines
// </layout>

/** Layout of the ring's head. */
export const STEP_RING = defineLayout({
  name: "step_ring",
  title: "Head of a step ring",
  bytes: 256,
  // deno-fmt-ignore
  fields: [
    { field: "slotCount", size: 4, view: "i32", writer: "creator", ordering: "plain, before the contributors start", meaning: "number of slots, a power of two" },
    { field: "dead", size: 4, view: "i32", writer: "supervisor", ordering: "Atomics.or", meaning: "bits of the contributors that have ended" },
    { field: "cells", size: 124, view: "i32", writer: "each contributor its own", ordering: "Atomics.store", meaning: "where contributor 0 to 30 observes: its histogram cell, as an element of its slab" },
    { field: "reserved", size: 124, view: "-", writer: "nobody", ordering: "zero", meaning: "pad to two cache lines" },
  ],
});

// <layout:step_slot>
// offset  size  view  field         writer                             ordering                                                                meaning
// ------  ----  ----  ------------  ---------------------------------  ----------------------------------------------------------------------  -------------------------------------------------------------------------------------------------------------------------------
//      0     4  i32   claim         one contributor or the supervisor  Atomics.compareExchange to claim, Atomics.store AFTER the rest to free  low 6 bits: 0, or 1 + the contributor who observes the step, 32: the supervisor; above: the step divided by the number of slots
//      4     4  i32   sum           contributors; the claimer          Atomics.add BEFORE arrived                                              sum of the contributions so far
//      8     4  i32   participants  contributors; the claimer          Atomics.store BEFORE arrived                                            bits of those who contribute to the step
//     12     4  i32   arrived       contributors; the claimer          Atomics.or                                                              bits of those who have contributed
//     16    16  -     reserved      nobody                             zero                                                                    two slots to a cache line
// total 32 bytes
// </layout>

/** Layout of a slot. */
export const STEP_SLOT = defineLayout({
  name: "step_slot",
  title: "Slot of a step ring",
  bytes: 32,
  // deno-fmt-ignore
  fields: [
    { field: "claim", size: 4, view: "i32", writer: "one contributor or the supervisor", ordering: "Atomics.compareExchange to claim, Atomics.store AFTER the rest to free", meaning: "low 6 bits: 0, or 1 + the contributor who observes the step, 32: the supervisor; above: the step divided by the number of slots" },
    { field: "sum", size: 4, view: "i32", writer: "contributors; the claimer", ordering: "Atomics.add BEFORE arrived", meaning: "sum of the contributions so far" },
    { field: "participants", size: 4, view: "i32", writer: "contributors; the claimer", ordering: "Atomics.store BEFORE arrived", meaning: "bits of those who contribute to the step" },
    { field: "arrived", size: 4, view: "i32", writer: "contributors; the claimer", ordering: "Atomics.or", meaning: "bits of those who have contributed" },
    { field: "reserved", size: 16, view: "-", writer: "nobody", ordering: "zero", meaning: "two slots to a cache line" },
  ],
});

/** Elements of the ring's Int32Array, from its start. */
export const STEP_RING32 = {
  slotCount: toIndex32(STEP_RING.at.slotCount),
  dead: toIndex32(STEP_RING.at.dead),
  cells: toIndex32(STEP_RING.at.cells),
  slots: toIndex32(STEP_RING.bytes),
} as const;

/** Elements of the ring's Int32Array, from a slot's start. */
export const STEP_SLOT32 = {
  claim: toIndex32(STEP_SLOT.at.claim),
  sum: toIndex32(STEP_SLOT.at.sum),
  participants: toIndex32(STEP_SLOT.at.participants),
  arrived: toIndex32(STEP_SLOT.at.arrived),
  size: toIndex32(STEP_SLOT.bytes),
} as const;

/** The low bits of `claim` that name the claimer. */
export const CLAIMER_BITS = 6;

/** The claimer that stands for the supervisor. */
export const SUPERVISOR_CLAIM = CONTRIBUTORS_MAX + 1;
