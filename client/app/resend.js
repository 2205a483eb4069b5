/** The button that sends another code, once the server would do so. */

import { createButton } from "./buttons.js";
import { element } from "./dom.js";
import { explain } from "./problems.js";

/** For how many milliseconds after a code the server sends no other: it would answer alike, and stay silent. */
const COOLDOWN = 60_000;

/**
 * @param {import("./stage.js").Stage} stage
 * @param {{email: string, purpose: import("./stage.js").OtpPurpose, field: import("./fields.js").Field}} wanted
 */
export function createResend({ client, locale, luggage, left, announce }, { email, purpose, field }) {
  const { notices, verify } = locale.words;
  const button = createButton({ text: verify.resend, look: "quiet", press });
  let next = (luggage.sentAt ?? 0) + COOLDOWN;

  async function press() {
    if (Date.now() < next) return;
    try {
      await client.requestCode({ email, purpose });
      next = Date.now() + COOLDOWN;
      history.replaceState({ ...history.state, sentAt: Date.now() }, "");
      announce(notices.codeSent);
      field.control.focus();
      tick();
    } catch (error) {
      announce(explain(error, locale)[0].message);
    }
  }

  function tick() {
    const seconds = Math.ceil((next - Date.now()) / 1000);
    button.ariaDisabled = seconds > 0 ? "true" : null;
    button.textContent = seconds > 0 ? verify.wait(seconds) : verify.resend;
  }

  const ticking = setInterval(tick, 1000);
  left.addEventListener("abort", () => clearInterval(ticking));
  tick();
  return element("p", { class: "aside" }, button);
}
