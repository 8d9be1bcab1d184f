/**
 * Metrics as a file, for node_exporter's textfile collector.
 *
 * @module
 */
// CONTROL PLANE
import type { SnapshotSource } from "../exposition/snapshot.ts";
import { replaceFile } from "../host/replace_file.ts";
import { render } from "./rendered.ts";

/** What goes into which file. */
export interface TextfileOptions {
  /** The file, in node_exporter's `--collector.textfile.directory`. Its name ends in `.prom`, or it is not read. */
  readonly path: string;
  /** What is written: a `Collector`. */
  readonly source: SnapshotSource;
}

/**
 * Writes all values into a file in one step, so that nobody reads half of it. For jobs that end before they could be
 * scraped: node_exporter serves the file with its own metrics until the next run replaces it.
 *
 * @throws {RangeError} If the name does not end in `.prom`
 * @throws {Error} If the system refuses; the file is as it was
 *
 * @example A job that tells when it was done
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { Collector, Gauge, Registry, writeTextfile } from "promslab";
 *
 * const registry = new Registry();
 * new Gauge({ name: "backup_last_success_timestamp_seconds", help: "When.", registry }).set(1.5e9);
 * const path = await Deno.makeTempFile({ suffix: ".prom" });
 * await writeTextfile({ path, source: new Collector(registry) });
 * const [, , sample] = (await Deno.readTextFile(path)).split("\n");
 * assertEquals(sample, "backup_last_success_timestamp_seconds 1.5e+09");
 * ```
 */
export async function writeTextfile({ path, source }: TextfileOptions): Promise<void> {
  if (!path.endsWith(".prom")) {
    throw new RangeError(`Cannot write metrics to "${path}": wanted a name that ends in .prom`);
  }
  const { chunks } = await render(source, "text");
  await replaceFile(path, chunks);
}
