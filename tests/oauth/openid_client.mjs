// The npm client `openid-client`, as it comes, doing what it is told: a line of JSON in, a line of JSON out.
import * as oidc from "openid-client";
import { createInterface } from "node:readline";

const plain = { execute: [oidc.allowInsecureRequests] };
let house;

const tokens = (answer) => ({ ...answer, claims: answer.claims() });

const ACTS = {
  async discover({ issuer, client, secret, alg, way }) {
    const metadata = { id_token_signed_response_alg: alg };
    const proof = secret === "" ? oidc.None() : way === "post" ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret);
    house = await oidc.discovery(new URL(issuer), client, metadata, proof, { ...plain, algorithm: way === "rfc8414" ? "oauth2" : "oidc" });
    return house.serverMetadata();
  },
  async begin({ redirect, scope, more }) {
    const verifier = oidc.randomPKCECodeVerifier();
    const state = oidc.randomState();
    const nonce = oidc.randomNonce();
    const challenge = await oidc.calculatePKCECodeChallenge(verifier);
    const asked = { redirect_uri: redirect, scope, state, nonce, code_challenge: challenge, code_challenge_method: "S256", ...more };
    return { url: oidc.buildAuthorizationUrl(house, asked).href, verifier, state, nonce };
  },
  async finish({ answer, verifier, state, nonce }) {
    const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
    return tokens(await oidc.authorizationCodeGrant(house, new URL(answer), checks));
  },
  refresh: async ({ token }) => tokens(await oidc.refreshTokenGrant(house, token)),
  userinfo: ({ token, subject }) => oidc.fetchUserInfo(house, token, subject),
  introspect: ({ token }) => oidc.tokenIntrospection(house, token),
  async revoke({ token }) {
    await oidc.tokenRevocation(house, token);
    return {};
  },
  leave: ({ hint, back, state }) => ({
    url: oidc.buildEndSessionUrl(house, { id_token_hint: hint, post_logout_redirect_uri: back, state }).href,
  }),
  device: ({ scope }) => oidc.initiateDeviceAuthorization(house, { scope }),
  async wait({ device }) {
    return tokens(await oidc.pollDeviceAuthorizationGrant(house, device));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...what } = JSON.parse(line);
  let said;
  try {
    said = { done: await ACTS[act](what) };
  } catch (error) {
    said = { failed: error.error ?? error.code ?? error.message, why: error.message, cause: String(error.cause ?? "") };
  }
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
