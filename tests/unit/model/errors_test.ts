import { assertEquals, assertInstanceOf } from "@std/assert";
import { DuplicateFamilyError } from "../../../src/model/errors.ts";
import { descriptorOf } from "../../_support/sample_blocks.ts";

Deno.test("DuplicateFamilyError has a code and both definitions", () => {
  const existing = descriptorOf({ name: "a", type: "gauge" });
  const rejected = descriptorOf({ name: "a_total", type: "counter" });
  const error = new DuplicateFamilyError("Cannot define it", { existing, rejected });
  assertInstanceOf(error, Error);
  assertEquals([error.name, error.code, error.message], [
    "DuplicateFamilyError",
    "DUPLICATE_FAMILY",
    "Cannot define it",
  ]);
  assertEquals([error.existing, error.rejected], [existing, rejected]);
});
