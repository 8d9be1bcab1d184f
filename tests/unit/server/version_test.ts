import { assertEquals } from "@std/assert";
import { VERSION } from "../../../src/server/version.ts";
import { ROOT } from "../../_support/command.ts";

Deno.test("VERSION is that of deno.json", async () => {
  assertEquals(VERSION, JSON.parse(await Deno.readTextFile(new URL("deno.json", ROOT))).version);
});
