import { testRaces } from "./_harness.ts";
import { races } from "./record_reuse_race.ts";

testRaces(new URL("./record_reuse_race.ts", import.meta.url).href, races);
