import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertInstanceOf,
  AssertionError,
  assertIsError,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  equal,
  fail,
} from "@std/assert";

/** Judges the assertions without them: whether a call threw their error. */
function fails(fn: () => void): boolean {
  try {
    fn();
    return false;
  } catch (error) {
    if (error instanceof AssertionError) return true;
    throw error;
  }
}

function must(condition: boolean, what: string): void {
  if (!condition) throw new Error(`does not hold: ${what}`);
}

Deno.test("equal() compares by value, all the way down", () => {
  const pairs: [unknown, unknown][] = [
    [NaN, NaN],
    [0, -0],
    [{ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }],
    [new Map([["a", { x: 1 }], ["b", { x: 2 }]]), new Map([["b", { x: 2 }], ["a", { x: 1 }]])],
    [new Set([[1], [2]]), new Set([[2], [1]])],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2])],
    [new Float64Array([NaN]), new Float64Array([NaN])],
    [new Date(5), new Date(5)],
    [/a/g, /a/g],
    [Object.create(null), {}],
  ];
  for (const [index, [a, b]] of pairs.entries()) must(equal(a, b), `pair ${index} is equal`);
});

Deno.test("equal() tells apart what differs in one place", () => {
  const pairs: [unknown, unknown][] = [
    [1, "1"],
    [null, undefined],
    [{ a: undefined }, {}],
    [{ a: 1 }, { b: 1 }],
    [[1, 2], [2, 1]],
    [new Map([["a", 1]]), new Map([["a", 2]])],
    [new Set([1]), new Set([2])],
    [new Uint8Array([1]), new Int8Array([1])],
    [new Uint8Array([1]), new Uint8Array([2])],
    [new Date(5), new Date(6)],
    [/a/g, /a/i],
    [{ [Symbol.for("s")]: 1 }, { [Symbol.for("s")]: 2 }],
    [new Error("a"), new Error("b")],
  ];
  for (const [index, [a, b]] of pairs.entries()) must(!equal(a, b), `pair ${index} differs`);
});

Deno.test("equal() ends on values that hold themselves", () => {
  const ring = (): unknown => {
    const value: { self?: unknown } = {};
    value.self = value;
    return value;
  };
  must(equal(ring(), ring()), "two rings are equal");
});

Deno.test("each assertion passes on what it wants and throws AssertionError on the rest", () => {
  const cases: [pass: () => void, reject: () => void][] = [
    [() => assert(1), () => assert(0)],
    [() => assertFalse(0), () => assertFalse(1)],
    [() => assertEquals({ a: 1 }, { a: 1 }), () => assertEquals({ a: 1 }, { a: 2 })],
    [() => assertNotEquals(1, 2), () => assertNotEquals([1], [1])],
    [() => assertStrictEquals(NaN, NaN), () => assertStrictEquals(0, -0)],
    [() => assertNotStrictEquals({}, {}), () => assertNotStrictEquals(1, 1)],
    [() => assertArrayIncludes([1, [2]], [[2]]), () => assertArrayIncludes([1], [2])],
    [
      () => assertObjectMatch({ a: { b: 1, c: 2 } }, { a: { b: 1 } }),
      () => assertObjectMatch({ a: 1 }, { a: 2 }),
    ],
    [() => assertExists(0), () => assertExists(null)],
    [() => assertInstanceOf([], Array), () => assertInstanceOf({}, Array)],
    [() => assertAlmostEquals(0.1 + 0.2, 0.3), () => assertAlmostEquals(1, 1.1, 0.01)],
    [() => assertGreater(2, 1), () => assertGreater(1, 1)],
    [() => assertLessOrEqual(1, 1), () => assertLessOrEqual(NaN, 1)],
    [() => assertMatch("abc", /b/g), () => assertMatch("abc", /d/)],
    [() => assertStringIncludes("abc", "bc"), () => assertStringIncludes("abc", "cb")],
    [
      () => assertIsError(new TypeError("no"), TypeError, "no"),
      () => assertIsError(new Error("no"), TypeError),
    ],
  ];
  for (const [index, [pass, reject]] of cases.entries()) {
    must(!fails(pass), `case ${index} passes`);
    must(fails(reject), `case ${index} is rejected`);
  }
  must(fails(() => fail("so")), "fail() throws");
});

Deno.test("assertThrows() gives the error and judges class and words", () => {
  const error = assertThrows(() => JSON.parse("{"), SyntaxError);
  must(error instanceof SyntaxError, "the error is handed back");
  must(fails(() => assertThrows(() => 1)), "a function that returns");
  must(fails(() => assertThrows(() => JSON.parse("{"), TypeError)), "another class");
  must(fails(() => assertThrows(() => JSON.parse("{"), SyntaxError, "no such words")), "other words");
});

Deno.test("assertRejects() gives the error and judges class and words", async () => {
  const error = await assertRejects(() => Promise.reject(new RangeError("too far")), RangeError, "far");
  must(error.message === "too far", "the error is handed back");
  for (
    const wrong of [
      () => assertRejects(() => Promise.resolve(1)),
      () => assertRejects(() => Promise.reject(new Error("x")), RangeError),
      () =>
        assertRejects(() => {
          throw new Error("at once");
        }),
    ]
  ) {
    const outcome = await wrong().then(() => "passed", (thrown: Error) => thrown.name);
    must(outcome === "AssertionError", `rejected, but ${outcome}`);
  }
});

Deno.test("assertEquals() shows the difference and the caller's words", () => {
  const error = assertThrows(() => assertEquals([1, 2], [1, 3], "the list"), AssertionError);
  assertStringIncludes(error.message, "Values are not equal: the list");
  assertMatch(error.message, /2[\s\S]*3/);
});
