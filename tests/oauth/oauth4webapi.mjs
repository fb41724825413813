// The npm client `oauth4webapi`, as it comes, doing what it is told: a line of JSON in, a line of JSON out.
import * as oauth from "oauth4webapi";
import { createInterface } from "node:readline";

const plain = { [oauth.allowInsecureRequests]: true };
let house;
let client;
let proof;

const ACTS = {
  async discover({ issuer, client: id, secret, alg, way }) {
    const at = new URL(issuer);
    const found = await oauth.discoveryRequest(at, { ...plain, algorithm: way === "rfc8414" ? "oauth2" : "oidc" });
    house = await oauth.processDiscoveryResponse(at, found);
    client = { client_id: id, id_token_signed_response_alg: alg };
    proof = secret === "" ? oauth.None() : way === "post" ? oauth.ClientSecretPost(secret) : oauth.ClientSecretBasic(secret);
    return house;
  },
  async begin({ redirect, scope, more }) {
    const verifier = oauth.generateRandomCodeVerifier();
    const state = oauth.generateRandomState();
    const nonce = oauth.generateRandomNonce();
    const url = new URL(house.authorization_endpoint);
    const challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const asked = { client_id: client.client_id, redirect_uri: redirect, response_type: "code", scope, state, nonce, ...more };
    url.search = new URLSearchParams({ ...asked, code_challenge: challenge, code_challenge_method: "S256" }).toString();
    return { url: url.href, verifier, state, nonce, redirect };
  },
  async finish({ answer, verifier, state, nonce, redirect }) {
    const said = oauth.validateAuthResponse(house, client, new URL(answer), state);
    const response = await oauth.authorizationCodeGrantRequest(house, client, proof, said, redirect, verifier, plain);
    const tokens = await oauth.processAuthorizationCodeResponse(house, client, response, { expectedNonce: nonce, requireIdToken: true });
    return { ...tokens, claims: oauth.getValidatedIdTokenClaims(tokens) };
  },
  async refresh({ token }) {
    return oauth.processRefreshTokenResponse(house, client, await oauth.refreshTokenGrantRequest(house, client, proof, token, plain));
  },
  async userinfo({ token, subject }) {
    return oauth.processUserInfoResponse(house, client, subject, await oauth.userInfoRequest(house, client, token, plain));
  },
  async introspect({ token }) {
    return oauth.processIntrospectionResponse(house, client, await oauth.introspectionRequest(house, client, proof, token, plain));
  },
  async revoke({ token }) {
    await oauth.processRevocationResponse(await oauth.revocationRequest(house, client, proof, token, plain));
    return {};
  },
  async device({ scope }) {
    const response = await oauth.deviceAuthorizationRequest(house, client, proof, { scope }, plain);
    return oauth.processDeviceAuthorizationResponse(house, client, response);
  },
  async wait({ device }) {
    const response = await oauth.deviceCodeGrantRequest(house, client, proof, device.device_code, plain);
    return oauth.processDeviceCodeResponse(house, client, response);
  },
  // As a resource of the house would check a token it is given (RFC 9068).
  async check({ token }) {
    const request = new Request(house.userinfo_endpoint, { headers: { authorization: `Bearer ${token}` } });
    return oauth.validateJwtAccessToken(house, request, house.issuer, plain);
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
