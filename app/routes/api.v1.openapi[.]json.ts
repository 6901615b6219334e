import type { LoaderFunctionArgs } from '@remix-run/node'
import { openApiDocument } from '#app/api/openapi.server.ts'
import { requireNobody } from '#app/utils/guards.server.ts'

/** What the HTTP API is, as OpenAPI 3.1. It says nothing of this organisation, so it takes no token. */
export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	return new Response(JSON.stringify(openApiDocument(args.context.services.api.address), null, '\t'), {
		headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'public, max-age=300' },
	})
}
