/**
 * The command `promslab inspect`.
 *
 * @module
 */
import { formatBytes, formatSeconds, formatShare, formatWhole } from "../dashboard/model/format.ts";
import type { WorkerSlabReport } from "../server/admin_reports.ts";
import { counted } from "./counted.ts";
import { EXIT } from "./exit_codes.ts";
import { ASK_FLAGS, readServer, serverUrl, tokenOf } from "./read_target.ts";
import { textTable } from "./text_table.ts";
import { numberFlag, type Tool, type ToolArguments, type ToolUsage } from "./tool_arguments.ts";
import { TargetError } from "./usage_error.ts";

const USAGE: ToolUsage = {
  line: "promslab inspect [URL] [FLAGS]",
  text:
    `Tells what lies in the memory of a running server: each slab's owner, how far it is filled, and which families take
how much of it. URL is the admin port's (default: http://127.0.0.1:9464).

Ends with 0, or with 2 if the server could not be asked.`,
  target: { name: "URL", fallback: "http://127.0.0.1:9464" },
  flags: [
    { flag: "slot", placeholder: "N", help: "one slot only, -1 for the main thread (default: all)" },
    { flag: "families", placeholder: "N", help: "how many families of each slab, 0 for none (default: 8)" },
    { flag: "json", help: "print what the server answered" },
    ...ASK_FLAGS,
  ],
};

/** The command. */
export const INSPECT: Tool = { usage: USAGE, run: inspect };

async function inspect({ target, values }: ToolArguments): Promise<number> {
  const url = serverUrl(target, "/");
  url.pathname = url.pathname.replace(/\/(?:metrics)?$/, "") + "/api/v1/slabs";
  const timeoutSeconds = numberFlag(values, "timeout", { fallback: 10, min: 0.001 });
  const most = numberFlag(values, "families", { fallback: 8, min: 0 });
  const slot = numberFlag(values, "slot", { fallback: NaN, min: -1 });
  const { body } = await readServer(url, { token: tokenOf(values), timeoutSeconds });
  const slabs = slabsOf(url, body).filter((slab) => Number.isNaN(slot) || slab.slot === slot);
  if (slabs.length === 0) throw new TargetError(`Cannot find slot ${slot}: the server has no such slab`);
  if (values.has("json")) console.log(JSON.stringify(slabs));
  else console.log(slabs.map((slab) => slabText(slab, most)).join("\n\n"));
  return EXIT.ok;
}

function slabsOf(url: URL, body: Uint8Array): readonly WorkerSlabReport[] {
  try {
    const { data } = JSON.parse(new TextDecoder().decode(body)) as {
      data: { slabs: readonly WorkerSlabReport[] };
    };
    if (Array.isArray(data.slabs)) return data.slabs;
  } catch {
    // Told below: what is no JSON, or other JSON, is no such answer.
  }
  throw new TargetError(`Cannot read ${url.href}: that is not the admin port of promslab`);
}

/** A slab in words. */
export function slabText(slab: WorkerSlabReport, familiesMax: number): string {
  const { slot, epoch, usedBytes, totalBytes, records, droppedSeries, droppedFamilies, families } = slab;
  const owner = slot < 0 ? "the main thread" : `slot ${slot}, incarnation ${epoch}`;
  const removals = records.removals === 0 ? "" : `, ${counted(records.removals, "removal")}`;
  const dropped = droppedSeries + droppedFamilies === 0
    ? "Nothing was dropped."
    : `Dropped for lack of room: ${counted(droppedSeries, "label set")}, ${
      counted(droppedFamilies, "family", "families")
    }.`;
  const lines = [
    `Slab of ${owner}: ${lifeText(slab)}`,
    `  ${formatBytes(usedBytes)} of ${formatBytes(totalBytes)} in use, ${
      formatShare(usedBytes / totalBytes)
    }.`,
    `  Its directory has ${counted(records.families, "family", "families")}, ${
      formatWhole(records.series)
    } series${removals}. ${dropped}`,
  ];
  const shown = families.slice(0, familiesMax);
  if (shown.length === 0) return lines.join("\n");
  const rows = shown.map(({ name, type, series, dormant, reclaimed, cellBytes, total }) => [
    name,
    type,
    formatWhole(series),
    dormant + reclaimed === 0 ? "" : `${dormant} hidden, ${reclaimed} free`,
    formatBytes(cellBytes),
    total === undefined ? "" : String(total),
  ]);
  const table = textTable(["family", "type", "series", "removed", "cells", "own part"], rows, [2, 4, 5]);
  const more = families.length - shown.length;
  const rest = more > 0 ? [`  and ${more} more`] : [];
  return [...lines, "", ...table.map((line) => `  ${line}`), ...rest].join("\n");
}

function lifeText({ worker, state, beats, heartbeatAgeSeconds }: WorkerSlabReport): string {
  if (worker === "main") return "the one that gathers.";
  const header = state === "closed" ? ", said good-bye" : state === "new" ? ", not attached yet" : "";
  if (heartbeatAgeSeconds === undefined) return `nobody looks at its heart${header}.`;
  return `${worker}${header}; ${formatWhole(beats)} heartbeats, the last one seen ${
    formatSeconds(heartbeatAgeSeconds)
  } ago.`;
}
