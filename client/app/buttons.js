/** Buttons that show that what they do is under way, and do it once at a time. */

import { element } from "./dom.js";

/**
 * @param {object} wanted
 * @param {string} wanted.text
 * @param {string} [wanted.label] what it is called where the text alone would not say which one it is
 * @param {"primary" | "secondary" | "quiet"} wanted.look
 * @param {() => Promise<void>} wanted.press
 */
export function createButton({ text, label, look, press }) {
  const button = element("button", { type: "button", class: look, "aria-label": label, click: pressed }, text);
  function pressed() {
    if (!isPending(button)) void whilePending(button, press);
  }
  return button;
}

/** @param {HTMLButtonElement} button */
export function isPending(button) {
  return button.ariaBusy === "true";
}

/**
 * Show that something is under way for as long as it is. The button keeps the focus: it is not disabled, but deaf.
 *
 * @param {HTMLButtonElement} button
 * @param {() => Promise<void>} work
 */
export async function whilePending(button, work) {
  button.ariaBusy = button.ariaDisabled = "true";
  try {
    await work();
  } finally {
    button.ariaBusy = button.ariaDisabled = null;
  }
}
