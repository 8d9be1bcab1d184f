import { assertEquals } from "@std/assert";
import { pathOf, RequestMatcher } from "../../../../src/server/http/request_filter.ts";

Deno.test("RequestMatcher takes paths and routes as whole texts or patterns, and methods", () => {
  const matcher = new RequestMatcher({ paths: ["/a", /^\/b\//g], methods: ["HEAD"], routes: [/^\/x/, "/y"] });
  const paths = ["/a", "/a/", "/b/1", "/b/2", "/c"];
  assertEquals(paths.map((path) => matcher.matchesRequest("GET", path)), [true, false, true, true, false]);
  assertEquals(matcher.matchesRequest("HEAD", "/c"), true);
  assertEquals(["/x/:id", "/y", "/yy"].map((route) => matcher.matchesRoute(route)), [true, true, false]);
  assertEquals(matcher.looksAtPath, true);
  assertEquals(new RequestMatcher({ routes: ["/a"] }).looksAtPath, false);
});

Deno.test("pathOf() gives the path of an absolute URL", () => {
  assertEquals(pathOf("http://a/b/c?d=/e"), "/b/c");
  assertEquals(pathOf("https://a:1/"), "/");
  assertEquals(pathOf("http://a"), "/");
});
