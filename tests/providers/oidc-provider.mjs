// npm oidc-provider with some people and one client; every value comes from the environment.
// PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, PEOPLE (JSON: e-mail address to name), PERSON_PASSWORD (everybody's)
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import http from 'node:http';
import Provider from 'oidc-provider';

const { PORT, CLIENT_ID, CLIENT_SECRET, REDIRECT_URI, PEOPLE, PERSON_PASSWORD } = process.env;
const people = new Map(Object.entries(JSON.parse(PEOPLE)));
// What stays when an address changes: nobody's subject is their address.
const subject = (email) => createHash('sha256').update(email).digest('hex').slice(0, 24);
const known = new Map([...people].map(([email, name]) => [subject(email), { email, name }]));
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

const provider = new Provider(`http://localhost:${PORT}`, {
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'one' }] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  clients: [{ client_id: CLIENT_ID, client_secret: CLIENT_SECRET, redirect_uris: [REDIRECT_URI] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  // Left as it comes, this provider tells the e-mail address at userinfo only; canaille puts it into the ID token.
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...known.get(id), email_verified: true }),
  }),
  // The one client needs nobody's consent.
  async loadExistingGrant({ oidc }) {
    const grant = new provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
    grant.addOIDCScope(oidc.params.scope);
    await grant.save();
    return grant;
  },
});

const form = (action, problem) => `<!doctype html><title>Sign in</title><p>${problem}</p>
<form method="post" action="${action}"><input name="email" type="email"><input name="password" type="password">
<button>Sign in</button></form>`;

async function interaction(request, response) {
  let problem = '';
  if (request.method === 'POST') {
    let body = '';
    for await (const chunk of request) body += chunk;
    const typed = new URLSearchParams(body);
    if (people.has(typed.get('email')) && typed.get('password') === PERSON_PASSWORD) {
      const result = { login: { accountId: subject(typed.get('email')) } };
      return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
    }
    problem = 'That is nobody here.';
  }
  response.writeHead(problem ? 422 : 200, { 'content-type': 'text/html; charset=utf-8' });
  return response.end(form(request.url, problem));
}

const callback = provider.callback();
const server = http.createServer((request, response) =>
  request.url.startsWith('/interaction/') ? interaction(request, response) : callback(request, response));
server.listen(Number(PORT), '127.0.0.1');
