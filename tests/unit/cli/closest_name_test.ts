import { assertEquals } from "@std/assert";
import { closestName } from "../../../src/cli/closest_name.ts";

const FLAGS = ["port", "host", "workers", "watch", "drain-seconds"];

Deno.test("closestName() finds what a slip of one or two letters was meant to be", () => {
  const slips = {
    prot: "port",
    prt: "port",
    ports: "port",
    wrokers: "workers",
    worker: "workers",
    wath: "watch",
  };
  for (const [given, meant] of Object.entries(slips)) assertEquals(closestName(given, FLAGS), meant, given);
  assertEquals(closestName("drian-secnods", FLAGS), "drain-seconds");
});

Deno.test("closestName() takes the nearest of several", () => {
  assertEquals(closestName("hort", ["fort", "host", "port"]), "fort");
  assertEquals(closestName("hosts", ["port", "host"]), "host");
});

Deno.test("closestName() does not guess at what is far from everything, or has hardly a letter", () => {
  for (const given of ["threads", "x", "", "po", "drain"]) {
    assertEquals(closestName(given, FLAGS), undefined, given);
  }
});
