import { assertEquals } from "@std/assert";
import { unsharedPort } from "../../../src/host/platform.ts";

Deno.test("unsharedPort() has a reason for every system but Linux, by the name that people know", () => {
  assertEquals(unsharedPort("linux"), undefined);
  const rest = "does not spread one port's connections over threads";
  assertEquals(unsharedPort("darwin")?.reason, `macOS ${rest}`);
  assertEquals(unsharedPort("win32")?.reason, `Windows ${rest}`);
  assertEquals(unsharedPort("windows", "but X does")?.reason, `Windows ${rest}, but X does`);
  assertEquals(unsharedPort("freebsd")?.reason, `freebsd ${rest}`);
});
