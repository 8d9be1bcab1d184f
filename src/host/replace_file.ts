/**
 * Files that others read while they are written.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/**
 * Puts new content into a file in one step: whoever reads it finds the old content or the new one, never a part. It is
 * written to a hidden file beside it, which then takes its name.
 *
 * @param path the file; its folder must be there
 * @param chunks the content
 * @throws {Error} If the system refuses; the file is as it was
 */
export async function replaceFile(path: string, chunks: readonly Uint8Array[]): Promise<void> {
  const draft = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(draft, "wx", 0o644);
    try {
      for (const chunk of chunks) await file.writeFile(chunk);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
