import { assertEquals } from "@std/assert";
import { parseAccept } from "../../../src/exposition/accept.ts";

function valuesAndWeights(header: string): [string, number][] {
  return parseAccept(header).map(({ value, q }) => [value, q]);
}

Deno.test("parseAccept() sorts by weight and keeps the order of equal ones", () => {
  assertEquals(valuesAndWeights("a/a;q=0.5, b/b, c/c;q=0.9 ,d/d"), [["b/b", 1], ["d/d", 1], ["c/c", 0.9], [
    "a/a",
    0.5,
  ]]);
});

Deno.test("parseAccept() gives an invalid weight the last place, but not none", () => {
  for (const weight of ["2", "-1", "x", "", "1e0", "NaN", "0x1"]) {
    assertEquals(valuesAndWeights(`a/a;q=${weight},b/b;q=0.1`), [["b/b", 0.1], ["a/a", 0.0001]], weight);
  }
  assertEquals(valuesAndWeights("a/a;q=0,b/b;q=0.0,c/c;q=.5,d/d;q=1."), [
    ["d/d", 1],
    ["c/c", 0.5],
    ["a/a", 0],
    ["b/b", 0],
  ]);
});

Deno.test("parseAccept() reads parameters: quoted, repeated, without a value", () => {
  const [clause] = parseAccept('Text/Plain; Version="0,0;4\\"" ; x ; y=1;y=2;q=0.3');
  assertEquals(clause.value, "text/plain");
  assertEquals([...clause.params], [["version", '0,0;4"'], ["y", "2"]]);
  assertEquals(clause.q, 0.3);
});

Deno.test("parseAccept() skips empty clauses", () => {
  assertEquals(parseAccept(""), []);
  assertEquals(valuesAndWeights(", ,;q=1,a/a,"), [["a/a", 1]]);
});
