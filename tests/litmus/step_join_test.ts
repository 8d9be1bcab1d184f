import { testRaces } from "./_harness.ts";
import { races } from "./step_join_race.ts";

testRaces(new URL("./step_join_race.ts", import.meta.url).href, races);
