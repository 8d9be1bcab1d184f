import { assertEquals } from "@std/assert";
import { canReusePort } from "../../../src/host/node.ts";

Deno.test("canReusePort() knows since which version a Node shares ports", () => {
  const versions = ["20.20.2", "22.11.0", "22.12.0", "22.21.1", "23.0.0", "23.1.0", "24.0.0"];
  assertEquals(versions.map(canReusePort), [false, false, true, true, false, true, true]);
});
