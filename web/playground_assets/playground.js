// The plain playground: no framework and no other host. Cookies are the browser's own business.

const EXAMPLES = {
  login: `mutation {
  auth {
    login(input: {email: "test@example.com", password: "password", rememberMe: true}) {
      success
      message
      user { id email role }
    }
  }
}`,
  me: `{
  me { id email role isSignIn needsOnboarding profile { firstName lastName } lastLoginAt }
}`,
  refresh: `mutation {
  auth { refreshToken { success accessTokenExpiresAt } }
}`,
  audit: `{
  auditEvents(first: 10) { edges { node { occurredAt kind outcome reason ipAddress } } }
}`,
  logout: `mutation {
  auth { logout { success message revokedSessions } }
}`,
};

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

async function post(query, variables) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json" },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

async function run() {
  const answer = element("answer");
  try {
    const text = element("variables").value.trim();
    answer.textContent = JSON.stringify(await post(element("query").value, text ? JSON.parse(text) : undefined), null, 2);
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
  const { data } = await post(INTROSPECTION);
  const own = data.__schema.types.filter((type) => !type.name.startsWith("__"));
  element("schema").textContent = own.map(describe).join("\n\n");
}

for (const [name, query] of Object.entries(EXAMPLES)) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = name;
  button.addEventListener("click", () => { element("query").value = query; });
  element("examples").append(button);
}
element("query").value = EXAMPLES.login;
element("run").addEventListener("click", run);
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) run();
});
showSchema();
