import { testRaces } from "./_harness.ts";
import { races } from "./publication_race.ts";

testRaces(new URL("./publication_race.ts", import.meta.url).href, races);
