// needs: npx
/**
 * The server on Node.
 */
import { node } from "../_support/runtimes.ts";
import { testHost } from "./host_case.ts";

testHost("Node", node);
