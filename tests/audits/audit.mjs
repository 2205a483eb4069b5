// Runs the audits of graphql-http against the server at the address that is given, and prints what came of each.

import { serverAudits } from 'graphql-http';

const [, , url] = process.argv;
const results = [];
for (const audit of serverAudits({ url })) {
  const { id, name, status, reason } = await audit.fn();
  results.push({ id, name, status, reason });
}
console.log(JSON.stringify(results));
