import { testRaces } from "./_harness.ts";
import { races } from "./directory_publication_race.ts";

testRaces(new URL("./directory_publication_race.ts", import.meta.url).href, races);
