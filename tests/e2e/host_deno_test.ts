/**
 * The server on Deno.
 */
import { DENO } from "../_support/runtimes.ts";
import { testHost } from "./host_case.ts";

testHost("Deno", () => Promise.resolve(DENO));
