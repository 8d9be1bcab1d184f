import { assert } from "@std/assert";
import { hasPath } from "../../../src/server/has_path.ts";

Deno.test("hasPath() compares whole paths of absolute URLs", () => {
  assert(hasPath("http://a/metrics", "/metrics"));
  assert(hasPath("https://a:1/metrics?x=/metrics", "/metrics"));
  assert(!hasPath("http://a/metrics/", "/metrics"));
  assert(!hasPath("http://a/b/metrics", "/metrics"));
  assert(!hasPath("http://a/", "/metrics"));
  assert(!hasPath("http://a/?/metrics", "/metrics"));
  assert(!hasPath("http://a?/metrics", "/metrics"));
  assert(!hasPath("http://a#/metrics", "/metrics"));
});
