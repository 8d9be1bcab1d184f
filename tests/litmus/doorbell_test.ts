import { testRaces } from "./_harness.ts";
import { races } from "./doorbell_race.ts";

testRaces(new URL("./doorbell_race.ts", import.meta.url).href, races);
