import { testRaces } from "./_harness.ts";
import { races } from "./removal_log_race.ts";

testRaces(new URL("./removal_log_race.ts", import.meta.url).href, races);
