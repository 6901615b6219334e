import type { LoaderFunctionArgs } from '@remix-run/node'
import { requireNobody } from '#app/utils/guards.server.ts'

/** The page that verifies bundles offline, to be taken away by anybody: it holds no data and runs from a file. */
export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	return new Response((await args.context.services.audit.verifierPage()) as Uint8Array<ArrayBuffer>, {
		headers: {
			'content-type': 'text/html; charset=utf-8',
			'content-disposition': 'attachment; filename="verify.html"',
			'cache-control': 'max-age=300',
		},
	})
}
