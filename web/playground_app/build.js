// Bundles GraphiQL into ./build, whole or not at all: what is found there is complete.

import { build } from "esbuild";
import { readFile, rename, rm, writeFile } from "node:fs/promises";

const DRAFT = "node_modules/.draft";

// The fonts are inside GraphiQL's style sheet. As files they need no `data:` in the page's policy.
const fonts = {
  name: "fonts",
  setup({ onLoad, onResolve }) {
    let count = 0;
    onResolve({ filter: /^data:font\// }, ({ path }) => {
      const [, kind, content] = /^data:font\/(\w+);base64,(.*)$/.exec(path);
      return { path: `font${(count += 1)}.${kind}`, namespace: "fonts", pluginData: content };
    });
    onLoad({ filter: /.*/, namespace: "fonts" }, ({ pluginData }) => {
      return { contents: Buffer.from(pluginData, "base64"), loader: "file" };
    });
  },
};

// Gives the file that was made of each entry point. Its name holds a hash, so that a browser may keep it for good.
async function bundle(entryPoints, options) {
  const { metafile } = await build({
    entryPoints,
    outdir: DRAFT,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    bundle: true,
    format: "esm",
    target: "es2022",
    minify: true,
    metafile: true,
    logLevel: "warning",
    ...options,
  });
  const made = Object.entries(metafile.outputs).flatMap(([path, { entryPoint }]) => (entryPoint ? [path] : []));
  const madeOf = (name) => made.find((path) => path.startsWith(`${DRAFT}/${name}-`)).slice(DRAFT.length + 1);
  return Object.fromEntries(Object.keys(entryPoints).map((name) => [name, madeOf(name)]));
}

await rm(DRAFT, { recursive: true, force: true });
const workers = await bundle({
  editor: "monaco-editor/esm/vs/editor/editor.worker.js",
  graphql: "monaco-graphql/esm/graphql.worker.js",
  json: "monaco-editor/esm/vs/language/json/json.worker.js",
});
const { style } = await bundle({ style: "style.css" }, { plugins: [fonts] });
const { main } = await bundle(
  { main: "main.js" },
  {
    splitting: true,
    // GraphiQL asks for these by an older name, under which they are no ES modules and export nothing by name.
    alias: { "prettier/parser-babel": "prettier/plugins/babel", "prettier/parser-graphql": "prettier/plugins/graphql" },
    // GraphiQL's style sheet holds Monaco's styles already.
    loader: { ".css": "empty" },
    define: { "process.env.NODE_ENV": '"production"', WORKERS: JSON.stringify(workers) },
  },
);
const page = await readFile("index.html", "utf8");
await writeFile(`${DRAFT}/index.html`, page.replace("{main}", main).replace("{style}", style));
await rm("build", { recursive: true, force: true });
await rename(DRAFT, "build");
