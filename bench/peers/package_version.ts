/**
 * Versions of installed npm packages.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** The version of a package in the benches' `node_modules`, from a module in any folder below `bench/`. */
export function packageVersion(name: string): string {
  for (const up of ["..", "../.."]) {
    try {
      const file = new URL(
        `${up}/node_modules/${name}/package.json`,
        import.meta.url,
      );
      return JSON.parse(readFileSync(file, "utf8")).version;
    } catch {
      // A bundled module lies one folder deeper than its source.
    }
  }
  return "unknown";
}
