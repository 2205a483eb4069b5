// GraphiQL, with the examples in its tabs and everything it loads from our own origin.

import "./styles.js";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import { ask, examples } from "../playground_assets/server.js";

globalThis.MonacoEnvironment = {
  getWorker(_, label) {
    return new Worker(new URL(WORKERS[label] ?? WORKERS.editor, import.meta.url), { type: "module" });
  },
};

function fetcher({ operationName, ...request }, { headers }) {
  // For a moment after a change of tabs, GraphiQL still names the operation of the tab that was left.
  const isThere = operationName && new RegExp(`\\b${operationName}\\b`).test(request.query);
  return ask(isThere ? { ...request, operationName } : request, headers);
}

const playground = createElement(
  GraphiQL,
  {
    fetcher,
    defaultTabs: await examples(),
    visiblePlugin: "Documentation Explorer",
    // What is typed here may be a password: it outlives a reload, but not the tab.
    storage: sessionStorage,
  },
  createElement(GraphiQL.Logo, null, "Latchkey"),
);
createRoot(document.getElementById("playground")).render(playground);
