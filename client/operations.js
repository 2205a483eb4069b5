/** The documents of operations/, put together by `npm run operations`: edit those, and not this. */

export const AUDIT_EVENTS =
  "query AuditEvents($first: Int, $after: String, $filter: AuditFilter) { auditEvents(first: $first, after: $after, filter: $filter) { edges { node { id occurredAt kind outcome reason sessionId ipAddress userAgent } } pageInfo { endCursor hasNextPage } } }";

export const CHANGE_PASSWORD =
  "mutation ChangePassword($input: ChangePasswordInput!) { auth { changePassword(input: $input) { success message problems { code message field } } } }";

export const COMPLETE_ONBOARDING =
  "mutation CompleteOnboarding { account { completeOnboarding { success message problems { code message field } user { id email role isVerified isSignIn needsOnboarding createdAt lastLoginAt profile { firstName lastName displayName phone locale timezone } } } } }";

export const LOGIN =
  "mutation Login($input: LoginInput!) { auth { login(input: $input) { success message problems { code message field } accessToken accessTokenExpiresAt user { id email role isVerified isSignIn needsOnboarding createdAt lastLoginAt profile { firstName lastName displayName phone locale timezone } } } } }";

export const LOGOUT =
  "mutation Logout($scope: LogoutScope) { auth { logout(scope: $scope) { success message problems { code message field } revokedSessions } } }";

export const ME =
  "query Me { me { id email role isVerified isSignIn needsOnboarding createdAt lastLoginAt profile { firstName lastName displayName phone locale timezone } } }";

export const REFRESH =
  "mutation Refresh { auth { refreshToken { success message problems { code message field } accessToken accessTokenExpiresAt } } }";

export const REGISTER =
  "mutation Register($input: RegisterInput!) { auth { register(input: $input) { success message problems { code message field } } } }";

export const REQUEST_CODE =
  "mutation RequestCode($input: RequestOtpInput!) { otp { request(input: $input) { success message problems { code message field } } } }";

export const RESET_PASSWORD =
  "mutation ResetPassword($input: ResetPasswordInput!) { auth { resetPassword(input: $input) { success message problems { code message field } } } }";

export const REVOKE_SESSION =
  "mutation RevokeSession($id: ID!) { auth { revokeSession(id: $id) { success message problems { code message field } } } }";

export const SESSIONS =
  "query Sessions { me { sessions { id createdAt lastUsedAt expiresAt ipAddress userAgent device rememberMe isCurrent } } }";

export const UPDATE_PROFILE =
  "mutation UpdateProfile($input: UpdateProfileInput!) { account { updateProfile(input: $input) { success message problems { code message field } user { id email role isVerified isSignIn needsOnboarding createdAt lastLoginAt profile { firstName lastName displayName phone locale timezone } } } } }";

export const VERIFY_CODE =
  "mutation VerifyCode($input: VerifyOtpInput!) { otp { verify(input: $input) { success message problems { code message field } accessToken accessTokenExpiresAt user { id email role isVerified isSignIn needsOnboarding createdAt lastLoginAt profile { firstName lastName displayName phone locale timezone } } } } }";
