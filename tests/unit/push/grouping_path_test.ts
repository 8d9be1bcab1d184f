import { assertEquals, assertThrows } from "@std/assert";
import { groupingPath } from "../../../src/push/grouping_path.ts";

Deno.test("groupingPath() names a group, in base64 where a path cannot hold the value", () => {
  assertEquals(groupingPath("some job"), "/metrics/job/some%20job");
  assertEquals(
    groupingPath("j", { instance: "a?b", path: "/var/tmp", empty: "", name: "ü/ÿ" }),
    "/metrics/job/j/instance/a%3Fb/path@base64/L3Zhci90bXA/empty@base64/=/name@base64/w7wvw78",
  );
  assertEquals(groupingPath("a/b"), "/metrics/job@base64/YS9i");
});

Deno.test("groupingPath() refuses what is no group", () => {
  assertThrows(() => groupingPath(""), RangeError, 'job ""');
  for (const name of ["job", "", "a-b", "1a", "a/b"]) {
    assertThrows(() => groupingPath("j", { [name]: "x" }), RangeError, `"${name}"`);
  }
});
