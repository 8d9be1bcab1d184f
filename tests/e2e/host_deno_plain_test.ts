/**
 * The server on Deno without flags.
 */
import { denoWithoutFlags } from "../_support/runtimes.ts";
import { testHost } from "./host_case.ts";

testHost("Deno without flags", denoWithoutFlags);
