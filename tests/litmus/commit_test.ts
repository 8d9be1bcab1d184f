import { testRaces } from "./_harness.ts";
import { races } from "./commit_race.ts";

testRaces(new URL("./commit_race.ts", import.meta.url).href, races);
