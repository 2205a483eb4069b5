"""What clients of today are promised, as section 1 of the contract spells it. The schema may hold more."""

CONTRACT = """
scalar DateTime
enum Role { USER ADMIN }
enum LogoutScope { THIS_SESSION OTHER_SESSIONS ALL_SESSIONS }
enum OtpPurpose { VERIFY_EMAIL LOGIN RESET_PASSWORD }
enum TokenDelivery { COOKIE BODY }
input AuditFilter
enum ErrorCode {
  UNAUTHENTICATED FORBIDDEN BAD_USER_INPUT INVALID_CREDENTIALS EMAIL_NOT_VERIFIED ACCOUNT_DISABLED
  WEAK_PASSWORD OTP_INVALID OTP_EXPIRED OTP_ATTEMPTS_EXCEEDED
  TOKEN_INVALID TOKEN_EXPIRED TOKEN_BLACKLISTED TOKEN_REUSED FINGERPRINT_MISMATCH
  RATE_LIMITED CSRF_REJECTED TOO_MANY_OPERATIONS QUERY_TOO_COMPLEX
  GRAPHQL_PARSE_FAILED GRAPHQL_VALIDATION_FAILED SERVICE_UNAVAILABLE INTERNAL_SERVER_ERROR
}
type Query {
  me: User
  auditEvents(first: Int = 50, after: String, filter: AuditFilter): AuditEventConnection
}
type User {
  id: ID! email: String! role: Role! isVerified: Boolean! isSignIn: Boolean! needsOnboarding: Boolean!
  profile: Profile! sessions: [Session!]! createdAt: DateTime! lastLoginAt: DateTime
}
type Profile {
  firstName: String lastName: String displayName: String phone: String locale: String timezone: String
  updatedAt: DateTime!
}
type Session {
  id: ID! createdAt: DateTime! lastUsedAt: DateTime! expiresAt: DateTime! ipAddress: String userAgent: String
  device: String rememberMe: Boolean! isCurrent: Boolean!
}
type Mutation { auth: AuthMutations! otp: OtpMutations! account: AccountMutations! }
type AuthMutations {
  register(input: RegisterInput!): RegisterPayload
  login(input: LoginInput!): LoginPayload
  refreshToken(input: RefreshTokenInput): RefreshTokenPayload
  logout(scope: LogoutScope = THIS_SESSION): LogoutPayload
  revokeSession(id: ID!): RevokeSessionPayload
  changePassword(input: ChangePasswordInput!): ChangePasswordPayload
  resetPassword(input: ResetPasswordInput!): ResetPasswordPayload
}
type OtpMutations {
  request(input: RequestOtpInput!): RequestOtpPayload
  verify(input: VerifyOtpInput!): VerifyOtpPayload
}
type AccountMutations {
  updateProfile(input: UpdateProfileInput!): UpdateProfilePayload
  completeOnboarding: CompleteOnboardingPayload
}
input RegisterInput { email: String! password: String! profile: ProfileInput }
input ProfileInput
input UpdateProfileInput
input ChangePasswordInput { currentPassword: String! newPassword: String! }
input ResetPasswordInput { email: String! code: String! newPassword: String! }
input RequestOtpInput { email: String! purpose: OtpPurpose! }
input VerifyOtpInput {
  email: String! code: String! purpose: OtpPurpose!
  rememberMe: Boolean! = false tokenDelivery: TokenDelivery! = COOKIE
}
input LoginInput {
  email: String! password: String! rememberMe: Boolean! = false tokenDelivery: TokenDelivery! = COOKIE
}
input RefreshTokenInput { refreshToken: String! }
type Problem { code: ErrorCode! message: String! field: String }
type LoginPayload {
  success: Boolean! message: String! problems: [Problem!]!
  accessToken: String accessTokenExpiresAt: DateTime refreshToken: String user: User
}
type RefreshTokenPayload {
  success: Boolean! message: String! problems: [Problem!]!
  accessToken: String accessTokenExpiresAt: DateTime refreshToken: String
}
type VerifyOtpPayload {
  success: Boolean! message: String! problems: [Problem!]!
  accessToken: String accessTokenExpiresAt: DateTime refreshToken: String user: User
}
type RegisterPayload { success: Boolean! message: String! problems: [Problem!]! }
type RequestOtpPayload { success: Boolean! message: String! problems: [Problem!]! }
type RevokeSessionPayload { success: Boolean! message: String! problems: [Problem!]! }
type ChangePasswordPayload { success: Boolean! message: String! problems: [Problem!]! }
type ResetPasswordPayload { success: Boolean! message: String! problems: [Problem!]! }
type UpdateProfilePayload { success: Boolean! message: String! problems: [Problem!]! }
type CompleteOnboardingPayload { success: Boolean! message: String! problems: [Problem!]! }
type LogoutPayload { success: Boolean! message: String! problems: [Problem!]! revokedSessions: Int! }
type AuditEventConnection
"""
