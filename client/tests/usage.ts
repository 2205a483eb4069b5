// How a TypeScript project uses the client; it is compiled and never run.

import { LatchkeyError, createClient } from "./latchkey.js";
import type { AuditEvent, ErrorCode, Session, User } from "./shapes.js";

const client = createClient({ url: "http://localhost:8000" });
createClient({ fetch, locks: navigator.locks, channel: new BroadcastChannel("mine"), page: document });

export async function use(): Promise<void> {
  const user: User = await client.login({ email: "a@example.com", password: "b", rememberMe: true });
  const somebody: User | null = await client.me();
  const sessions: Session[] = await client.sessions();
  const { events, endCursor }: { events: AuditEvent[]; endCursor: string | null } = await client.auditEvents();
  const name: string | null = user.profile.displayName;
  const stop: () => void = client.onAuthChange(({ user, reason }) => {
    const text: string = reason === "login" && user ? user.email : "";
    // @ts-expect-error There is no such reason.
    return reason === "boredom" ? text : undefined;
  });
  try {
    await client.updateProfile({ firstName: "A", phone: null });
  } catch (error) {
    if (error instanceof LatchkeyError) {
      const code: ErrorCode = error.code;
      const fields: (string | null)[] = error.problems.map(({ field }) => field);
      console.log(code, fields, error.retryAfter, error.requestId);
    }
  }
  // @ts-expect-error Nobody signs in without a password.
  await client.login({ email: "a@example.com" });
  // @ts-expect-error There is no such purpose.
  await client.requestCode({ email: "a@example.com", purpose: "FUN" });
  console.log(somebody, sessions, events, endCursor, name, stop);
}
