import type { ActionFunctionArgs } from '@remix-run/node'
import { requireNobody } from '#app/utils/guards.server.ts'
import { handled } from '#app/utils/http.server.ts'

/** Options for enrolling a passkey by a one-time link, as JSON for the browser's ceremony. */
export async function action(args: ActionFunctionArgs) {
	await requireNobody(args)
	const sent = (await args.request.formData()).get('token')
	const token = typeof sent === 'string' ? sent.slice(0, 100) : ''
	return Response.json(await handled(() => args.context.services.enrolment.begin(token)))
}
