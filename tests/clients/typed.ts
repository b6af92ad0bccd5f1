// The API by types that openapi-typescript writes: what does not fit the document does not compile.
import createClient from 'openapi-fetch'
import type { paths, components } from './schema.js'

declare const process: { env: Record<string, string>, exit(code: number): never }
const { BASE_URL, API_KEY } = process.env
const api = createClient<paths>({ baseUrl: BASE_URL, headers: { 'X-Api-Key': API_KEY } })
let held = 0
const holds = (value: unknown, words: string) => {
  if (!value) { console.error(`FAILED: ${words}`); process.exit(1) }
  held += 1
}

const me = await api.GET('/api/v1/me')
holds(me.data?.tenant === 'acme', 'me names the tenant')
const query: components['schemas']['OrganisationQuery'] = {
  type: 'and',
  queries: [{ type: 'eq', field: 'kind', value: 'partner', caseSensitive: false }, { type: 'search', field: 'name', value: 'northwind', caseSensitive: false }],
}
const found = await api.POST('/api/v1/organisations/find', { params: { query: { size: 5, sort: 'name' } }, body: query })
holds(found.data?.data[0]?.name === 'Northwind Resellers', 'find finds')
const one = await api.GET('/api/v1/organisations/{id}', { params: { path: { id: found.data!.data[0].id } } })
holds(one.data?.id === found.data!.data[0].id, 'one by its id')
const none = await api.GET('/api/v1/organisations/{id}', { params: { path: { id: '00000000-0000-0000-0000-000000000000' } } })
holds(none.error && none.error.message, 'an error has a message')
console.log(`${held} expectations of openapi-fetch hold, as tsc has checked`)
