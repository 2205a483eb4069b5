// How both pages speak to the server that they came from. Cookies are the browser's own business.

export async function ask(request, headers = {}) {
  const response = await fetch("/graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/graphql-response+json", ...headers },
    body: JSON.stringify(request),
  });
  return response.json();
}

export async function examples() {
  const response = await fetch("/playground/examples.json");
  return response.json();
}
