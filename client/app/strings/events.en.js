/** What happened, in English: each kind of event of the audit trail, when it was done and when it was refused. */

/** @type {Record<string, {SUCCESS: string, FAILURE: string}>} */
export const events = {
  LOGIN: { SUCCESS: "Signed in", FAILURE: "Somebody tried to sign in" },
  REFRESH: { SUCCESS: "Stayed signed in", FAILURE: "A sign-in was not renewed" },
  REUSE_DETECTED: {
    SUCCESS: "A device was signed out, because a copy of its sign-in was used",
    FAILURE: "A device was signed out, because a copy of its sign-in was used",
  },
  LOGOUT: { SUCCESS: "Signed out", FAILURE: "Signing out failed" },
  ACCOUNT_DISABLED: { SUCCESS: "The account was disabled", FAILURE: "Disabling the account failed" },
  ACCOUNT_ENABLED: { SUCCESS: "The account was enabled again", FAILURE: "Enabling the account failed" },
  SESSION_REVOKED: { SUCCESS: "A device was signed out", FAILURE: "Signing a device out failed" },
  REGISTERED: { SUCCESS: "The account was created", FAILURE: "Somebody signed up with your address" },
  CODE_REQUESTED: { SUCCESS: "A code by mail was asked for", FAILURE: "A code was asked for in vain" },
  EMAIL_VERIFIED: { SUCCESS: "The e-mail address was verified", FAILURE: "Verifying the address failed" },
  PASSWORD_CHANGED: { SUCCESS: "The password was changed", FAILURE: "Somebody tried to change the password" },
  PASSWORD_RESET: { SUCCESS: "A new password was set", FAILURE: "Somebody tried to set a new password" },
  PROFILE_UPDATED: { SUCCESS: "The profile was changed", FAILURE: "Changing the profile failed" },
  ONBOARDED: { SUCCESS: "The first steps were done", FAILURE: "The first steps failed" },
  LIMITS_UNAVAILABLE: { SUCCESS: "Limits were counted in another way", FAILURE: "Limits could not be counted" },
};

/** @type {Record<string, string>} */
export const reasons = {
  INVALID_CREDENTIALS: "The password was wrong",
  EMAIL_NOT_VERIFIED: "The address was not verified yet",
  ACCOUNT_DISABLED: "The account is disabled",
  OTP_INVALID: "The code was wrong",
  OTP_EXPIRED: "The code had expired",
  OTP_ATTEMPTS_EXCEEDED: "The code was tried too often",
  VERIFY_EMAIL: "To verify the address",
  LOGIN: "To sign in",
  RESET_PASSWORD: "To set a new password",
};
