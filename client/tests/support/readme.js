/** The blocks of README.md that have a title, as the modules that they are. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const README = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
const PACKAGES = fileURLToPath(new URL("../../node_modules/", import.meta.url));

/** Import a block, from a place where the packages that it needs can be found. */
export async function block(title) {
  const [, code] = new RegExp(`^\`\`\`js title="${title}"\n(.*?)^\`\`\`$`, "ms").exec(README);
  const folder = mkdtempSync(join(PACKAGES, ".readme-"));
  try {
    const module = join(folder, title.replace(".js", ".mjs"));
    writeFileSync(module, code);
    return await import(pathToFileURL(module));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
