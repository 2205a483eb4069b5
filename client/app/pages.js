/** The pages by their addresses. The server answers an address if there is a module of its name in `pages/`. */

import { page as activity } from "./pages/activity.js";
import { page as dashboard } from "./pages/dashboard.js";
import { page as forgotPassword } from "./pages/forgot-password.js";
import { page as onboarding } from "./pages/onboarding.js";
import { page as password } from "./pages/password.js";
import { page as resetPassword } from "./pages/reset-password.js";
import { page as sessions } from "./pages/sessions.js";
import { page as signInByCode } from "./pages/sign-in-by-code.js";
import { page as signIn } from "./pages/sign-in.js";
import { page as signUp } from "./pages/sign-up.js";
import { page as verify } from "./pages/verify.js";

/** @type {Record<string, import("./stage.js").Page>} */
export const pages = {
  "/activity": activity,
  "/dashboard": dashboard,
  "/forgot-password": forgotPassword,
  "/onboarding": onboarding,
  "/password": password,
  "/reset-password": resetPassword,
  "/sessions": sessions,
  "/sign-in": signIn,
  "/sign-in-by-code": signInByCode,
  "/sign-up": signUp,
  "/verify": verify,
};
