/**
 * Prints operations.js, made of the documents below operations/: what the client sends is what is checked there
 * against the schema, and a page needs no build step and no request to have it.
 */

import { readFileSync, readdirSync } from "node:fs";

const FOLDER = new URL("../operations/", import.meta.url);

console.log("/** The documents of operations/, put together by `npm run operations`: edit those, and not this. */");
for (const file of readdirSync(FOLDER).sort()) {
  const name = file.replace(".graphql", "").toUpperCase();
  const document = readFileSync(new URL(file, FOLDER), "utf8")
    .replace(/#.*$/gm, "")
    .replace(/\s+/g, " ")
    .trim();
  console.log(`\nexport const ${name} =\n  ${JSON.stringify(document)};`);
}
