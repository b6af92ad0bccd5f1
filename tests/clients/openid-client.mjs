// npm openid-client: everything it needs is in the portal's RFC 8414 metadata.
import assert from 'node:assert/strict'
import * as client from 'openid-client'

const { BASE_URL, CLIENT_ID, CLIENT_SECRET } = process.env
let held = 0
const holds = (value, words) => { assert.ok(value, words); held += 1 }

for (const authentication of [client.ClientSecretBasic(CLIENT_SECRET), client.ClientSecretPost(CLIENT_SECRET)]) {
  const options = { algorithm: 'oauth2', execute: [client.allowInsecureRequests] }
  const config = await client.discovery(new URL(BASE_URL), CLIENT_ID, undefined, authentication, options)
  holds(config.serverMetadata().token_endpoint === `${BASE_URL}/oauth2/token`, 'the metadata names the endpoint')
  const token = await client.clientCredentialsGrant(config, { scope: 'READ_PARTNER' })
  holds(token.expires_in === 3600 && token.scope === 'READ_PARTNER', 'a token')
  const me = () => client.fetchProtectedResource(config, token.access_token, new URL(`${BASE_URL}/api/v1/me`), 'GET')
  const answer = await me()
  holds(answer.status === 200 && (await answer.json()).tenant === 'acme', 'a call with it')
  const seen = await client.tokenIntrospection(config, token.access_token)
  holds(seen.active && seen.client_id === CLIENT_ID && seen.exp - seen.iat === 3600, 'introspection')
  await client.tokenRevocation(config, token.access_token)
  holds(!(await client.tokenIntrospection(config, token.access_token)).active, 'revocation')
  // It reads WWW-Authenticate itself, and throws what it found there.
  await assert.rejects(me, error => error.cause[0].parameters.error === 'invalid_token')
  held += 1
  await assert.rejects(client.clientCredentialsGrant(config, { scope: 'NOTHING' }), { error: 'invalid_scope' })
  held += 1
}
console.log(`${held} expectations of openid-client hold`)
