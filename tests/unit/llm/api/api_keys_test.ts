import { assertEquals } from "@std/assert";
import { showsKey } from "../../../../src/llm/api/api_keys.ts";

function shows(authorization: string | undefined, keys: string[]): boolean {
  const headers = new Headers();
  if (authorization !== undefined) headers.set("authorization", authorization);
  return showsKey(new Request("http://server/", { headers }), keys);
}

Deno.test("showsKey() lets everybody in where no key is wanted", () => {
  assertEquals([shows(undefined, []), shows("Bearer any", [])], [true, true]);
});

Deno.test("showsKey() takes any of the keys, whatever the case of the scheme", () => {
  const keys = ["first", "second"];
  assertEquals([shows("Bearer first", keys), shows("bearer second", keys)], [true, true]);
});

Deno.test("showsKey() takes no key that is only like one", () => {
  const wrong = [
    undefined,
    "",
    "Bearer",
    "Bearer ",
    "first",
    "Basic first",
    "Bearer firs",
    "Bearer firstt",
    "Bearer First",
  ];
  for (const authorization of wrong) {
    assertEquals(shows(authorization, ["first"]), false, String(authorization));
  }
  // A comparison that goes round would take these for the same.
  assertEquals([shows("Bearer ab", ["abab"]), shows("Bearer abab", ["ab"])], [false, false]);
});
