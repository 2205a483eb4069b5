/** What happened, in German: each kind of event of the audit trail, when it was done and when it was refused. */

/** @type {typeof import("./events.en.js").events} */
export const events = {
  LOGIN: { SUCCESS: "Angemeldet", FAILURE: "Jemand hat versucht, sich anzumelden" },
  REFRESH: { SUCCESS: "Angemeldet geblieben", FAILURE: "Eine Anmeldung wurde nicht verlängert" },
  REUSE_DETECTED: {
    SUCCESS: "Ein Gerät wurde abgemeldet, weil eine Kopie seiner Anmeldung benutzt wurde",
    FAILURE: "Ein Gerät wurde abgemeldet, weil eine Kopie seiner Anmeldung benutzt wurde",
  },
  LOGOUT: { SUCCESS: "Abgemeldet", FAILURE: "Das Abmelden ist gescheitert" },
  ACCOUNT_DISABLED: { SUCCESS: "Das Konto wurde gesperrt", FAILURE: "Das Konto zu sperren ist gescheitert" },
  ACCOUNT_ENABLED: { SUCCESS: "Das Konto wurde entsperrt", FAILURE: "Das Konto zu entsperren ist gescheitert" },
  SESSION_REVOKED: { SUCCESS: "Ein Gerät wurde abgemeldet", FAILURE: "Ein Gerät abzumelden ist gescheitert" },
  REGISTERED: { SUCCESS: "Das Konto wurde angelegt", FAILURE: "Jemand hat ein Konto für Ihre Adresse angelegt" },
  CODE_REQUESTED: { SUCCESS: "Ein Code per Mail wurde angefordert", FAILURE: "Ein Code wurde vergeblich angefordert" },
  EMAIL_VERIFIED: { SUCCESS: "Die E-Mail-Adresse wurde bestätigt", FAILURE: "Die Adresse wurde nicht bestätigt" },
  PASSWORD_CHANGED: { SUCCESS: "Das Passwort wurde geändert", FAILURE: "Jemand wollte das Passwort ändern" },
  PASSWORD_RESET: { SUCCESS: "Ein neues Passwort wurde gesetzt", FAILURE: "Jemand wollte ein neues Passwort setzen" },
  PROFILE_UPDATED: { SUCCESS: "Das Profil wurde geändert", FAILURE: "Das Profil zu ändern ist gescheitert" },
  ONBOARDED: { SUCCESS: "Die ersten Schritte sind getan", FAILURE: "Die ersten Schritte sind gescheitert" },
  LIMITS_UNAVAILABLE: { SUCCESS: "Grenzen wurden anders gezählt", FAILURE: "Grenzen konnten nicht gezählt werden" },
};

/** @type {typeof import("./events.en.js").reasons} */
export const reasons = {
  INVALID_CREDENTIALS: "Das Passwort war falsch",
  EMAIL_NOT_VERIFIED: "Die Adresse war noch nicht bestätigt",
  ACCOUNT_DISABLED: "Das Konto ist gesperrt",
  OTP_INVALID: "Der Code war falsch",
  OTP_EXPIRED: "Der Code war abgelaufen",
  OTP_ATTEMPTS_EXCEEDED: "Der Code wurde zu oft versucht",
  VERIFY_EMAIL: "Um die Adresse zu bestätigen",
  LOGIN: "Um sich anzumelden",
  RESET_PASSWORD: "Um ein neues Passwort zu setzen",
};
