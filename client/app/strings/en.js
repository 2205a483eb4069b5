/** Everything that the app says in English. Whatever a page shows is said here, and nowhere else. */

import { events, reasons } from "./events.en.js";

export const words = {
  language: "English",
  brand: "Latchkey",
  skip: "Skip to content",
  now: "just now",
  menu: "Your account",
  nav: { dashboard: "Overview", sessions: "Devices", password: "Password", activity: "Activity" },
  signOut: "Sign out",

  fields: {
    email: "E-mail address",
    password: "Password",
    currentPassword: "Current password",
    newPassword: "New password",
    passwordHint: "8 characters or more. A few words that only you would put together are best.",
    show: "Show",
    /** @param {string} label */
    reveal: (label) => `Show: ${label}`,
    code: "Code",
    codeHint: "The six digits in the mail",
    remember: "Keep me signed in on this device",
    firstName: "First name",
    lastName: "Last name",
    displayName: "What to call you",
    phone: "Phone number",
    phoneHint: "With country code, such as +49 30 123456",
    locale: "Language",
    timezone: "Time zone",
    /** @param {string} current */
    automatic: (current) => `Automatic (${current})`,
  },

  problems: {
    missing: "Please fill this in.",
    /** @param {string} label @param {string} message */
    of: (label, message) => `${label}: ${message}`,
    unknown: "Something went wrong on our side. Please try again.",
    /** @param {string} id */
    reference: (id) => `Reference: ${id}`,
    NETWORK: "The server cannot be reached. Please check your connection and try again.",
    SERVICE_UNAVAILABLE: "The server is busy just now. Nothing was changed; please try again in a moment.",
    RATE_LIMITED: "Too many attempts. Please try again later.",
    /** @param {string} delay as in "in 2 minutes" */
    limited: (delay) => `Too many attempts. Please try again ${delay}.`,
    INVALID_CREDENTIALS: "The e-mail address or the password is wrong.",
    wrongPassword: "The current password is wrong.",
    ACCOUNT_DISABLED: "This account has been disabled.",
    OTP_INVALID: "The code is wrong. Please check it, or ask for a new one.",
    OTP_EXPIRED: "The code has expired. Please ask for a new one.",
    OTP_ATTEMPTS_EXCEEDED: "The code was tried too often. Please ask for a new one.",
    // The server speaks English, and says more exactly what is wrong than a code does.
    /** @param {string} said */
    WEAK_PASSWORD: (said) => said,
    /** @param {string} said @param {string | null} _field */
    BAD_USER_INPUT: (said, _field) => said,
  },

  notices: {
    signedOut: "You are signed out.",
    ended: "Your session has ended. Please sign in again.",
    passwordReset: "Your password has been changed. You can sign in with it now.",
    saved: "Saved.",
    passwordChanged: "Your password has been changed, and every other device is signed out.",
    sessionEnded: "That device is signed out.",
    othersEnded: "Every other device is signed out.",
    codeSent: "A new code is on its way.",
    offline: "You are offline. What you see may be old.",
  },

  failure: { title: "That did not work", again: "Try again" },

  signIn: {
    title: "Sign in",
    submit: "Sign in",
    forgot: "Forgot your password?",
    byCode: "Sign in with a code by mail",
    noAccount: "New here?",
    signUp: "Create an account",
  },
  signInByCode: {
    title: "Sign in with a code",
    lead: "We send six digits to your e-mail address. No password needed.",
    submit: "Send code",
    back: "Sign in with your password",
  },
  signUp: {
    title: "Create your account",
    submit: "Create account",
    hasAccount: "Have an account already?",
    signIn: "Sign in",
  },
  verify: {
    title: "Enter your code",
    /** @param {string} email */
    lead: (email) => `Please check the mail of ${email}. If the address is right, there will be a code in a moment.`,
    leadWithoutEmail: "Enter the code that we have sent you.",
    submit: "Continue",
    resend: "Send a new code",
    /** @param {number} seconds */
    wait: (seconds) => `Send a new code (in ${seconds} s)`,
    back: "Use another address",
  },
  forgotPassword: {
    title: "Forgot your password?",
    lead: "Tell us your e-mail address, and we send a code to choose a new one with.",
    submit: "Send code",
    back: "Back to sign-in",
  },
  resetPassword: { title: "Choose a new password", submit: "Change password" },
  onboarding: {
    title: "Welcome",
    lead: "One last thing: what is your name?",
    submit: "Continue",
  },
  dashboard: {
    title: "Overview",
    /** @param {string | null} name */
    greeting: (name) => (name ? `Hello, ${name}` : "Hello"),
    account: "Account",
    email: "E-mail address",
    since: "Member since",
    lastLogin: "Last sign-in",
    profile: "Profile",
    submit: "Save",
  },
  sessions: {
    title: "Devices",
    lead: "Where you are signed in. Sign out what you do not know, and change your password.",
    current: "This device",
    unknown: "Unknown device",
    /** @param {string} when */
    opened: (when) => `Signed in ${when}`,
    /** @param {string} when */
    used: (when) => `Last used ${when}`,
    end: "Sign out",
    /** @param {string} device @param {string} when */
    endWhich: (device, when) => `Sign out ${device}, last used ${when}`,
    endOthers: "Sign out all other devices",
    alone: "You are signed in on no other device.",
  },
  password: {
    title: "Password",
    lead: "Changing it signs out every other device.",
    submit: "Change password",
  },
  activity: {
    title: "Activity",
    lead: "What has happened with your account, newest first.",
    empty: "Nothing has happened yet.",
    failed: "Refused",
    more: "Show older",
    /** @param {number} count */
    times: (count) => `${count} times`,
    /** @param {number} count */
    added: (count) => `${count} more shown`,
    events,
    reasons,
  },
};

/** @typedef {typeof words} Words */
