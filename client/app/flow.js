/** Who may see which page, and where everybody else is led. */

/** @typedef {import("./stage.js").Page} Page */
/** @typedef {import("./stage.js").User} User */

/**
 * @param {User | null} user
 * @returns {string} where they belong when nothing else was asked for
 */
export function home(user) {
  if (user === null) return "/sign-in";
  return user.needsOnboarding ? "/onboarding" : "/dashboard";
}

/**
 * @param {Page | undefined} page
 * @param {User | null} user
 * @returns {string | null} the address to go to instead; null if the page is for them
 */
export function elsewhere(page, user) {
  if (page?.audience === "guest" && user === null) return null;
  if (page?.audience === "newcomer" && user?.needsOnboarding) return null;
  if (page?.audience === "member" && user?.needsOnboarding === false) return null;
  return home(user);
}
