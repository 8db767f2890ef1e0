/**
 * A real OpenID provider on a free port of this machine, for the tests of signing in. Anybody may sign in there.
 *
 * Prints its address. `PUT /test` changes how it behaves; what it signs wrongly it signs with its own key.
 */
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { json } from "node:stream/consumers";
import Provider from "oidc-provider";

const START = {
  redirect_uris: ["http://127.0.0.1/nobody"],
  signed_out_uris: [],
  secret: undefined, // of the client; undefined: a public one
  groups: {}, // by login
  claims: {}, // of ID tokens, instead of the right ones; null: none
  signer: "own", // or "stranger", "none", "HS256"
  hang: [], // paths that never answer
  flood: [], // paths that answer without end
};
let state = { ...START };
let [key, stranger] = [newKey(1), newKey(1)];
let provider;

function newKey(number) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { privateKey, jwk: { ...privateKey.export({ format: "jwk" }), kid: `key-${number}`, use: "sig", alg: "RS256" } };
}

const client = () => JSON.stringify([state.redirect_uris, state.signed_out_uris, state.secret]);
const base64 = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

function signed(payload) {
  const alg = { none: "none", HS256: "HS256" }[state.signer] ?? "RS256";
  const text = `${base64({ alg, kid: key.jwk.kid })}.${base64(payload)}`;
  if (alg === "none") return `${text}.`;
  if (alg === "HS256") return `${text}.${createHmac("sha256", key.jwk.n).update(text).digest("base64url")}`;
  const { privateKey } = state.signer === "stranger" ? stranger : key;
  return `${text}.${sign("RSA-SHA256", Buffer.from(text), privateKey).toString("base64url")}`;
}

function changed(idToken) {
  const payload = JSON.parse(Buffer.from(idToken.split(".")[1], "base64url").toString());
  return signed(Object.fromEntries(Object.entries({ ...payload, ...state.claims }).filter(([, value]) => value !== null)));
}

function made(issuer) {
  const auth = state.secret ? { client_secret: state.secret } : { token_endpoint_auth_method: "none" };
  const fresh = new Provider(issuer, {
    clients: [{ client_id: "voiceassist", redirect_uris: state.redirect_uris, post_logout_redirect_uris: state.signed_out_uris, ...auth }],
    claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups"] },
    cookies: { keys: ["only a test"] },
    jwks: { keys: [key.jwk] },
    findAccount: (_ctx, sub) => ({
      accountId: sub,
      claims: () => ({ sub, name: `${sub.slice(0, 1).toUpperCase()}${sub.slice(1)} Test`, preferred_username: sub, groups: state.groups[sub] ?? [] }),
    }),
  });
  fresh.use(async (ctx, next) => {
    await next();
    if (ctx.path === "/token" && ctx.body?.id_token) ctx.body.id_token = changed(ctx.body.id_token);
  });
  return fresh;
}

function flood(response) {
  response.writeHead(200, { "content-type": "application/json" });
  const pour = () => {
    while (!response.destroyed && response.write(" ".repeat(65_536)));
  };
  response.on("drain", pour);
  pour();
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url, "http://127.0.0.1");
  if (pathname === "/test") void control(request, response);
  else if (state.flood.includes(pathname)) flood(response);
  else if (!state.hang.includes(pathname)) provider.callback()(request, response);
});

/** Everything as at the start, but for this. */
async function control(request, response) {
  const { rotate, ...wanted } = await json(request);
  const before = client();
  state = { ...START, ...wanted };
  if (rotate) [key, stranger] = [newKey(Number(key.jwk.kid.slice(4)) + 1), key];
  if (rotate || client() !== before) provider = made(issuer); // it knows no sign-ins of the one before
  response.end("{}");
}

server.listen(0, "127.0.0.1");
await once(server, "listening");
const issuer = `http://127.0.0.1:${server.address().port}`;
provider = made(issuer);
process.stdout.write(`${issuer}\n`);
process.stdin.resume().on("end", () => process.exit(0)); // whoever started it is gone
