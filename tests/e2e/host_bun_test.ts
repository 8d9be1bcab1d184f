// needs: npx
/**
 * The server on Bun.
 */
import { bun } from "../_support/runtimes.ts";
import { testHost } from "./host_case.ts";

testHost("Bun", bun, { limitsHeap: false });
