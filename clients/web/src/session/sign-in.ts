/** Signing in with the facility's OpenID provider: the code flow with PKCE (RFC 7636). Loaded when somebody does. */

import {
  allowInsecureRequests,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  discoveryRequest,
  generateRandomCodeVerifier,
  generateRandomNonce,
  generateRandomState,
  getValidatedIdTokenClaims,
  None,
  processAuthorizationCodeResponse,
  processDiscoveryResponse,
  processRefreshTokenResponse,
  refreshTokenGrantRequest,
  ResponseBodyError,
  validateAuthResponse,
  type AuthorizationServer,
  type Client,
  type TokenEndpointResponse,
} from "oauth4webapi";

import { BESIDE } from "./beside";

/** What the front desk says of its provider. */
export interface SignIn {
  readonly issuer: string;
  readonly client_id: string;
  readonly scopes: readonly string[];
  /** Which of the provider's tokens says who somebody is. */
  readonly token: "access_token" | "id_token";
}

/** What has to be known again when the browser comes back; worth nothing without the answer, and nothing after it. */
export interface Pending {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

/** A token that ends so soon is asked for anew, s. */
const FRESH = 30;
/** A provider that takes longer to give a fresh token does not answer, ms. */
const REFRESH_MS = 10_000;

/** For who has to sign in again, though the provider may know them still. */
export interface Again {
  /** How old a sign-in may be at most, s. It makes the provider say when one signed in (OpenID Connect Core 1.0 section 3.1.2.1). */
  readonly maxAge: number;
  /** In a window beside the page, which hands the answer over. */
  readonly beside: boolean;
}

/** Where to go, and what to remember until the browser is back at `home`. */
export async function beginSignIn(signIn: SignIn, home: string, again: Again | null = null): Promise<{ readonly address: string; readonly pending: Pending }> {
  const server = await discover(signIn);
  const pending = { state: (again?.beside === true ? BESIDE : "") + generateRandomState(), nonce: generateRandomNonce(), verifier: generateRandomCodeVerifier() };
  const address = new URL(server.authorization_endpoint ?? "");
  const asked: Record<string, string> = {
    response_type: "code",
    client_id: signIn.client_id,
    redirect_uri: home,
    scope: signIn.scopes.join(" "),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
  };
  if (again !== null) {
    // `max_age=0` says the same as `prompt=login`, and some providers then ask again for ever.
    asked["prompt"] = "login";
    asked["max_age"] = String(Math.max(1, again.maxAge));
  }
  // A fragment is sent to nobody: the code is then in no server's log. Who cannot gives it in the query.
  if (server.response_modes_supported?.includes("fragment") === true) asked["response_mode"] = "fragment";
  for (const [name, value] of Object.entries(asked)) address.searchParams.set(name, value);
  return { address: address.href, pending };
}

/** Give the provider's answer for tokens; rejects where it is not the answer to what was asked. */
export async function finishSignIn(signIn: SignIn, home: string, answer: URLSearchParams, pending: Pending): Promise<Tokens> {
  const server = await discover(signIn);
  const client = { client_id: signIn.client_id };
  const checked = validateAuthResponse(server, client, answer, pending.state);
  const given = await authorizationCodeGrantRequest(server, client, None(), checked, home, pending.verifier, insecure(signIn));
  const told = await processAuthorizationCodeResponse(server, client, given, { expectedNonce: pending.nonce, requireIdToken: true });
  return new Tokens(signIn, server, client, told);
}

/** The tokens of who has signed in, in this object alone. */
export class Tokens {
  private shown = "";
  private refresh: string | undefined;
  private refreshing: Promise<void> | null = null;
  /** `Date.now()` at which it ends. */
  private ends = 0;

  constructor(
    private readonly signIn: SignIn,
    private readonly server: AuthorizationServer,
    private readonly client: Client,
    told: TokenEndpointResponse,
  ) {
    this.take(told);
  }

  /** The token to show, a fresh one where the provider gives one. */
  async bearer(): Promise<string> {
    const { refresh } = this;
    if (refresh !== undefined && Date.now() > this.ends - FRESH * 1000) {
      // Once for all who ask meanwhile: many providers take a refresh token that comes twice for a stolen one.
      await (this.refreshing ??= this.renew(refresh).finally(() => { this.refreshing = null; }));
    }
    return this.shown;
  }

  private async renew(refresh: string): Promise<void> {
    try {
      const given = await refreshTokenGrantRequest(this.server, this.client, None(), refresh, { ...insecure(this.signIn), signal: AbortSignal.timeout(REFRESH_MS) });
      this.take(await processRefreshTokenResponse(this.server, this.client, given));
    } catch (error) {
      // What the provider refuses it refuses again: the front desk says when the token is good no more.
      if (!(error instanceof ResponseBodyError)) throw error;
      this.refresh = undefined;
    }
  }

  /** Where the provider ends its own session, and sends the browser back to `home`; null where it does not. */
  farewell(home: string): string | null {
    if (this.server.end_session_endpoint === undefined) return null;
    const address = new URL(this.server.end_session_endpoint);
    // Not the ID token as a hint: a token in an address ends up in histories and logs.
    address.searchParams.set("client_id", this.client.client_id);
    address.searchParams.set("post_logout_redirect_uri", home);
    return address.href;
  }

  private take(told: TokenEndpointResponse): void {
    const { access_token, id_token, refresh_token, expires_in } = told;
    // A refresh may bring no ID token: the one before is shown until it ends.
    this.shown = this.signIn.token === "id_token" ? (id_token ?? this.shown) : access_token;
    this.refresh = refresh_token ?? this.refresh;
    const until = this.signIn.token === "id_token" ? getValidatedIdTokenClaims(told)?.exp : undefined;
    this.ends = until === undefined ? Date.now() + (expires_in ?? 300) * 1000 : until * 1000;
  }
}

async function discover(signIn: SignIn): Promise<AuthorizationServer> {
  const issuer = new URL(signIn.issuer);
  return processDiscoveryResponse(issuer, await discoveryRequest(issuer, insecure(signIn)));
}

/** Without TLS only where the facility's own file says so: the server takes none but an address of its own machine. */
function insecure({ issuer }: SignIn): { readonly [allowInsecureRequests]: boolean } {
  return { [allowInsecureRequests]: issuer.startsWith("http:") };
}
