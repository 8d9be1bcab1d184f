import { assertThrows } from "@std/assert";
import { detectHost } from "../../../src/host/detect.ts";
import { EXTENSION_SLOT_FIRST } from "../../../src/server/extension.ts";
import { resolveOptions } from "../../../src/server/options.ts";
import { StartError } from "../../../src/server/start_error.ts";

Deno.test("EXTENSION_SLOT_FIRST is beyond the slot of every worker", () => {
  const workers = EXTENSION_SLOT_FIRST;
  assertThrows(
    () => resolveOptions({ handler: "file:///app.ts", workers }, detectHost()),
    StartError,
    "workers",
  );
});
