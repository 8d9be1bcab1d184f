/**
 * Lets Node find the packages that Deno finds by `links` and Bun by tsconfig.json. For `node --import`.
 */
import { readFileSync } from "node:fs";
import * as nodeModule from "node:module";

const root = new URL("../../", import.meta.url);
const { paths } = JSON.parse(readFileSync(new URL("tsconfig.json", root), "utf8")).compilerOptions;

interface Hooks {
  resolve(
    specifier: string,
    context: unknown,
    next: (specifier: string, context: unknown) => unknown,
  ): unknown;
}

// The types of Deno's node:module do not have this function yet.
(nodeModule as unknown as { registerHooks(hooks: Hooks): void }).registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier in paths ? new URL(paths[specifier][0], root).href : specifier, context),
});
