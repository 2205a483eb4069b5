// The plain playground, which needs nothing but a browser.

import { ask, examples } from "./server.js";

const INTROSPECTION = `{
  __schema { types {
    kind name description
    fields { name description args { name type { ...T } } type { ...T } }
    inputFields { name description type { ...T } }
    enumValues { name description }
  } }
}
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

const element = (id) => document.getElementById(id);

async function run() {
  const answer = element("answer");
  try {
    const text = element("variables").value.trim();
    const request = { query: element("query").value, variables: text ? JSON.parse(text) : undefined };
    answer.textContent = JSON.stringify(await ask(request), null, 2);
  } catch (error) {
    answer.textContent = String(error);
  }
}

function spell(type) {
  if (type.kind === "NON_NULL") return `${spell(type.ofType)}!`;
  if (type.kind === "LIST") return `[${spell(type.ofType)}]`;
  return type.name;
}

function describe(type) {
  const members = (type.fields ?? type.inputFields ?? type.enumValues ?? []).map((member) => {
    const args = (member.args ?? []).map((arg) => `${arg.name}: ${spell(arg.type)}`).join(", ");
    const signature = `${member.name}${args && `(${args})`}${member.type ? `: ${spell(member.type)}` : ""}`;
    return `  ${signature.padEnd(60)} # ${member.description ?? ""}`;
  });
  return [`# ${type.description ?? ""}`, `${type.kind.toLowerCase()} ${type.name}`, ...members].join("\n");
}

async function showSchema() {
  const { data } = await ask({ query: INTROSPECTION });
  const own = data.__schema.types.filter((type) => !type.name.startsWith("__"));
  element("schema").textContent = own.map(describe).join("\n\n");
}

async function offerExamples() {
  for (const { name, query } of await examples()) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = name;
    button.addEventListener("click", () => { element("query").value = query; });
    element("examples").append(button);
    element("query").value ||= query;
  }
}

element("run").addEventListener("click", run);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
offerExamples();
showSchema();
