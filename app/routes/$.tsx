import { data, type LoaderFunctionArgs } from '@remix-run/node'
import { requireNobody } from '#app/utils/guards.server.ts'
import { titled } from '#app/utils/page-title.ts'

/** Whatever no other page answers. */
export async function loader(args: LoaderFunctionArgs) {
	await requireNobody(args)
	throw data(null, { status: 404 })
}

export const meta = titled('titles.notFound')

export default function NotFound() {
	return null
}
